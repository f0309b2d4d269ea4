import { RelevanceCamError, type ErrorCode, type Explainer } from "../src/node.js";
import type { PixelImage, Tensor } from "../src/types.js";
import { readBytes } from "./files.js";
import { readNpy } from "../src/npy.js";
import { decodePicture } from "./picture.js";
import { reportError } from "./report.js";

const IMAGE_FAULTS: readonly ErrorCode[] = ["invalid-image", "invalid-input", "invalid-model"];

/** A picture, a `.npy` array or a TensorProto `.pb`, told apart by the name's ending. */
export async function readImageFile(
  path: string,
  explainer: Explainer,
): Promise<PixelImage | Tensor> {
  const bytes = await readBytes(path);
  if (path.endsWith(".npy")) return readNpy(bytes, path);
  if (path.endsWith(".pb")) return explainer.readTensor(bytes);
  return decodePicture(bytes, path);
}

/**
 * Does `work` on the image of a file.
 * @throws RelevanceCamError naming the file where the image is to blame
 */
export async function aboutImage<T>(
  path: string,
  explainer: Explainer,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RelevanceCamError) || !IMAGE_FAULTS.includes(error.code)) throw error;
    const others = explainer.info().inputs.slice(1);
    if ([path, ...others.map(({ name }) => name)].includes(error.node)) throw error;
    throw new RelevanceCamError(error.code, `${path}: ${error.message}`, path, { cause: error });
  }
}

/**
 * What `work` makes of every image, in their order. A bad image is reported and left out, and sets
 * the exit status.
 * @throws RelevanceCamError where something other than an image is to blame
 */
export async function aboutImages<T>(
  paths: readonly string[],
  explainer: Explainer,
  work: (path: string, place: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const [place, path] of paths.entries()) {
    try {
      results.push(await aboutImage(path, explainer, () => work(path, place)));
    } catch (error) {
      const isBad = error instanceof RelevanceCamError && error.node === path;
      if (!isBad) throw error;
      process.exitCode = reportError(error);
    }
  }
  return results;
}

/**
 * Something to draw a heatmap over: the picture itself; of a tensor its first channels, stretched
 * from black to white.
 */
export function backgroundOf(image: PixelImage | Tensor): PixelImage {
  if (!("shape" in image)) return image;
  const [channels = 1, height = 1, width = 1] = image.shape.slice(-3);
  const { data } = image;
  const low = data.reduce((a, b) => Math.min(a, b), Infinity);
  const high = data.reduce((a, b) => Math.max(a, b), -Infinity);
  const factor = high > low ? 255 / (high - low) : 0;
  const plane = width * height;
  const pixels = new Uint8ClampedArray(plane * 4).fill(255);
  for (let i = 0; i < plane; i++) {
    for (let color = 0; color < 3; color++) {
      const value = data[(channels >= 3 ? color : 0) * plane + i] ?? low;
      pixels[i * 4 + color] = (value - low) * factor;
    }
  }
  return { data: pixels, width, height };
}
