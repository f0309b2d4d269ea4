#!/usr/bin/env node
// Builds the npm package from nothing: toolchain, four WebAssembly variants, TypeScript.
import { installPackages } from "./build/npm-packages.mjs";
import { buildPackage } from "./build/package.mjs";
import { command } from "./setup/command.mjs";
import { setUp } from "./setup/parts.mjs";

await command("build", async () => {
  await setUp(["wasm"]);
  installPackages();
  buildPackage();
});
