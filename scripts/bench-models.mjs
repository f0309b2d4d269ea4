#!/usr/bin/env node
// Writes the benchmark's random-weight models into the cache folder:
// `node scripts/bench-models.mjs`
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cache, providePython, scripts } from "./models/python.mjs";
import { SetupError } from "./setup/process.mjs";
import { once } from "./setup/stamp.mjs";

const folder = join(cache, "models", "bench");
const names = ["resnet18", "resnet50", "vgg16", "mobilenet_v2", "squeezenet1_1"];
const weights = ["resnet50.weights.json", "resnet50.weights.bin"];
const writer = join(scripts, "bench_models.py");

/** Changes with anything that decides the models' content. */
function contentKey() {
  const files = [writer, join(scripts, "onnx_graph.py"), join(scripts, "requirements.txt")];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex");
}

async function writeModels() {
  const products = [...names.map((name) => `${name}.onnx`), ...weights].map((file) =>
    join(folder, file),
  );
  await once("bench-models", contentKey(), products, async () => {
    const python = await providePython();
    python([writer, folder]);
  });
}

try {
  await writeModels();
  console.log(`bench models: ready in ${folder}`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`bench models: ${error.message}`);
  process.exitCode = 1;
}
