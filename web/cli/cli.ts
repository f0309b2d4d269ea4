#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { Command, CommanderError } from "commander";

import { RelevanceCamError } from "../src/node.js";
import { addCatalog } from "./commands/catalog.js";
import { addClassify } from "./commands/classify.js";
import { addCompare } from "./commands/compare.js";
import { addExplain } from "./commands/explain.js";
import { addInspect } from "./commands/inspect.js";
import { addRun } from "./commands/run.js";

const EXIT_FAILURE = 1;
const EXIT_BAD_INPUT = 2;

/** Errors that are ours, not the user's. */
const OWN_FAULTS: readonly string[] = ["internal", "worker-died"];

function versionOf(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function makeProgram(): Command {
  const program = new Command("relevance-cam")
    .description("Relevance-CAM heatmaps for ONNX image classifiers")
    .version(versionOf())
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
  for (const add of [addInspect, addRun, addClassify, addExplain, addCompare, addCatalog]) {
    add(program);
  }
  // Commands made before copy these settings only when they are told to.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError && error.code === "commander.help") {
    return "name a command: inspect, run, classify, explain, compare or catalog (--help tells more)";
  }
  return error instanceof Error ? error.message : String(error);
}

/** One line on stderr; the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const line = messageOf(error)
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ");
  console.error(`relevance-cam: ${line}`);
  if (error instanceof CommanderError) return EXIT_BAD_INPUT;
  const known = error instanceof RelevanceCamError && !OWN_FAULTS.includes(error.code);
  return known ? EXIT_BAD_INPUT : EXIT_FAILURE;
}

/** Whoever read the output, e.g. `head`, has seen enough: no failure, and nothing left to say. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}

for (const stream of [process.stdout, process.stderr]) stream.on("error", endWithReader);
try {
  await makeProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
