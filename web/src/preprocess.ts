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
 * Reads {@link PreprocessOptions} from JSON; keys it does not know are passed over.
 * @param origin what errors call it
 * @throws RelevanceCamError `invalid-model`
 */
export function parsePreprocess(
  text: string,
  origin = `The model's metadata ${METADATA_KEY}`,
): PreprocessOptions {
  const value = parseJson(text);
  if (!isRecord(value)) throw malformed(origin, "it is no JSON object");
  return {
    preset: readField(origin, value, "preset", isString) as PreprocessPreset | undefined,
    resize: readField(origin, value, "resize", isResize),
    interpolation: readField(origin, value, "interpolation", isString),
    channels: readField(origin, value, "channels", isChannels),
    range: readField(origin, value, "range", isNumber),
    mean: readField(origin, value, "mean", isNumbers),
    std: readField(origin, value, "std", isNumbers),
  };
}

function readField<T>(
  origin: string,
  record: Readonly<Record<string, unknown>>,
  key: string,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = record[key];
  if (value === undefined || value === null) return undefined;
  if (is(value)) return value;
  throw malformed(origin, `its "${key}" is ${JSON.stringify(value)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function malformed(origin: string, reason: string): RelevanceCamError {
  return new RelevanceCamError(
    "invalid-model",
    `${origin} cannot be used: ${reason}. ` + "Say how to pre-process with the option preprocess.",
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
