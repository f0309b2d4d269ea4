import { RelevanceCamError } from "../error.js";

/** The engine's own limits, checked before anything as large is decoded or drawn. */
const MAX_SIDE = 16384;
const MAX_PIXELS = 100_000_000;

/**
 * @param name what the message calls the picture
 * @throws RelevanceCamError `invalid-image` when it is empty or too large to be explained
 */
export function checkImageSize(width: number, height: number, name: string): void {
  if (!(width > 0 && height > 0)) throw invalid(name, "has no pixels");
  if (Math.max(width, height) <= MAX_SIDE && width * height <= MAX_PIXELS) return;
  throw invalid(
    name,
    `has ${width}x${height} pixels; at most ${MAX_SIDE} on a side and ${MAX_PIXELS / 1e6} million ` +
      "in all can be explained",
  );
}

function invalid(name: string, problem: string): RelevanceCamError {
  return new RelevanceCamError("invalid-image", `${name} ${problem}.`, name);
}
