import type { ModelInfo } from "../types.js";
import type { Config } from "./detect.js";
import { isJsonObject, parsedJson, type Json } from "./finding.js";
import { pretrainedConfig } from "./timm.js";

/** Keys of metadata that tools store class names under. */
const METADATA_KEYS = ["names", "id2label", "labels", "classes", "class_names", "categories"];

/** Transformers' names for classes that nobody has named. */
const NAMELESS = /^LABEL_\d+$/;

/** Class names from files beside the model, else from its metadata; empty: none for every class. */
export function detectLabels(
  { metadata, classes }: Pick<ModelInfo, "metadata" | "classes">,
  configs: readonly Config[],
): readonly string[] {
  const candidates = [
    ...configs.flatMap(({ json }) => labelsOfConfig(json)),
    ...METADATA_KEYS.map((key) => labelsOfText(metadata[key] ?? "")),
  ];
  return candidates.find((labels) => labels.length === classes && !areNameless(labels)) ?? [];
}

function areNameless(labels: readonly string[]): boolean {
  return labels.every((label) => NAMELESS.test(label));
}

function labelsOfConfig(json: Json): readonly (readonly string[])[] {
  const inner = pretrainedConfig(json) ?? {};
  const names = json["label_names"] ?? inner["label_names"];
  const descriptions = json["label_descriptions"] ?? inner["label_descriptions"];
  return [labelsOf(json["id2label"]), described(labelsOf(names), descriptions)];
}

/** timm's names may be codes, with words for each beside them. */
function described(names: readonly string[], descriptions: unknown): readonly string[] {
  if (!isJsonObject(descriptions)) return names;
  return names.map((name) => {
    const words = descriptions[name];
    return typeof words === "string" ? words : name;
  });
}

/** A list of names, or names by index. */
function labelsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (!isJsonObject(value)) return [];
  const count = Object.keys(value).length;
  const labels = Array.from({ length: count }, (_, i) => value[String(i)]);
  return labels.every((label) => typeof label === "string") ? labels : [];
}

/** JSON, a dictionary as Python prints it, or one name per line. */
function labelsOfText(text: string): readonly string[] {
  const json = parsedJson(text);
  if (json !== undefined) return labelsOf(json);
  if (text.startsWith("{") || text.startsWith("[")) return labelsOfPython(text);
  return text.includes("\n") ? text.trimEnd().split(/\r?\n/) : text.split(/\s*,\s*/);
}

/** The quoted texts in their order, which in such a dictionary is that of the indices. */
function labelsOfPython(text: string): readonly string[] {
  const quoted = text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g);
  return Array.from(quoted, ([, single, double]) =>
    (single ?? double ?? "").replace(/\\(.)/g, "$1"),
  );
}
