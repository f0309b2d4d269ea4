import { RelevanceCamError } from "./error.js";

/** Class names from a list, or from a text with one name per line (empty last lines dropped). */
export function readLabels(labels: readonly string[] | string | undefined): readonly string[] {
  if (labels === undefined) return [];
  if (typeof labels !== "string") return [...labels];
  return labels
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
}

export function className(labels: readonly string[], index: number): string {
  return labels[index] ?? `class ${index}`;
}

/**
 * Class index, or with `output` index of an element of that tensor, for an index, a class name (upper and lower case alike; one of the comma-separated
 * parts of a label is enough) or `top`, for which `undefined` is returned.
 * @throws RelevanceCamError `unknown-class` when there is no such class.
 */
export function classIndex(
  target: number | string,
  labels: readonly string[],
  classes: number,
  output = "",
): number | undefined {
  if (target === "top") return undefined;
  if (typeof target === "number") return checkedIndex(target, classes, output);
  const index = labelIndex(target, labels);
  if (index !== undefined) return checkedIndex(index, classes, output);
  if (/^\d+$/.test(target)) return checkedIndex(Number(target), classes, output);
  const reason =
    labels.length === 0 ? "No labels were given" : `None of the ${labels.length} labels matches`;
  throw new RelevanceCamError(
    "unknown-class",
    `There is no class "${target}". ${reason}; use an index from 0 to ${classes - 1} or "top".`,
    target,
  );
}

function checkedIndex(index: number, classes: number, output: string): number {
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw new RelevanceCamError(
    "unknown-class",
    output === ""
      ? `There is no class ${index}; the model has classes 0 to ${classes - 1}.`
      : `There is no element ${index}; "${output}" has elements 0 to ${classes - 1}.`,
    String(index),
  );
}

function labelIndex(name: string, labels: readonly string[]): number | undefined {
  const wanted = name.trim().toLowerCase();
  const lowered = labels.map((label) => label.toLowerCase());
  const exact = lowered.indexOf(wanted);
  if (exact >= 0) return exact;
  const part = lowered.findIndex((label) => label.split(/\s*,\s*/).includes(wanted));
  return part >= 0 ? part : undefined;
}
