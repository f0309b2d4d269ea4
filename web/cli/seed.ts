import { RelevanceCamError } from "../src/error.js";
import { readNpy } from "../src/npy.js";
import { readBytes } from "./files.js";

/**
 * Initial relevance as the command line gives it: all of it as a `.npy` file, or
 * INDEX=WEIGHT,INDEX=WEIGHT for some elements.
 * @throws RelevanceCamError `invalid-option` or `invalid-input`
 */
export async function readSeed(text: string): Promise<Float32Array | Record<number, number>> {
  if (text.endsWith(".npy")) return readNpy(await readBytes(text), text).data;
  return Object.fromEntries(text.split(",").map(weightOf));
}

function weightOf(text: string): [index: number, weight: number] {
  const [index, weight] = text.split("=").map((part) => part.trim());
  if (/^\d+$/.test(index ?? "") && weight && Number.isFinite(Number(weight))) {
    return [Number(index), Number(weight)];
  }
  throw new RelevanceCamError(
    "invalid-option",
    `--seed: "${text}" is no weight of an element; write INDEX=WEIGHT,..., or name a .npy file.`,
    "seed",
  );
}
