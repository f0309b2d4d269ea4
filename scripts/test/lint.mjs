// Format, lint and dependency arrows; every check counts as one test.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { configure } from "../build/cmake.mjs";
import { findBackwardArrows } from "../check-arrows.mjs";
import { bin, projectRoot } from "../setup/paths.mjs";
import { setUp } from "../setup/parts.mjs";
import { inParallel, runProgram } from "./programs.mjs";

const tidyCache = join(projectRoot, "build", "clang-tidy");

function cppFiles(folders, pattern) {
  return folders
    .map((folder) => join(projectRoot, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
    .filter((path) => pattern.test(path))
    .sort();
}

/** Hash of a file and of all headers of ours it includes, directly or not. */
function hashWithHeaders(file) {
  const seen = new Set();
  const hash = createHash("sha256").update(readFileSync(join(projectRoot, ".clang-tidy")));
  const visit = (path) => {
    if (seen.has(path) || !existsSync(path)) return;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    hash.update(text);
    for (const [, header] of text.matchAll(/^\s*#\s*include "([^"]+)"/gm)) {
      visit(join(projectRoot, "src", header));
    }
  };
  visit(file);
  return hash.digest("hex");
}

async function tidyFile(database, file) {
  const stamp = join(tidyCache, hashWithHeaders(file));
  if (existsSync(stamp)) return { status: 0, output: "" };
  const result = await runProgram(join(bin, "clang-tidy"), ["-p", database, "--quiet", file]);
  if (result.status === 0) writeFileSync(stamp, "");
  return result;
}

async function clangTidy() {
  const database = configure("lint");
  mkdirSync(tidyCache, { recursive: true });
  const files = cppFiles(["src", "tests/bench"], /\.cpp$/);
  const results = await inParallel(files, availableParallelism(), (file) =>
    tidyFile(database, file),
  );
  const failed = results.filter(({ status }) => status !== 0);
  return { status: failed.length > 0 ? 1 : 0, output: failed.map(({ output }) => output).join("") };
}

function clangFormat() {
  const files = cppFiles(["src", "bindings", "tests"], /\.(h|cpp)$/);
  return runProgram(join(bin, "clang-format"), ["--dry-run", "--Werror", ...files]);
}

function npmProgram(name, args) {
  return runProgram(join(projectRoot, "node_modules", ".bin", name), args);
}

function arrows() {
  const complaints = findBackwardArrows();
  return { status: complaints.length > 0 ? 1 : 0, output: complaints.join("\n") };
}

const checks = [
  ["arrows", arrows],
  ["prettier", () => npmProgram("prettier", ["--check", "--log-level", "warn", "."])],
  ["eslint", () => npmProgram("eslint", ["--max-warnings", "0", "."])],
  ["clang-format", clangFormat],
  ["clang-tidy", clangTidy],
];

export async function runLint() {
  await setUp(["native", "lint"]);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of checks) {
    const { status, output } = await check();
    counts[status === 0 ? "passed" : "failed"] += 1;
    if (status !== 0) console.error(`lint: ${name} complains:\n${output.trim()}`);
  }
  return counts;
}
