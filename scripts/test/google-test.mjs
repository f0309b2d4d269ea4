// The C++ tests: native under the sanitizers, and as WebAssembly under Node.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildPreset } from "../build/cmake.mjs";
import { setUp } from "../setup/parts.mjs";
import { inParallel, runProgram } from "./programs.mjs";

/** What the tests ask of the engine where it has threads. */
const threadsOfTests = 2;

function count(output, word) {
  const found = new RegExp(`^\\[ +${word} +\\] (\\d+) tests?[.,]`, "m").exec(output);
  return found ? Number(found[1]) : 0;
}

/** Counts of one run; a run that ended without its own summary counts as a failure. */
function countTests({ status, output }) {
  const counts = {
    passed: count(output, "PASSED"),
    failed: count(output, "FAILED"),
    skipped: count(output, "SKIPPED"),
  };
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function printFailures({ status, output }) {
  if (status === 0) return;
  const silent = /^(\[( RUN| +OK|-----|=====)|\s*$)/;
  const lines = output.split("\n").filter((line) => !silent.test(line));
  console.error(lines.slice(-200).join("\n"));
  if (/^\[==========\] \d+ tests? from .* ran/m.test(output)) return;
  const started = [...output.matchAll(/^\[ RUN +\] (\S+)/gm)].at(-1);
  console.error(`The program ended in ${started?.[1] ?? "its start"} (status ${status}).`);
}

/** Figures that tests print for people: what was covered and what not. */
function printFigures({ output }) {
  for (const line of output.split("\n")) {
    if (/^(census|conformance): /.test(line)) console.log(line);
  }
}

/**
 * Splits the tests over as many processes as the processors hold with so many threads each: threads
 * without a processor of their own take several times as long, for waiting ones spin.
 */
async function runShards(program, args, { threads = 1, env = {} } = {}) {
  const shards = Math.max(1, Math.floor(availableParallelism() / threads));
  const numbers = Array.from({ length: shards }, (_, index) => index);
  const results = await inParallel(numbers, shards, (index) =>
    runProgram(program, args, {
      env: { ...env, GTEST_TOTAL_SHARDS: String(shards), GTEST_SHARD_INDEX: String(index) },
    }),
  );
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    printFailures(result);
    printFigures(result);
    const counts = countTests(result);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  return total;
}

export async function runNativeTests() {
  await setUp(["native", "node-tests"]);
  const folder = buildPreset("native-asan", ["relcam_tests"]);
  return runShards(join(folder, "tests", "relcam_tests"), [], {
    env: {
      ASAN_OPTIONS: "detect_leaks=1:strict_init_order=1",
      UBSAN_OPTIONS: "print_stacktrace=1",
    },
  });
}

/** @param variant one of `variants`; all instruction sets of its preset are built together. */
export async function runWasmTests({ preset, set }) {
  await setUp(["wasm", "node-tests"]);
  const folder = buildPreset(preset);
  const flags = set === "relaxed" ? ["--experimental-wasm-relaxed-simd"] : [];
  const program = join(folder, "tests", `relcam_tests-${set}.cjs`);
  const threads = preset === "wasm-threads" ? threadsOfTests : 1;
  return runShards(process.execPath, [...flags, program], { threads });
}
