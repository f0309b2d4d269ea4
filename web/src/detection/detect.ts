import type { ModelInfo, PreprocessFinding, PreprocessOptions } from "../types.js";
import type { Findings, Json } from "./finding.js";
import { graphFindings } from "./graph.js";
import { guessFindings } from "./guess.js";
import { inputFormat, type InputFormat } from "./input-format.js";
import { metadataFindings, objectFindings } from "./metadata.js";
import { presetFindings, reordered } from "./presets.js";

/** A file that was given beside the model. */
export interface Config {
  readonly name: string;
  readonly json: Json;
}

/** All that is known of a model. */
export interface Evidence {
  readonly info: Pick<ModelInfo, "name" | "inputs" | "layers" | "metadata">;
  readonly configs: readonly Config[];
  /** The model's; empty where it has none. */
  readonly fileName: string;
  /** What the caller said. */
  readonly options: PreprocessOptions | undefined;
}

const FIELDS = ["resize", "interpolation", "channels", "range", "mean", "std"] as const;

/** Fields that mean nothing without each other. */
const NORMALIZATION: readonly string[] = ["range", "mean", "std"];

/**
 * How pixels become the model's input, field by field, and why: what the caller says, then files
 * beside the model, its metadata, its graph, and last what names and layout make likely. Empty for
 * models that take no pictures.
 * @throws RelevanceCamError `invalid-option` for a preset that there is not, `invalid-model` for
 * metadata under our own key that cannot be read
 */
export function detectPreprocess({ info, configs, fileName, options }: Evidence): Findings {
  const said = presetFindings(options ?? {}, "The option preprocess says so.");
  const format = inputFormat(info.inputs[0]);
  if (!format) return said;
  const found: readonly Findings[] = [
    ...configs.map(({ name, json }) => objectFindings(json, name, format)),
    metadataFindings(info.metadata, format),
    graphFindings(info, format),
    guessFindings(info, format, fileName),
  ];
  const rest = firstOf(found.flat());
  const merged = firstOf([...said, ...inOrderOf(said, rest)]);
  return merged.map((finding) => forChannels(finding, format));
}

/** The first finding for each field; range, mean and std from where the first of them is from. */
function firstOf(findings: Findings): Findings {
  const normalizer = findings.find(({ field }) => NORMALIZATION.includes(field))?.source;
  return FIELDS.flatMap((field) => {
    const isTied = NORMALIZATION.includes(field);
    const one = findings.find(
      (finding) => finding.field === field && (!isTied || finding.source === normalizer),
    );
    return one ?? [];
  });
}

/** Mean and std that were found in one order of channels, in the order that the caller wants. */
function inOrderOf(said: Findings, found: Findings): Findings {
  const wanted = said.find(({ field }) => field === "channels")?.value;
  const channels = found.find(({ field }) => field === "channels")?.value;
  if (wanted === undefined || wanted === channels) return found;
  const order = wanted as PreprocessOptions["channels"];
  return found.map((finding) => {
    if (finding.field !== "mean" && finding.field !== "std") return finding;
    const turned = reordered(
      { mean: finding.value as number[], channels: order === "rgb" ? "bgr" : "rgb" },
      order,
    );
    return { ...finding, value: turned.mean ?? finding.value };
  });
}

/** A grey picture has the mean of the colours'. */
function forChannels(finding: PreprocessFinding, { channels }: InputFormat): PreprocessFinding {
  const { value } = finding;
  if (channels !== 1 || !Array.isArray(value) || value.length < 2) return finding;
  const numbers = value as readonly number[];
  return { ...finding, value: [numbers.reduce((a, b) => a + b, 0) / numbers.length] };
}

/** The findings as options. */
export function optionsOf(findings: Findings): PreprocessOptions {
  return Object.fromEntries(findings.map(({ field, value }) => [field, value]));
}
