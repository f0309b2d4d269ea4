// The C++ tests: native under the sanitizers, and as WebAssembly under Node.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildPreset } from "../build/cmake.mjs";
import { setUp } from "../setup/parts.mjs";
import { inParallel, runProgram } from "./programs.mjs";

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
  const silent = /^\[( RUN| +OK|-----|=====)/;
  const lines = output.split("\n").filter((line) => !silent.test(line));
  console.error(lines.slice(-200).join("\n"));
}

/** Figures that tests print for people: what was covered and what not. */
function printFigures({ output }) {
  for (const line of output.split("\n")) {
    if (/^(census|conformance): /.test(line)) console.log(line);
  }
}

/** Splits the tests over as many processes as there are processors. */
async function runShards(program, args, env = {}) {
  const shards = availableParallelism();
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
    ASAN_OPTIONS: "detect_leaks=1:strict_init_order=1",
    UBSAN_OPTIONS: "print_stacktrace=1",
  });
}

/** @param variant one of `variants`; all instruction sets of its preset are built together. */
export async function runWasmTests({ preset, set }) {
  await setUp(["wasm", "node-tests"]);
  const folder = buildPreset(preset);
  const flags = set === "relaxed" ? ["--experimental-wasm-relaxed-simd"] : [];
  return runShards(process.execPath, [...flags, join(folder, "tests", `relcam_tests-${set}.cjs`)]);
}
