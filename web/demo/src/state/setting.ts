import { validValues, type CatalogParameter } from "relevance-cam";

/**
 * What is wrong with a setting as it was written; empty: nothing. No text at all is the default.
 * @param classes how many the model tells apart
 */
export function complaintAbout(parameter: CatalogParameter, text: string, classes: number): string {
  if (text === "" || isValid(parameter, text, classes)) return "";
  return `“${text}” does not do here: ${adviceFor(parameter, classes)}.`;
}

function isValid(parameter: CatalogParameter, text: string, classes: number): boolean {
  const { type, choices } = parameter;
  if (type === "choice") return choices.includes(text);
  if (type === "classes") return text.split(",").every((part) => isIndex(part.trim(), classes));
  return isNumber(parameter, text);
}

function isNumber({ type, least, most }: CatalogParameter, text: string): boolean {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) return false;
  if (type === "integer" && !Number.isInteger(value)) return false;
  return value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}

function isIndex(text: string, classes: number): boolean {
  return /^\d+$/.test(text) && Number(text) < classes;
}

function adviceFor(parameter: CatalogParameter, classes: number): string {
  const values = validValues(parameter);
  if (parameter.type === "choice") return `choose one of ${values}`;
  if (parameter.type === "classes") return `give ${values} between, from 0 to ${classes - 1}`;
  return `give a ${values}`;
}
