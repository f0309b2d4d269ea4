// Types and unit tests of the TypeScript side, and of the package as npm would ship it.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installModel } from "../build/model.mjs";
import { buildPackage } from "../build/package.mjs";
import { projectRoot } from "../setup/paths.mjs";
import { setUp } from "../setup/parts.mjs";
import { runProgram } from "./programs.mjs";

const program = (name) => join(projectRoot, "node_modules", ".bin", name);

async function prepare() {
  await setUp(["wasm"]);
  buildPackage();
  installModel();
}

/** Runs the vitest files below some folders and counts their tests. */
async function runVitest(...folders) {
  const name = folders.join("-").replaceAll("/", "-");
  const report = join(projectRoot, "build", `vitest-${name}.json`);
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status, output } = await runProgram(program("vitest"), ["run", ...folders, ...reporters]);
  if (status !== 0) console.error(output);
  const results = JSON.parse(readFileSync(report, "utf8"));
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = results;
  // A file that does not load has no failed tests of its own.
  const failed = status !== 0 ? Math.max(1, numFailedTests) : numFailedTests;
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

/** Every TypeScript project is one test: it compiles or it does not. */
async function checkTypes() {
  const projects = ["web", "tests"].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true })
      .filter((name) => /(^|\/)tsconfig\.json$/.test(name))
      .map((name) => join(folder, name)),
  );
  const counts = { passed: 0, failed: 0 };
  for (const project of projects) {
    const { status, output } = await runProgram(program("tsc"), ["--noEmit", "-p", project]);
    counts[status === 0 ? "passed" : "failed"] += 1;
    if (status !== 0) console.error(`tsc -p ${project}:\n${output}`);
  }
  return counts;
}

export async function runTypeScriptTests() {
  await prepare();
  const types = await checkTypes();
  const tests = await runVitest("tests/web", "tests/bench");
  return {
    passed: types.passed + tests.passed,
    failed: types.failed + tests.failed,
    skipped: tests.skipped,
  };
}

export async function runPackTests() {
  await prepare();
  return runVitest("tests/pack");
}
