// LLVM 19 programs: this system's own where installed, else unpacked without root.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasApt, missingClosure, unpackPackages } from "./apt.mjs";
import { bin, toolchain } from "./paths.mjs";
import { SetupError, run } from "./process.mjs";

const prefix = join(toolchain, "llvm");
const installed = "/usr/lib/llvm-19/bin";

/** Shared-library folders of an unpacked tree. */
export function libraryPath(root) {
  const machine = run("dpkg-architecture", ["-qDEB_HOST_MULTIARCH"], { tolerant: true }).trim();
  const triplet = machine || `${run("uname", ["-m"]).trim()}-linux-gnu`;
  return [join(root, "usr/lib", triplet), join(root, "lib", triplet), join(root, "usr/lib")].join(
    ":",
  );
}

export function writeProgram(path, text) {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** Unpacks `packages` where they are not installed and links `programs` into the bin folder. */
export function provideLlvm(packages, programs) {
  if (!programs.every((name) => existsSync(join(installed, name)))) {
    if (!hasApt()) {
      throw new SetupError(`Install LLVM 19 (${programs.join(", ")}) and put it on PATH.`);
    }
    unpackPackages("own", missingClosure(packages), prefix, ["./usr/share/doc*"]);
  }
  for (const name of programs) {
    const system = join(installed, name);
    const ours = join(prefix, installed, name);
    const libraries = libraryPath(prefix);
    const text = existsSync(ours)
      ? `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${ours}' "$@"\n`
      : `#!/bin/sh\nexec '${system}' "$@"\n`;
    writeProgram(join(bin, name), text);
  }
}
