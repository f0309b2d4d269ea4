import { join } from "node:path";

import type { Command } from "commander";

import type { RunInput, Tensor } from "../../src/types.js";
import { RelevanceCamError, type Explainer } from "../../src/node.js";
import { fileName } from "../../src/file-name.js";
import { writeNpy } from "../../src/npy.js";
import { writeBytes } from "../files.js";
import { aboutImage, readImageFile } from "../image-file.js";
import { inputNamedIn, inputsBesideImage, readTensors } from "../input-files.js";
import { printJson, printTable } from "../print.js";
import {
  addPreprocessOption,
  addSharedOptions,
  loadModel,
  type SharedOptions,
} from "../shared-options.js";

interface RunOptions extends SharedOptions {
  readonly input: readonly string[];
  readonly output?: string;
}

export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description("run the model forward and keep its outputs")
    .argument("<model>", "ONNX file")
    .requiredOption(
      "--input <file|name=file...>",
      "picture, .npy array or TensorProto .pb; with several inputs NAME=FILE for each tensor",
    )
    .option("--output <file|folder>", ".npy file for a single output, else a folder for all");
  addPreprocessOption(addSharedOptions(command)).action(run);
}

async function run(modelPath: string, options: RunOptions): Promise<void> {
  const explainer = await loadModel(modelPath, options);
  try {
    const [input, inputs] = await readInput(options.input, explainer);
    const { outputs, timings } = await explainer.run(input, { inputs });
    const files = await writeOutputs(outputs, options.output);
    const rows = Object.entries(outputs).map(([name, { data, shape }]) => {
      const low = data.reduce((a, b) => Math.min(a, b), Infinity);
      const high = data.reduce((a, b) => Math.max(a, b), -Infinity);
      return { name, shape, min: low, max: high, file: files.get(name) ?? null };
    });
    if (options.json) printJson({ model: modelPath, outputs: rows, timings });
    else {
      printTable(
        ["output", "shape", "min", "max", "file"],
        rows.map(({ name, shape, min, max, file }) => [
          name,
          shape.join("x"),
          min.toPrecision(6),
          max.toPrecision(6),
          file ?? "",
        ]),
      );
    }
  } finally {
    explainer.dispose();
  }
}

/** One image, and tensors by name; or all by name. */
async function readInput(
  texts: readonly string[],
  explainer: Explainer,
): Promise<[input: RunInput, inputs: Record<string, Tensor>]> {
  const names = explainer.info().inputs.map(({ name }) => name);
  const image = texts.find((text) => inputNamedIn(text, names) === undefined);
  const named = texts.filter((text) => text !== image);
  if (image === undefined) return [await readTensors(named, explainer, names), {}];
  const beside = await readTensors(named, explainer, inputsBesideImage(explainer));
  return [await aboutImage(image, explainer, () => readImageFile(image, explainer)), beside];
}

async function writeOutputs(
  outputs: Readonly<Record<string, Tensor>>,
  target: string | undefined,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (target === undefined) return files;
  const entries = Object.entries(outputs);
  const single = target.endsWith(".npy");
  if (single && entries.length > 1) {
    throw new RelevanceCamError(
      "invalid-option",
      `--output ${target} is one file, but the model has ${entries.length} outputs; name a folder.`,
      "output",
    );
  }
  for (const [name, tensor] of entries) {
    const file = single ? target : join(target, `${fileName(name)}.npy`);
    await writeBytes(file, writeNpy(tensor));
    files.set(name, file);
  }
  return files;
}
