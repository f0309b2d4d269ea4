import type { PreprocessOptions } from "../types.js";
import { METADATA_KEY, parsePreprocess } from "../preprocess.js";
import {
  BYTES,
  findings,
  isJsonObject,
  parsedJson,
  PLAIN,
  type Findings,
  type Json,
} from "./finding.js";
import { isProcessorConfig, processorFindings } from "./hugging-face.js";
import type { InputFormat } from "./input-format.js";
import { presetFindings } from "./presets.js";
import { pretrainedConfig, timmFindings } from "./timm.js";

type Metadata = Readonly<Record<string, string>>;

/** Keys of ONNX's image metadata, which Windows ML and Custom Vision write. */
const PIXEL_FORMAT = "Image.BitmapPixelFormat";
const PIXEL_RANGE = "Image.NominalPixelRange";

const RANGES: Readonly<Record<string, PreprocessOptions>> = {
  NominalRange_0_255: BYTES,
  Normalized_0_1: PLAIN,
  Normalized_1_1: { range: 2, mean: [1], std: [1] },
  NominalRange_16_235: { range: 219, mean: [-16], std: [1] },
};

/** Keys under which tools store a whole configuration as JSON. */
const CONFIG_KEYS = ["preprocessor_config", "preprocessor", "config", "pretrained_cfg", "timm"];

/** What the model file's own metadata says, the most explicit first. */
export function metadataFindings(metadata: Metadata, format: InputFormat): Findings {
  return [
    ...ownFindings(metadata),
    ...configFindings(metadata, format),
    ...separateFindings(metadata, format),
    ...imageFindings(metadata),
    ...ultralyticsFindings(metadata, format),
  ];
}

/** @throws RelevanceCamError `invalid-model` when the key is there but no such JSON */
function ownFindings(metadata: Metadata): Findings {
  const text = metadata[METADATA_KEY];
  if (text === undefined) return [];
  return presetFindings(parsePreprocess(text), `The model's metadata ${METADATA_KEY} says so.`);
}

function configFindings(metadata: Metadata, format: InputFormat): Findings {
  return CONFIG_KEYS.flatMap((key) => {
    const json = parsedJson(metadata[key] ?? "");
    if (!isJsonObject(json)) return [];
    return objectFindings(json, `The model's metadata ${key}`, format);
  });
}

/** Reads either kind of configuration. */
export function objectFindings(json: Json, name: string, format: InputFormat): Findings {
  const timm = pretrainedConfig(json) ?? ("crop_pct" in json && "mean" in json ? json : undefined);
  if (timm) return timmFindings(timm, name, format);
  return isProcessorConfig(json) ? processorFindings(json, name, format) : [];
}

/** Every key by itself, named as in either kind of configuration. */
function separateFindings(metadata: Metadata, format: InputFormat): Findings {
  const json = Object.fromEntries(
    Object.entries(metadata).map(([key, text]) => [key, parsedJson(text) ?? listOf(text) ?? text]),
  );
  return objectFindings(
    "mean" in json && "std" in json ? { pretrained_cfg: json } : json,
    "The model's metadata",
    format,
  );
}

/** "0.5, 0.5, 0.5" as numbers. */
function listOf(text: string): readonly number[] | undefined {
  const parts = text
    .replace(/^[([]|[)\]]$/g, "")
    .split(/[\s,]+/)
    .filter((part) => part !== "");
  const numbers = parts.map(Number);
  return parts.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
}

function imageFindings(metadata: Metadata): Findings {
  const order = metadata[PIXEL_FORMAT] ?? "";
  const range = metadata[PIXEL_RANGE] ?? "";
  const channels = /^bgr/i.test(order) ? "bgr" : /^rgb/i.test(order) ? "rgb" : undefined;
  return [
    ...findings({ channels }, `The model's metadata has ${PIXEL_FORMAT} ${order}.`, "stated"),
    ...findings(RANGES[range] ?? {}, `The model's metadata has ${PIXEL_RANGE} ${range}.`, "stated"),
  ];
}

/** Classifiers of Ultralytics are trained on 0 to 1, the shorter side at the input's size. */
function ultralyticsFindings(metadata: Metadata, { height, width }: InputFormat): Findings {
  const isOurs = metadata["author"] === "Ultralytics" && metadata["task"] === "classify";
  if (!isOurs) return [];
  const values = { ...PLAIN, channels: "rgb", resize: Math.max(height, width) } as const;
  const says = "The model's metadata says that Ultralytics made it, to classify.";
  return findings({ ...values, interpolation: "bilinear" }, says, "inferred");
}
