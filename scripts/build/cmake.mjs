// Configuring and building one preset.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import { projectRoot } from "../setup/paths.mjs";
import { findProgram, run } from "../setup/process.mjs";

/** The WebAssembly presets, each of which builds a module for every instruction set. */
export const wasmPresets = ["wasm", "wasm-threads"];

const instructionSets = ["simd", "relaxed"];

/** The WebAssembly builds: what they are called, and the preset and instruction set they come from. */
export const variants = wasmPresets.flatMap((preset) =>
  instructionSets.map((set) => ({ name: preset.replace("wasm", set), preset, set })),
);

/** The compiler's type writer calls `tsc`, which npm installed. */
function environment() {
  const programs = join(projectRoot, "node_modules", ".bin");
  return { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
}

export function configure(preset) {
  const folder = join(projectRoot, "build", preset);
  const isFirst = !existsSync(join(folder, "CMakeCache.txt"));
  const generator = isFirst && findProgram("ninja") ? ["-G", "Ninja"] : [];
  run("cmake", ["--preset", preset, ...generator], { cwd: projectRoot, env: environment() });
  return folder;
}

/** Builds a preset (all of it, or the named targets) and returns its folder. */
export function buildPreset(preset, targets = []) {
  const folder = configure(preset);
  const start = performance.now();
  const args = ["--build", "--preset", preset, "-j", String(availableParallelism())];
  const target = targets.length > 0 ? ["--target", ...targets] : [];
  run("cmake", [...args, ...target], { cwd: projectRoot, env: environment() });
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 2) console.log(`build: ${preset} (${seconds.toFixed(0)} s)`);
  return folder;
}
