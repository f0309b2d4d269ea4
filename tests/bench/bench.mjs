// The benchmark: its options, the order of its measurements, and what it prints.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { Command, InvalidArgumentError, Option } from "commander";
import { installModel } from "../../scripts/build/model.mjs";
import { buildPackage } from "../../scripts/build/package.mjs";
import { setUp } from "../../scripts/setup/parts.mjs";
import { projectRoot } from "../../scripts/setup/paths.mjs";
import { SetupError, run } from "../../scripts/setup/process.mjs";
import { withBrowser } from "./browser.mjs";
import { measurementFigures, moduleFigures } from "./figures.mjs";
import { addressOf, chosen, models, studies } from "./models.mjs";
import { figureTable, measurementText } from "./report.mjs";

const threadCounts = [1, 2];
const fullRounds = 9;
const quickRounds = 3;
/** Above this many running programs, timings say little. */
const busyLoad = 0.5;
const module = join(projectRoot, "dist", "wasm", "relaxed.wasm");

function positive(text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("give a whole number from 1.");
}

function options() {
  const names = models.map(({ name }) => name);
  return new Command("bench")
    .description("Measures the engine beside other engines, taking turns, in Chromium.")
    .addOption(new Option("--model <name...>", "only these models").choices(names))
    .addOption(new Option("--study <name...>", "only these").choices(Object.keys(studies)))
    .option("--threads <count>", "only this number of threads", positive)
    .option("--rounds <count>", `turns of every call (default: ${fullRounds})`, positive)
    .option("--quick", `${quickRounds} turns`)
    .option("--no-build", "measure dist as it is")
    .option("--json <file>", "write every sample to this file")
    .parse()
    .opts();
}

async function prepare({ build }) {
  await setUp(["browser"]);
  if (build) {
    await setUp(["wasm"]);
    buildPackage();
  }
  if (!existsSync(module)) throw new SetupError("dist holds no build: leave out --no-build.");
  installModel();
  run(process.execPath, [join(projectRoot, "scripts", "bench-models.mjs")]);
}

function moduleSize() {
  const bytes = readFileSync(module);
  return { raw: bytes.length, brotli: brotliCompressSync(bytes).length };
}

function machine() {
  const [load] = loadavg();
  return { processors: cpus().length, model: cpus()[0]?.model.trim() ?? "", load };
}

function requestFor({ entry, study }, threads, rounds) {
  return {
    study,
    model: addressOf(entry.file),
    weights: entry.weights ? addressOf(entry.weights) : null,
    threads,
    rounds: Math.min(rounds, studies[study].maximumRounds ?? Infinity),
    layers: entry.layers ?? null,
  };
}

/** Prints the times of each model's studies as they come; returns everything measured. */
async function measureAll(measure, work, { threads, rounds }) {
  const results = [];
  for (const { entry, study } of work) {
    for (const count of threads ? [threads] : threadCounts) {
      const measured = await measure(requestFor({ entry, study }, count, rounds));
      if (measured.threads !== count) {
        throw new Error(`${count} threads were asked for, but ${measured.threads} run.`);
      }
      const result = { model: entry.name, study, file: statSync(entry.file).size, ...measured };
      console.log(`\n${entry.name}, ${study}, threads: ${count}, build: ${result.variant}`);
      console.log(measurementText(result));
      results.push(result);
    }
  }
  return results;
}

function figuresOf(results) {
  const byName = new Map(models.map((model) => [model.name, model]));
  return [
    ...results.flatMap((result) => measurementFigures(byName.get(result.model), result)),
    ...moduleFigures(moduleSize()),
  ];
}

/** Measures, prints, and sets the exit status where a bound is not kept. */
export async function bench() {
  const { json, quick, rounds = quick ? quickRounds : fullRounds, ...rest } = options();
  const work = chosen(rest);
  if (work.length === 0) throw new SetupError("None of these models takes part in these studies.");
  await prepare(rest);
  const system = machine();
  console.log(`bench: ${system.processors} processors, ${system.model}, ${rounds} rounds`);
  if (system.load > busyLoad) {
    console.log(`bench: the machine is busy (load ${system.load.toFixed(1)}): timings are noisy`);
  }
  let results = [];
  await withBrowser(async (measure) => {
    results = await measureAll(measure, work, { ...rest, rounds });
  });
  const figures = figuresOf(results);
  console.log(`\n${figureTable(figures)}`);
  if (json) {
    writeFileSync(json, `${JSON.stringify({ system, rounds, figures, results }, null, 2)}\n`);
  }
  const failed = figures.filter(({ passed }) => !passed);
  if (failed.length > 0) {
    console.error(`\nbench: ${failed.length} of ${figures.length} figures are not reached`);
    process.exitCode = 1;
  }
}
