import type { Command } from "commander";

import type { ClassScore } from "../../src/types.js";
import { aboutImages, readImageFile } from "../image-file.js";
import { addInputsOption, readInputs, type InputsOptions } from "../input-files.js";
import { printJson, printTable } from "../print.js";
import {
  addPreprocessOption,
  addSharedOptions,
  loadModel,
  parseCount,
  type SharedOptions,
} from "../shared-options.js";

interface ClassifyOptions extends SharedOptions, InputsOptions {
  readonly top: number;
}

export function addClassify(program: Command): void {
  const command = program
    .command("classify")
    .description("name the most probable classes of pictures")
    .argument("<model>", "ONNX file")
    .argument("<images...>", "pictures, .npy arrays or TensorProto .pb files")
    .option("--labels <file>", "class names, one per line")
    .option("--top <count>", "how many classes to name", parseCount, 5);
  addInputsOption(addPreprocessOption(addSharedOptions(command))).action(classify);
}

async function classify(
  modelPath: string,
  imagePaths: readonly string[],
  options: ClassifyOptions,
): Promise<void> {
  const explainer = await loadModel(modelPath, options);
  try {
    const inputs = await readInputs(options.input, explainer);
    const results = await aboutImages(imagePaths, explainer, async (image) => {
      const pixels = await readImageFile(image, explainer);
      const { top } = await explainer.classify(pixels, { topK: options.top, inputs });
      return { image, top };
    });
    if (results.length === 0) return;
    if (options.json) printJson({ model: modelPath, results });
    else for (const { image, top } of results) printClasses(image, top);
  } finally {
    explainer.dispose();
  }
}

function printClasses(image: string, top: readonly ClassScore[]): void {
  console.log(image);
  const rows = top.map(({ index, label, probability, logit }) => [
    `${(probability * 100).toFixed(2)}%`,
    String(index),
    label,
    logit.toFixed(4),
  ]);
  printTable(["probability", "class", "label", "logit"], rows);
}
