// Emscripten 3.1.69 or newer, and the CMake toolchain file that leads to it.
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasApt, unpackPackages } from "./apt.mjs";
import { libraryPath, provideLlvm, writeProgram } from "./llvm.mjs";
import { bin, toolchain } from "./paths.mjs";
import { SetupError, findProgram, requirePrograms, run } from "./process.mjs";
import { setUpSources } from "./sources.mjs";
import { once } from "./stamp.mjs";

const oldest = [3, 1, 69];
const prefix = join(toolchain, "emscripten");
const unpackedRoot = join(prefix, "usr/share/emscripten");
const toolchainFile = join(toolchain, "wasm.cmake");

const llvmPackages = ["clang-19", "lld-19", "llvm-19"];
const llvmPrograms = [
  ...["clang", "clang++", "wasm-ld", "llvm-ar", "llvm-nm", "llvm-ranlib", "llvm-objcopy"],
  ...["llvm-strip", "llvm-dwarfdump", "llvm-cxxfilt"],
];
const binaryenPrograms = [
  ...["wasm-opt", "wasm-emscripten-finalize", "wasm-metadce", "wasm-split", "wasm-ctor-eval"],
  ...["wasm-as", "wasm-dis", "wasm2js", "wasm-merge"],
];

function isRecent(version) {
  const difference = oldest.map((part, i) => version[i] - part).find((d) => d !== 0);
  return (difference ?? 0) >= 0;
}

/** Emscripten's folder where a recent enough `emcc` is on PATH, else undefined. */
function systemEmscripten() {
  const emcc = findProgram("emcc");
  if (!emcc) return undefined;
  const text = run(emcc, ["--version"], { tolerant: true });
  const version = /\b(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number);
  if (!version || !isRecent(version)) return undefined;
  const reported = run(dirname(emcc) + "/em-config", ["EMSCRIPTEN_ROOT"], {
    tolerant: true,
  }).trim();
  const candidates = [reported, dirname(realpathSync(emcc)), "/usr/share/emscripten"];
  return candidates.find((root) =>
    existsSync(join(root, "cmake/Modules/Platform/Emscripten.cmake")),
  );
}

/** Debian's own binaryen may want a newer C library than this system's: it gets its own loader. */
function writeBinaryenWrappers() {
  const loader = ["lib64", "usr/lib64", "lib", "usr/lib"]
    .flatMap((folder) =>
      ["ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"].map((f) => join(folder, f)),
    )
    .map((path) => join(prefix, path))
    .find((path) => existsSync(path));
  const libraries = libraryPath(prefix);
  for (const name of binaryenPrograms) {
    const program = join(prefix, "usr/bin", name);
    const text = `#!/bin/sh\nexec '${loader}' --library-path '${libraries}' '${program}' "$@"\n`;
    writeProgram(join(bin, "binaryen", "bin", name), text);
  }
}

function writeConfig() {
  const config = [
    `LLVM_ROOT = '${bin}'`,
    `BINARYEN_ROOT = '${join(bin, "binaryen")}'`,
    `NODE_JS = '${process.execPath}'`,
    `CACHE = '${join(unpackedRoot, "cache")}'`,
    "",
  ].join("\n");
  writeFileSync(join(unpackedRoot, ".emscripten"), config);
  // Its scripts are CommonJS; without this the project's own package.json would say otherwise.
  writeFileSync(join(unpackedRoot, "package.json"), '{ "type": "commonjs" }\n');
}

function unpackEmscripten() {
  requirePrograms(["python3"], "install Python 3.");
  if (!hasApt()) {
    throw new SetupError("Install Emscripten 3.1.69 or newer (emsdk) and put emcc on PATH.");
  }
  const unused = ["*/emscripten/test/*", "*/wasm32-emscripten/lto*", "*/wasm32-emscripten/pic*"];
  const packages = ["emscripten", "binaryen", "libc6", "libstdc++6", "libgcc-s1"];
  unpackPackages("newer", packages, prefix, [...unused, "./usr/share/doc*"]);
  provideLlvm(llvmPackages, llvmPrograms);
  writeBinaryenWrappers();
  writeConfig();
}

export async function setUpWasm() {
  requirePrograms(["cmake"], "install CMake 3.25 or newer.");
  await setUpSources();
  const system = systemEmscripten();
  const root = system ?? unpackedRoot;
  if (!system) {
    const products = [join(unpackedRoot, ".emscripten"), join(bin, "clang")];
    await once("emscripten", `3.1.69 ${process.execPath}`, products, unpackEmscripten);
  }
  await once("wasm-toolchain-file", root, [toolchainFile], () => {
    mkdirSync(toolchain, { recursive: true });
    const platform = join(root, "cmake/Modules/Platform/Emscripten.cmake");
    writeFileSync(toolchainFile, `include("${platform}")\n`);
  });
}
