#!/usr/bin/env node
import { readFileSync } from "node:fs";

import { Command } from "commander";

import { addCatalog } from "./commands/catalog.js";
import { addClassify } from "./commands/classify.js";
import { addCompare } from "./commands/compare.js";
import { addExplain } from "./commands/explain.js";
import { addInspect } from "./commands/inspect.js";
import { addRun } from "./commands/run.js";
import { reportError } from "./report.js";

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

/** Whoever read the output, e.g. `head`, has seen enough: no failure, and nothing left to say. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
}

for (const stream of [process.stdout, process.stderr]) stream.on("error", endWithReader);
try {
  await makeProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
