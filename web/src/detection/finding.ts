import type { PreprocessField, PreprocessFinding, PreprocessOptions } from "../types.js";

/** One source's word on pre-processing, of which it may leave fields to others. */
export type Findings = readonly PreprocessFinding[];

type Values = Pick<PreprocessOptions, PreprocessField>;
type Confidence = PreprocessFinding["confidence"];

/** One finding per value that is there, all for the same reason. */
export function findings(values: Values, source: string, confidence: Confidence): Findings {
  return Object.entries(values).flatMap(([field, value]) =>
    value === undefined ? [] : { field: field as PreprocessField, value, source, confidence },
  );
}

export const IMAGENET = {
  range: 1,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;

export const MINUS_ONE_TO_ONE = { range: 1, mean: [0.5], std: [0.5] } as const;
export const PLAIN = { range: 1, mean: [0], std: [1] } as const;
export const BYTES = { range: 255, mean: [0], std: [1] } as const;

/** As the VGG paper's networks take it, in the model's order. */
export const CAFFE = {
  range: 255,
  mean: [103.939, 116.779, 123.68],
  std: [1],
  channels: "bgr",
} as const;

export type Json = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function numberAt(json: Json, key: string): number | undefined {
  const value = json[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A number, or a list of them. */
export function numbersAt(json: Json, key: string): readonly number[] | undefined {
  const value = json[key];
  const list = Array.isArray(value) ? value : [value];
  const numbers = list.filter((x): x is number => typeof x === "number" && Number.isFinite(x));
  return numbers.length > 0 && numbers.length === list.length ? numbers : undefined;
}

/** JSON, where the text is some. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
