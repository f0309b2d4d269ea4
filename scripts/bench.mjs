#!/usr/bin/env node
// Measures the engine beside onnxruntime-web in Chromium, all set-up included:
// `npm run bench [-- OPTIONS]`, `npm run bench -- --help`
import { installPackages } from "./build/npm-packages.mjs";
import { command } from "./setup/command.mjs";

await command("bench", async () => {
  installPackages();
  const { bench } = await import("../tests/bench/bench.mjs");
  await bench();
});
