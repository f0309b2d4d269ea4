import { create } from "../dom.js";

/** Offers a file for saving. Its name is made of parts in which only letters and digits are kept. */
export function saveFile(content: Blob, parts: readonly string[], ending: string): void {
  const url = URL.createObjectURL(content);
  create("a", { href: url, download: `${parts.map(fileSafe).join("_")}.${ending}` }).click();
  URL.revokeObjectURL(url);
}

/** "cat.jpg" as "cat". */
export function withoutEnding(name: string): string {
  return name.replace(/\.\w+$/, "");
}

function fileSafe(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
}
