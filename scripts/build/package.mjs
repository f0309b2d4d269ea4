// The npm package in dist/: the four WebAssembly modules and the bundled TypeScript.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../setup/paths.mjs";
import { run } from "../setup/process.mjs";
import { buildPreset, variants, wasmPresets } from "./cmake.mjs";

const web = join(projectRoot, "web");
const stamp = join(projectRoot, "dist", ".inputs-sha256");
const generated = ["generated.d.mts", "generated-catalog.ts"].map((name) =>
  join(web, "src", "engine", name),
);

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

function moduleFiles() {
  return variants.flatMap(({ preset, set }) =>
    ["mjs", "wasm"].map((kind) =>
      join(projectRoot, "build", preset, `relevance-cam-${set}.${kind}`),
    ),
  );
}

/** Hash of everything that goes into dist/, so that an unchanged tree costs nothing. */
function inputsHash() {
  const hash = createHash("sha256");
  const sources = ["src", "cli"].flatMap((room) => filesBelow(join(web, room)));
  const single = ["build.mjs", "tsconfig.json", "tsconfig.types.json"].map((f) => join(web, f));
  const files = [...sources, ...single, join(projectRoot, "package-lock.json"), ...moduleFiles()];
  for (const file of files.filter((path) => !generated.includes(path))) {
    hash.update(file.slice(projectRoot.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Compiles the four variants (module only) and bundles the package. */
export function buildPackage() {
  for (const preset of wasmPresets) buildPreset(preset, ["relevance-cam"]);
  const hash = inputsHash();
  const isBuilt = [stamp, ...generated].every((path) => existsSync(path));
  if (isBuilt && readFileSync(stamp, "utf8") === hash) return;
  run(process.execPath, [join(web, "build.mjs")], { cwd: projectRoot });
  writeFileSync(stamp, hash);
}
