import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { InvalidArgumentError, Option, type Command } from "commander";

import { Explainer, palettes, RelevanceCamError, type ErrorCode } from "../src/node.js";
import { parsePreprocess } from "../src/preprocess.js";
import type { LoadOptions, PreprocessOptions, PreprocessPreset } from "../src/types.js";
import { readBytes } from "./files.js";
import { collect } from "./option-values.js";

/** Options of every command. */
export interface SharedOptions {
  readonly runtime: "auto" | "simd" | "relaxed";
  readonly threads?: number;
  readonly batchNorm: "fold" | "keep";
  readonly preprocess?: string;
  readonly labels?: string;
  readonly json?: boolean;
}

/** Adds the options that say how a model is loaded. */
export function addSharedOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--runtime <build>", "WebAssembly build to run on")
        .choices(["auto", "simd", "relaxed"])
        .default("auto"),
    )
    .option("--threads <count>", "threads to compute on", parseCount)
    .addOption(
      new Option("--batch-norm <how>", "fold BatchNormalization into convolutions, or keep it")
        .choices(["fold", "keep"])
        .default("fold"),
    )
    .option("--json", "print one JSON object");
}

/** Options that say what is asked about a picture. */
export interface QuestionOptions {
  readonly layer?: readonly string[];
  readonly target?: readonly string[];
  readonly output?: string;
}

/** Adds the options that say what is asked about a picture. */
export function addQuestionOptions(command: Command): Command {
  return command
    .option(
      "--layer <name>",
      "tensor name, or stages, last-stage, input, logits; may be repeated (default: the method's)",
      collect,
    )
    .option(
      "--target <class>",
      "class index, class name, or top; may be repeated (default: top)",
      collect,
    )
    .option("--output <tensor>", "where relevance begins (default: the logits)");
}

/** Options that say how heatmaps are drawn. */
export interface ColorOptions {
  readonly palette?: string;
  readonly opacity?: number;
  readonly threshold?: number;
}

/** Adds the options that say how heatmaps are drawn. */
export function addColorOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--palette <name>", "colours of the overlays").choices(
        palettes().map(({ name }) => name),
      ),
    )
    .option("--opacity <share>", "opacity of the strongest evidence", parseShare)
    .option("--threshold <share>", "hide evidence below this share of the strongest", parseShare);
}

/** Adds the option that says how pictures become inputs. */
export function addPreprocessOption(command: Command): Command {
  return command.option(
    "--preprocess <name|file>",
    "imagenet, minus-one-to-one, zero-to-one, caffe-bgr, or a JSON file " +
      "(default: what the model says, else imagenet)",
  );
}

/** For commander: a whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("Give a whole number from 1.");
}

/** For commander: a number from 0 to 1. */
export function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("Give a number from 0 to 1.");
}

/** Loads the model of a file, with the external data files that lie beside it. */
export async function loadModel(path: string, options: SharedOptions): Promise<Explainer> {
  const loadOptions: LoadOptions = {
    runtime: options.runtime,
    threads: options.threads,
    batchNorm: options.batchNorm,
    preprocess: await readPreprocess(options.preprocess),
    labels: options.labels === undefined ? undefined : await readText(options.labels),
  };
  return loadWithExternalData(path, loadOptions, {});
}

/** The engine names a missing file; it is looked for beside the model, one at a time. */
async function loadWithExternalData(
  path: string,
  options: LoadOptions,
  externalData: Record<string, URL>,
): Promise<Explainer> {
  try {
    return await Explainer.load(pathToFileURL(path), { ...options, externalData });
  } catch (error) {
    const found = missingFile(error, path, externalData);
    if (!found) throw aboutModel(path, error);
    const more = { ...externalData, [found.name]: found.url };
    return loadWithExternalData(path, options, more);
  }
}

const MODEL_FAULTS: readonly ErrorCode[] = [
  "invalid-model",
  "unsupported-operator",
  "missing-external-data",
];

/** The same error, naming the file where the model is to blame. */
function aboutModel(path: string, error: unknown): unknown {
  if (!(error instanceof RelevanceCamError) || !MODEL_FAULTS.includes(error.code)) return error;
  return new RelevanceCamError(error.code, `${path}: ${error.message}`, error.node, {
    cause: error,
  });
}

function missingFile(
  error: unknown,
  modelPath: string,
  known: Readonly<Record<string, URL>>,
): { name: string; url: URL } | undefined {
  if (!(error instanceof RelevanceCamError) || error.code !== "missing-external-data") return;
  const name = basename(error.node);
  const path = join(dirname(modelPath), name);
  if (name in known || !existsSync(path)) return;
  return { name, url: pathToFileURL(path) };
}

async function readPreprocess(
  choice: string | undefined,
): Promise<PreprocessPreset | PreprocessOptions | undefined> {
  if (!choice?.endsWith(".json")) return choice as PreprocessPreset | undefined;
  return parsePreprocess(await readText(choice));
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}
