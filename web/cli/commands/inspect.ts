import type { Command } from "commander";

import type { LayerInfo, ModelInfo } from "../../src/types.js";
import {
  addPreprocessOption,
  addSharedOptions,
  loadModel,
  type SharedOptions,
} from "../shared-options.js";
import { printJson, printTable } from "../print.js";

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description("list a model's inputs, outputs and layers")
    .argument("<model>", "ONNX file");
  addPreprocessOption(addSharedOptions(command)).action(inspect);
}

async function inspect(path: string, options: SharedOptions): Promise<void> {
  const explainer = await loadModel(path, options);
  try {
    if (options.json) printJson(summaryOf(explainer.info()));
    else printInfo(explainer.info());
  } finally {
    explainer.dispose();
  }
}

function summaryOf(info: ModelInfo): object {
  const stages = info.layers.filter((layer) => layer.stage).map((layer) => layer.name);
  return { ...info, stages };
}

function noteOf({ stage, attention, tokens }: LayerInfo): string {
  const grid = tokens && `${tokens.rows}x${tokens.columns} tokens`;
  const behind = tokens?.prefix ? `behind ${tokens.prefix}` : "";
  return [stage ? "stage" : "", attention ? "attention" : "", grid, behind]
    .filter(Boolean)
    .join(" ");
}

function printInfo(info: ModelInfo): void {
  const { name, opset, classes, logits, metadata } = info;
  console.log(`${name || "model"}: opset ${opset}, ${classes} classes, logits "${logits}"`);
  for (const { name, shape, type } of info.inputs) {
    console.log(`input ${name} ${shape.join("x")}${type === "float32" ? "" : ` ${type}`}`);
  }
  for (const output of info.outputs) console.log(`output ${output.name} ${output.shape.join("x")}`);
  for (const [key, value] of Object.entries(metadata)) console.log(`metadata ${key}: ${value}`);
  if (info.labels.length > 0) console.log(`labels ${info.labels.length}, with the model`);
  if (info.preprocess.length > 0) printPreprocess(info);
  console.log();
  printTable(
    ["layer", "operator", "shape", "MACs", "parameters", ""],
    info.layers.map((layer) => [
      layer.name,
      layer.opType,
      layer.shape.join("x"),
      String(layer.macs),
      String(layer.parameters),
      noteOf(layer),
    ]),
  );
  for (const norm of info.batchNorms.filter(({ negativeScales }) => negativeScales > 0)) {
    console.log(
      `batch normalization ${norm.node}: ${norm.negativeScales} of ${norm.channels} scales are ` +
        `negative (${norm.folded ? "folded" : "kept"})`,
    );
  }
}

/** How pictures become inputs, and why. */
function printPreprocess({ preprocess }: ModelInfo): void {
  console.log();
  printTable(
    ["pre-processing", "value", "", "why"],
    preprocess.map(({ field, value, source, confidence }) => [
      field,
      typeof value === "object" ? value.join(", ") : String(value),
      confidence,
      source,
    ]),
  );
}
