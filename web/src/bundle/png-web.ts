import { canvasOf } from "../heatmap/paint.js";
import type { PixelImage } from "../types.js";

/** The pixels as a PNG file. */
export async function encodePng(image: PixelImage): Promise<Uint8Array> {
  const blob = await canvasOf(image).convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
