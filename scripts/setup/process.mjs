// Running programs, and stopping with one sentence where something cannot be had.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What the user must do, said in one sentence; printed without a stack trace. */
export class SetupError extends Error {}

/** Runs a program and returns its standard output; throws with its last lines on failure. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  if (result.error) {
    throw new SetupError(`${program} could not be started: ${result.error.message}`);
  }
  if (result.status !== 0 && !options.tolerant) {
    const tail = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-40).join("\n");
    throw new SetupError(`${program} ${args.join(" ")} failed (${result.status}):\n${tail}`);
  }
  return result.stdout;
}

/** The full path of a program on PATH, or undefined. */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, name);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Stops with a sentence unless every named program is on PATH. */
export function requirePrograms(names, sentence) {
  const missing = names.filter((name) => !findProgram(name));
  if (missing.length > 0) throw new SetupError(`${missing.join(", ")} not found: ${sentence}`);
}
