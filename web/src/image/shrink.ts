import { RelevanceCamError } from "../error.js";
import type { PixelImage } from "../types.js";

/**
 * The image with no side longer than `side`, each pixel the mean of those it stands for; a small
 * image as it is.
 * @throws RelevanceCamError `invalid-option` unless `side` is a whole number from 1
 */
export function shrink(image: PixelImage, side: number): PixelImage {
  if (!Number.isInteger(side) || side < 1) {
    throw new RelevanceCamError(
      "invalid-option",
      `The side of a picture is ${side}; give a whole number of pixels from 1.`,
      "tile",
    );
  }
  const factor = Math.max(image.width, image.height) / side;
  if (factor <= 1) return image;
  const width = Math.max(1, Math.round(image.width / factor));
  const height = Math.max(1, Math.round(image.height / factor));
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, image.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, image.width);
      const color = mean(image, { left, right, top, bottom });
      data.set(color, (y * width + x) * 4);
    }
  }
  return { data, width, height };
}

/** The pixels, of `from`, that pixel `index` of `to` stands for: the first, and one past the last. */
function span(index: number, to: number, from: number): [number, number] {
  return [Math.floor((index * from) / to), Math.ceil(((index + 1) * from) / to)];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function mean({ data, width }: PixelImage, { left, right, top, bottom }: Box): number[] {
  const sums = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * width + left) * 4; at < (y * width + right) * 4; at++) {
      sums[at % 4] = (sums[at % 4] ?? 0) + (data[at] ?? 0);
    }
  }
  const count = (right - left) * (bottom - top);
  return sums.map((sum) => sum / count);
}
