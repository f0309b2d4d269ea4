#!/usr/bin/env node
// The demo page from nothing: toolchain, build, default model, and a server that prints its address.
import { serveDemo } from "./build/demo.mjs";
import { installModel } from "./build/model.mjs";
import { installPackages } from "./build/npm-packages.mjs";
import { buildPackage } from "./build/package.mjs";
import { command } from "./setup/command.mjs";
import { setUp } from "./setup/parts.mjs";

await command("demo", async () => {
  await setUp(["wasm"]);
  installPackages();
  buildPackage();
  installModel();
  process.exitCode = serveDemo() ?? 0;
});
