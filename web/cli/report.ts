import { CommanderError } from "commander";

import { RelevanceCamError } from "../src/error.js";

const EXIT_FAILURE = 1;
const EXIT_BAD_INPUT = 2;

/** Errors that are ours, not the user's. */
const OWN_FAULTS: readonly string[] = ["internal", "worker-died"];

/** One line on stderr; the exit status. */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const line = messageOf(error)
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ");
  console.error(`relevance-cam: ${line}`);
  if (error instanceof CommanderError) return EXIT_BAD_INPUT;
  const known = error instanceof RelevanceCamError && !OWN_FAULTS.includes(error.code);
  return known ? EXIT_BAD_INPUT : EXIT_FAILURE;
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError && error.code === "commander.help") {
    return "name a command: inspect, run, classify, explain, compare or catalog (--help tells more)";
  }
  return error instanceof Error ? error.message : String(error);
}
