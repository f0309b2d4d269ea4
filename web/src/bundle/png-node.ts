import { PNG } from "pngjs";

import type { PixelImage } from "../types.js";

/** The pixels as a PNG file. */
export function encodePng({ data, width, height }: PixelImage): Promise<Uint8Array> {
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Promise.resolve(PNG.sync.write(png));
}
