import type { PreprocessField, PreprocessFinding, PreprocessOptions } from "relevance-cam";

/** A value as a field shows it: numbers with commas. */
export function valueText({ value }: Pick<PreprocessFinding, "value">): string {
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** Why a field has its value. */
export function reasonText({ source, confidence }: PreprocessFinding): string {
  return confidence === "stated" ? source : `${source} (${confidence})`;
}

/**
 * The options with one field as it was written; nothing written leaves the field to be found.
 * @throws Error where numbers are wanted and something else was written
 */
export function withField(
  options: PreprocessOptions,
  field: PreprocessField,
  text: string,
): PreprocessOptions {
  const entries = Object.entries(options).filter(([name]) => name !== field);
  const others = Object.fromEntries(entries) as PreprocessOptions;
  return text === "" ? others : { ...others, [field]: fieldValue(field, text) };
}

function fieldValue(field: PreprocessField, text: string): string | number | readonly number[] {
  if (field === "mean" || field === "std") {
    return text.split(",").map((part) => number(field, part));
  }
  if (field === "range") return number(field, text);
  if (field === "resize" && /^\d+$/.test(text)) return Number(text);
  if (field === "resize" && !["stretch", "none"].includes(text)) {
    throw new Error(`“${text}” is no resizing: write the pixels of the shorter side, or stretch.`);
  }
  return text;
}

function number(field: PreprocessField, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new Error(`“${text.trim()}” is no number, and ${field} is made of numbers.`);
}
