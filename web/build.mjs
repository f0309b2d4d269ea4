#!/usr/bin/env node
// Puts the npm package together in dist/: `node web/build.mjs`, after the four WebAssembly builds.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { variants } from "../scripts/build/cmake.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

function builtFile(preset, name) {
  const path = join(root, "build", preset, name);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: run \`npm run build\`, which compiles it first.`);
}

/** Emscripten's JavaScript starts threads from itself by name; bundlers give it another one. */
function glue({ name, preset, set }) {
  const ownName = `new URL("relevance-cam-${set}.mjs",import.meta.url)`;
  const text = readFileSync(builtFile(preset, `relevance-cam-${set}.mjs`), "utf8");
  const expected = name.endsWith("threads") ? 1 : 0;
  const [before, ...after] = text.split(`new Worker(${ownName}`);
  if (after.length !== expected) {
    throw new Error(`The threads of ${name} start otherwise than web/build.mjs knows.`);
  }
  return [before, ...after].join("new Worker(new URL(import.meta.url)");
}

function copyModules() {
  mkdirSync(join(dist, "wasm"), { recursive: true });
  for (const variant of variants) {
    const { name, preset, set } = variant;
    writeFileSync(join(dist, "wasm", `${name}.mjs`), glue(variant));
    const wasm = builtFile(preset, `relevance-cam-${set}.wasm`);
    copyFileSync(wasm, join(dist, "wasm", `${name}.wasm`));
  }
}

/** Embind's types, which allow bytes wherever C++ has a string; only text is passed here. */
function writeGeneratedTypes() {
  const types = readFileSync(builtFile("wasm", "relevance-cam.d.mts"), "utf8");
  const narrowed = types.replace(/^type EmbindString = .*$/m, "type EmbindString = string;");
  writeFileSync(join(root, "web/src/engine/generated.d.mts"), narrowed);
}

/**
 * What the engine's rosters hold, told by the module itself: it is always in step with them, and
 * nothing has to be loaded to read it.
 */
async function writeCatalog() {
  const { default: start } = await import(
    pathToFileURL(builtFile("wasm", "relevance-cam-simd.mjs")).href
  );
  const catalog = (await start()).catalog();
  const text = [
    'import type { EngineCatalog } from "../catalog.js";',
    `export const engineCatalog: EngineCatalog = ${JSON.stringify(catalog, undefined, 2)};`,
  ];
  writeFileSync(join(root, "web/src/engine/generated-catalog.ts"), `${text.join("\n\n")}\n`);
}

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  outdir: dist,
  sourcemap: true,
  legalComments: "linked",
};

async function bundle() {
  // The files of one entry lie in one folder, because they find their neighbours by import.meta.url.
  await build({
    ...common,
    platform: "browser",
    splitting: true,
    entryPoints: ["index", "core", "worker"].map((name) => `web/src/${name}.ts`),
    entryNames: "[name]",
    chunkNames: "shared-[hash]",
  });
  await build({
    ...common,
    platform: "node",
    target: "node20",
    splitting: true,
    packages: "external",
    alias: { "wasm-feature-detect": createRequire(import.meta.url).resolve("wasm-feature-detect") },
    entryPoints: ["web/src/node.ts", "web/cli/cli.ts"],
    entryNames: "[name]",
    chunkNames: "shared-[hash]",
  });
  chmodSync(join(dist, "cli.js"), 0o755);
}

function writeDeclarations() {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(root, "web/tsconfig.types.json")], {
    stdio: "inherit",
  });
  copyFileSync(
    join(root, "web/src/engine/generated.d.mts"),
    join(dist, "types/engine/generated.d.mts"),
  );
}

rmSync(dist, { recursive: true, force: true });
copyModules();
writeGeneratedTypes();
await writeCatalog();
await bundle();
writeDeclarations();
console.log("package: ready in dist");
