import type { PreprocessOptions } from "../types.js";
import {
  findings,
  isJsonObject,
  numberAt,
  numbersAt,
  type Findings,
  type Json,
} from "./finding.js";
import type { InputFormat } from "./input-format.js";

/** PIL's numbers of the filters; those that are not here are read as the nearest that is. */
const FILTERS: Readonly<Record<number, string>> = {
  0: "nearest",
  1: "bicubic",
  2: "bilinear",
  3: "bicubic",
  4: "bilinear",
  5: "bilinear",
};
const KNOWN_FILTERS: readonly number[] = [0, 2, 3];

const KEYS = ["image_mean", "do_normalize", "do_resize", "do_rescale", "image_processor_type"];

/** ConvNeXt's processors crop below this size only. */
const CONVNEXT_CROPS_BELOW = 384;
const CONVNEXT_CROP = 224 / 256;

/** Whether it is a `preprocessor_config.json` of Hugging Face Transformers. */
export function isProcessorConfig(json: Json): boolean {
  return KEYS.some((key) => key in json);
}

/** What a `preprocessor_config.json` says, read as the image processors of Transformers do. */
export function processorFindings(json: Json, name: string, format: InputFormat): Findings {
  const says = (values: PreprocessOptions, words: string): Findings =>
    findings(values, `${name} says ${words}.`, "stated");
  return [
    ...says(normalization(json), wordsOfNormalization(json)),
    ...channelFindings(json, name),
    ...filterFindings(json, name),
    ...sizeFindings(json, name, format),
  ];
}

function normalization(json: Json): PreprocessOptions {
  const normalizes = json["do_normalize"] ?? json["image_mean"] !== undefined;
  const mean = (normalizes && numbersAt(json, "image_mean")) || [0];
  const std = (normalizes && numbersAt(json, "image_std")) || [1];
  const factor = json["do_rescale"] === false ? 1 : (numberAt(json, "rescale_factor") ?? 1 / 255);
  const range = tidy(factor * 255);
  // With an offset pixels are moved by -1 before they are normalised.
  return { range, mean: json["rescale_offset"] === true ? mean.map((x) => x + 1) : mean, std };
}

function wordsOfNormalization(json: Json): string {
  const rescales = json["do_rescale"] === false ? "do_rescale false" : "a rescale_factor";
  const normalizes =
    json["do_normalize"] === false ? "do_normalize false" : "image_mean, image_std";
  return `${normalizes} and ${"rescale_factor" in json || rescales !== "a rescale_factor" ? rescales : "no rescale_factor, which is then 1/255"}`;
}

/** 1/255 is written with as many digits as it takes. */
function tidy(range: number): number {
  const rounded = Math.round(range * 1e6) / 1e6;
  return Math.abs(range - rounded) < 1e-5 ? rounded : range;
}

function channelFindings(json: Json, name: string): Findings {
  const flips = json["do_flip_channel_order"] === true || json["do_flip_channels"] === true;
  const says = `${name} ${flips ? "flips" : "does not flip"} the order of channels.`;
  return findings({ channels: flips ? "bgr" : "rgb" }, says, "stated");
}

function filterFindings(json: Json, name: string): Findings {
  const resample = numberAt(json, "resample");
  const interpolation = resample === undefined ? undefined : FILTERS[resample];
  if (resample === undefined || interpolation === undefined) return [];
  const known = KNOWN_FILTERS.includes(resample);
  const says = `${name} says resample ${resample}${known ? "" : ", to which this comes nearest"}.`;
  return findings({ interpolation }, says, known ? "stated" : "inferred");
}

function sizeFindings(json: Json, name: string, format: InputFormat): Findings {
  if (json["do_resize"] === false) return [];
  const { size } = json;
  const exact = exactSize(size);
  const shortest = shortestEdge(size, json);
  if (isConvNext(json)) return convNextFindings(json, name, format, shortest ?? exact);
  const crops = json["do_center_crop"] === true;
  const cropped = exactSize(json["crop_size"]) ?? format.height;
  if (shortest !== undefined) {
    const words = `size ${shortest} for the shortest edge${crops ? ` and crop_size ${cropped}` : ""}`;
    return edgeFindings(
      scaled(shortest, crops ? cropped : shortest, format),
      name,
      words,
      "stated",
    );
  }
  if (exact === undefined) return [];
  if (!crops || exact === cropped) {
    return findings({ resize: "stretch" }, `${name} says an exact size of ${exact}.`, "stated");
  }
  const words = `an exact size of ${exact} and crop_size ${cropped}; here proportions are kept`;
  return edgeFindings(scaled(exact, cropped, format), name, words, "inferred");
}

function edgeFindings(
  resize: number,
  name: string,
  words: string,
  confidence: "stated" | "inferred",
): Findings {
  return findings({ resize }, `${name} says ${words}.`, confidence);
}

/** Of ConvNeXt: below 384 a share of the picture is cropped, from there on it is stretched. */
function isConvNext(json: Json): boolean {
  const type = json["image_processor_type"] ?? json["feature_extractor_type"];
  return "crop_pct" in json || String(type).startsWith("ConvNext");
}

function convNextFindings(
  json: Json,
  name: string,
  format: InputFormat,
  size: number | undefined,
): Findings {
  const side = size ?? format.height;
  if (side >= CONVNEXT_CROPS_BELOW) {
    const words = `size ${side}, from ${CONVNEXT_CROPS_BELOW} on without cropping`;
    return findings({ resize: "stretch" }, `${name} says ${words}.`, "stated");
  }
  const share = numberAt(json, "crop_pct") ?? CONVNEXT_CROP;
  const resize = scaled(Math.floor(side / share), side, format);
  return edgeFindings(resize, name, `size ${side} and crop_pct ${tidy(share)}`, "stated");
}

/** Should the model take another size than the file says, the same share is cropped. */
function scaled(edge: number, cropped: number, { height, width }: InputFormat): number {
  return Math.max(Math.round((edge * Math.max(height, width)) / cropped), height, width);
}

function shortestEdge(size: unknown, json: Json): number | undefined {
  if (isJsonObject(size)) return numberAt(size, "shortest_edge");
  // A bare number is the shortest edge where a crop follows, and both sides elsewhere.
  return typeof size === "number" && json["do_center_crop"] === true ? size : undefined;
}

function exactSize(size: unknown): number | undefined {
  if (isJsonObject(size)) return numberAt(size, "height");
  if (Array.isArray(size)) return exactSize(size[0]);
  return typeof size === "number" ? size : undefined;
}
