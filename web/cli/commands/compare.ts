import { basename, extname, join } from "node:path";

import { InvalidArgumentError, Option, type Command } from "commander";

import { fileName } from "../../src/file-name.js";
import { catalog, comparisonSheet, encodePng, type Explainer } from "../../src/node.js";
import type { ComparedMethod, Comparison } from "../../src/types.js";
import { bundleOf, writeBundle } from "../bundle-file.js";
import { helpOnNames } from "../catalog-text.js";
import { writeBytes } from "../files.js";
import { aboutImage, backgroundOf, readImageFile } from "../image-file.js";
import { addInputsOption, readInputs, type InputsOptions } from "../input-files.js";
import { settingOf } from "../option-values.js";
import { printJson, printTable } from "../print.js";
import { addRulesOption, readComposite, type RulesOptions } from "../rules.js";
import {
  addColorOptions,
  addPreprocessOption,
  addQuestionOptions,
  addSharedOptions,
  loadModel,
  parseCount,
  type ColorOptions,
  type QuestionOptions,
  type SharedOptions,
} from "../shared-options.js";

/** A method as it is written, with its file of rules. */
type WrittenMethod = Omit<ComparedMethod, "composite"> & RulesOptions;

interface CompareOptions
  extends SharedOptions, QuestionOptions, ColorOptions, RulesOptions, InputsOptions {
  readonly method: readonly WrittenMethod[];
  readonly scale: "shared" | "each";
  readonly tile: number;
  readonly out?: string;
  readonly bundle?: string;
}

/** Settings that are options of their own, rather than parameters. */
const OWN_OPTIONS: readonly string[] = [
  "start",
  "composite",
  "rules",
  "fusion",
  "evidence",
  "kind",
  "title",
];

export function addCompare(program: Command): void {
  const command = program
    .command("compare")
    .description("explain a picture by several methods, side by side")
    .argument("<model>", "ONNX file")
    .argument("<image>", "picture, .npy array or TensorProto .pb file")
    .requiredOption(
      "--method <name[:option=value...]>",
      "method, with its start, composite, rules or settings after colons; to be repeated",
      collectMethod,
    )
    .addOption(
      new Option("--scale <which>", "one scale for all maps, or each its own")
        .choices(["shared", "each"])
        .default("each"),
    )
    .option("--labels <file>", "class names, one per line")
    .option("--tile <pixels>", "longest side of each picture of the sheet", parseCount, 256)
    .option("--out <folder>", "write all maps as one PNG sheet")
    .option("--bundle <file>", "write arrays, overlays, sheet and a manifest as one .zip")
    .addHelpText("after", helpOnNames);
  addInputsOption(addRulesOption(command));
  addPreprocessOption(addSharedOptions(addColorOptions(addQuestionOptions(command)))).action(
    compare,
  );
}

async function compare(model: string, path: string, options: CompareOptions): Promise<void> {
  const methods = await Promise.all(options.method.map((one) => readMethod(one, options)));
  const explainer = await loadModel(model, options);
  try {
    await aboutImage(path, explainer, () =>
      compareImage(explainer, { model, path, methods }, options),
    );
  } finally {
    explainer.dispose();
  }
}

/** The method with the rows of its file; of the one for all, where it reads relevance. */
async function readMethod(
  { rules, composite, title, ...method }: WrittenMethod,
  common: RulesOptions,
): Promise<ComparedMethod> {
  if (rules !== undefined) {
    const rows = await readComposite({ composite, rules });
    return { ...method, composite: rows, title: title ?? `${method.method} rules=${rules}` };
  }
  const reads = catalog().methods.find(({ name }) => name === method.method)?.signal;
  const isCommon = composite === undefined && reads === "relevance";
  const read = isCommon ? await readComposite({ rules: common.rules }) : composite;
  return { ...method, title, composite: read };
}

/** What is compared, beside the options. */
interface Subject {
  readonly model: string;
  readonly path: string;
  readonly methods: readonly ComparedMethod[];
}

async function compareImage(
  explainer: Explainer,
  subject: Subject,
  options: CompareOptions,
): Promise<void> {
  const { path } = subject;
  const inputs = await readInputs(options.input, explainer);
  const image = await readImageFile(path, explainer);
  const comparison = await explainer.compare(image, {
    inputs,
    methods: subject.methods,
    layers: options.layer,
    targets: options.target,
    output: options.output,
    scale: options.scale,
  });
  const background = backgroundOf(image);
  const name = fileName(basename(path, extname(path)));
  const sheet = options.out === undefined ? null : join(options.out, `${name}.compare.png`);
  if (sheet !== null) {
    await writeBytes(sheet, await encodePng(comparisonSheet(background, comparison, options)));
  }
  if (options.bundle !== undefined) {
    const about = { model: subject.model, image: path };
    const parts = { folder: name, about, image: background, options };
    await writeBundle(options.bundle, await bundleOf(comparison, parts));
  }
  print(subject, comparison, sheet, options);
}

function print(
  { model, path }: { readonly model: string; readonly path: string },
  { methods, layers, targets, labels, cells, diagnoses }: Comparison,
  sheet: string | null,
  { json }: CompareOptions,
): void {
  const listings = cells.map(({ result, ...cell }) => ({ ...cell, kind: result?.kind ?? null }));
  if (json) {
    const grid = { methods, layers, targets, labels, cells: listings };
    printJson({ model, image: path, ...grid, diagnoses, sheet });
    return;
  }
  printTable(
    ["method", "class", "label", "layer", "kind", "strongest"],
    cells.flatMap(({ method, target, layer, result, scale }) => {
      if (!result) return [];
      const label = labels[targets.indexOf(target)] ?? "";
      return [[method, String(target), label, layer, result.kind, scale.toPrecision(4)]];
    }),
  );
  const failures = cells.flatMap(({ method, error }) => (error ? `${method}: ${error}` : []));
  for (const failure of new Set(failures)) console.log(failure);
  if (sheet !== null) console.log(sheet);
  for (const { method, message } of diagnoses) console.error(`note: ${method}: ${message}`);
}

/** For commander: NAME:OPTION=VALUE:OPTION=VALUE of a repeated option. */
function collectMethod(text: string, previous: readonly WrittenMethod[] = []): WrittenMethod[] {
  const [method, ...settings] = text.split(":");
  if (!method) throw new InvalidArgumentError("Write NAME or NAME:OPTION=VALUE.");
  const entries = settings.map(settingOf);
  const own = entries.filter(([name]) => OWN_OPTIONS.includes(name));
  const parameters = entries.filter(([name]) => !OWN_OPTIONS.includes(name));
  return [
    ...previous,
    { method, ...Object.fromEntries(own), parameters: Object.fromEntries(parameters) },
  ];
}
