import { RelevanceCamError } from "./error.js";
import type { PreprocessOptions, PreprocessPreset } from "./types.js";

/** Key of a model file's metadata that holds {@link PreprocessOptions} as JSON. */
export const METADATA_KEY = "relevance-cam.preprocess";

const DEFAULT_PRESET: PreprocessPreset = "imagenet";

/** Pre-processing as the engine takes it: names are looked up there. */
export interface PreprocessSettings {
  /** Empty: `divisor`, `mean` and `std` hold. */
  readonly preset: string;
  readonly divisor: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Empty: the preset's, or RGB. */
  readonly channels: string;
  readonly resize: string;
  /** 0: the engine's default. */
  readonly shorterSide: number;
  readonly interpolation: string;
}

/** What the engine shall do for what the caller said. */
export function preprocessSettings(
  choice: PreprocessPreset | PreprocessOptions,
): PreprocessSettings {
  const options = typeof choice === "string" ? { preset: choice } : choice;
  const { resize, range, mean, std } = options;
  const custom = range !== undefined || mean !== undefined || std !== undefined;
  return {
    preset: custom ? "" : (options.preset ?? DEFAULT_PRESET),
    divisor: 255 / (range ?? 1),
    mean: mean ?? [0],
    std: std ?? [1],
    channels: options.channels ?? "",
    resize: typeof resize === "string" ? resize : "crop",
    shorterSide: typeof resize === "number" ? resize : 0,
    interpolation: options.interpolation ?? "bilinear",
  };
}

/**
 * What the model file says about its pictures, else the `imagenet` preset.
 * @throws RelevanceCamError `invalid-model` when the metadata is there but no such JSON.
 */
export function preprocessOfModel(
  metadata: Readonly<Record<string, string>>,
): PreprocessPreset | PreprocessOptions {
  const text = metadata[METADATA_KEY];
  return text === undefined ? DEFAULT_PRESET : parsePreprocess(text);
}

/** Reads {@link PreprocessOptions} from JSON; keys it does not know are passed over. */
export function parsePreprocess(text: string): PreprocessOptions {
  const value = parseJson(text);
  if (!isRecord(value)) throw malformed("it is no JSON object");
  return {
    preset: readField(value, "preset", isString) as PreprocessPreset | undefined,
    resize: readField(value, "resize", isResize),
    interpolation: readField(value, "interpolation", isString),
    channels: readField(value, "channels", isChannels),
    range: readField(value, "range", isNumber),
    mean: readField(value, "mean", isNumbers),
    std: readField(value, "std", isNumbers),
  };
}

function readField<T>(
  record: Readonly<Record<string, unknown>>,
  key: string,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = record[key];
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw malformed(`its "${key}" is ${JSON.stringify(value)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function malformed(reason: string): RelevanceCamError {
  return new RelevanceCamError(
    "invalid-model",
    `The model's metadata ${METADATA_KEY} cannot be used: ${reason}. ` +
      "Say how to pre-process with the option preprocess.",
    METADATA_KEY,
  );
}

const isString = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(isNumber);
const isChannels = (value: unknown): value is "rgb" | "bgr" => value === "rgb" || value === "bgr";
const isResize = (value: unknown): value is number | "stretch" | "none" =>
  isNumber(value) || value === "stretch" || value === "none";
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
