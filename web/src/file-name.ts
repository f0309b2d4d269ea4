import type { ResultArray } from "./types.js";

/** A tensor's or picture's name with everything that may not stand in a file name replaced. */
export function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, "_").replace(/^[._]+(?=.)/, "") || "tensor";
}

/** "folder/weights.bin" as "weights.bin". */
export function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "");
}

/** What a result's files are called, without an ending: layer, method, target and kind. */
export function resultName(
  { layer, target, kind }: Pick<ResultArray, "layer" | "target" | "kind">,
  method: string,
): string {
  const parts = [layer, method, target < 0 ? "seed" : String(target), kind];
  return parts.map(fileName).join(".");
}
