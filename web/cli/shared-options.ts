import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { InvalidArgumentError, Option, type Command } from "commander";

import { Explainer, palettes, RelevanceCamError, type ErrorCode } from "../src/node.js";
import { parsePreprocess } from "../src/preprocess.js";
import type { LoadOptions, PreprocessOptions, PreprocessPreset } from "../src/types.js";
import { readBytes } from "./files.js";
import { collect, collectShape, collectSize, list, settingOf } from "./option-values.js";

/** Options of every command. */
export interface SharedOptions {
  readonly runtime: "auto" | "simd" | "relaxed";
  readonly threads?: number;
  readonly batchNorm: "fold" | "keep";
  readonly config?: readonly string[];
  readonly preprocess?: readonly string[];
  readonly labels?: string;
  readonly dimension?: Readonly<Record<string, number>>;
  readonly inputShape?: Readonly<Record<string, readonly number[]>>;
  readonly imageInput?: string;
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
    .option(
      "--config <file>",
      "preprocessor_config.json or config.json of the model; may be repeated " +
        "(default: those beside it; none: no such file)",
      collect,
    )
    .option(
      "--dimension <name=size>",
      "size of a dimension that the model leaves open; may be repeated (default: batch 1, sides 224)",
      collectSize,
    )
    .option(
      "--input-shape <name=shape>",
      "shape of an input, such as x=1x3x256x256; may be repeated (default: the model's)",
      collectShape,
    )
    .option(
      "--image-input <name>",
      "input that takes the picture, where there are several (default: the first that can)",
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
    "--preprocess <name|file|field=value>",
    "imagenet, minus-one-to-one, zero-to-one, caffe-bgr, a JSON file, or one field (resize, " +
      "interpolation, channels, range, mean, std); may be repeated (default: as inspect says)",
    collect,
  );
}

/** For commander: a whole number from 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("Give a whole number from 1.");
}

/** For commander: a number from 0 to 1. */
function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError("Give a number from 0 to 1.");
}

/** Loads the model of a file; external data and configurations are found beside it. */
export async function loadModel(path: string, options: SharedOptions): Promise<Explainer> {
  const loadOptions: LoadOptions = {
    runtime: options.runtime,
    threads: options.threads,
    batchNorm: options.batchNorm,
    preprocess: await readPreprocess(options.preprocess),
    configs: configFiles(path, options.config),
    labels: options.labels === undefined ? undefined : await readText(options.labels),
    dimensions: options.dimension,
    inputShapes: options.inputShape,
    imageInput: options.imageInput,
  };
  try {
    return await Explainer.load(pathToFileURL(path), loadOptions);
  } catch (error) {
    throw aboutModel(path, error);
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

const CONFIG_NAMES = ["preprocessor_config.json", "config.json"];

/** The named files; else those that lie beside the model, or above it where its folder is "onnx". */
function configFiles(modelPath: string, named: readonly string[] | undefined): URL[] {
  if (named?.includes("none")) return [];
  if (named) return named.map((file) => pathToFileURL(file));
  const folder = dirname(resolve(modelPath));
  const folders = basename(folder) === "onnx" ? [folder, dirname(folder)] : [folder];
  const paths = folders.flatMap((one) => CONFIG_NAMES.map((name) => join(one, name)));
  return paths.filter((file) => existsSync(file)).map((file) => pathToFileURL(file));
}

/** A preset or a file, and single fields after it. */
async function readPreprocess(
  choices: readonly string[] | undefined,
): Promise<PreprocessOptions | undefined> {
  if (!choices) return undefined;
  const parts = await Promise.all(choices.map(readPreprocessPart));
  const given = parts.flatMap(Object.entries).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

async function readPreprocessPart(choice: string): Promise<PreprocessOptions> {
  if (choice.endsWith(".json")) return parsePreprocess(await readText(choice), choice);
  if (!choice.includes("=")) return { preset: choice as PreprocessPreset };
  const [field, text] = settingOf(choice);
  if (!FIELDS.includes(field)) throw unknownField(field);
  return parsePreprocess(
    JSON.stringify({ [field]: fieldValue(field, text) }),
    `--preprocess ${choice}`,
  );
}

const FIELDS: readonly string[] = [
  ...["resize", "interpolation", "channels", "range", "mean", "std"],
];

function unknownField(field: string): RelevanceCamError {
  const message = `--preprocess has no field "${field}"; valid: ${FIELDS.join(", ")}.`;
  return new RelevanceCamError("invalid-option", message, "preprocess");
}

function fieldValue(field: string, text: string): unknown {
  if (field === "mean" || field === "std") return list(text).map(Number);
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}
