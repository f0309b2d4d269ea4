import type { PortableImage, PortableInput } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import type { ImageSource, PixelImage, RunInput, Tensor } from "../types.js";

/**
 * `source` in a form that can be posted to a worker. The caller's own object is never consumed.
 * @throws RelevanceCamError `invalid-image` when it holds no picture.
 */
async function portableImage(source: ImageSource): Promise<PortableImage> {
  if (isTensor(source)) return { data: source.data, shape: [...source.shape] };
  if (isPixelImage(source)) {
    return { data: source.data, width: source.width, height: source.height };
  }
  if (source instanceof Blob) return source;
  if (isInstance(source, "HTMLImageElement")) return imageElementBitmap(source as HTMLImageElement);
  if (isBitmapSource(source)) return bitmapOf(source);
  throw new RelevanceCamError(
    "invalid-image",
    "The image is none of ImageBitmap, ImageData, HTMLImageElement, HTMLCanvasElement, " +
      "OffscreenCanvas, Blob, {data, width, height} and {data: Float32Array, shape}.",
  );
}

/**
 * What a model computes from, in a form that can be posted to a worker: an image and the further
 * `inputs`, or all of them by name.
 * @throws RelevanceCamError `invalid-image` or `invalid-input`
 */
export async function portableInput(
  input: RunInput,
  inputs: Readonly<Record<string, Tensor>> = {},
): Promise<PortableInput> {
  if (isTensorRecord(input)) return { tensors: portableTensors({ ...input, ...inputs }) };
  const tensors = portableTensors(inputs);
  return { image: await portableImage(input), tensors };
}

function portableTensors(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const tensors = Object.entries(inputs).map(([name, tensor]): [string, Tensor] => {
    if (isTensor(tensor)) return [name, { data: tensor.data, shape: [...tensor.shape] }];
    throw new RelevanceCamError(
      "invalid-input",
      `The input "${name}" is no {data: Float32Array, shape}.`,
      name,
    );
  });
  return Object.fromEntries(tensors);
}

export function isTensor(value: unknown): value is Tensor {
  const { data, shape } = (value ?? {}) as Partial<Tensor>;
  return data instanceof Float32Array && Array.isArray(shape);
}

export function isPixelImage(value: unknown): value is PixelImage {
  const { data, width, height } = (value ?? {}) as Partial<PixelImage>;
  return (
    (data instanceof Uint8ClampedArray || data instanceof Uint8Array) &&
    typeof width === "number" &&
    typeof height === "number"
  );
}

function isTensorRecord(input: RunInput): input is Readonly<Record<string, Tensor>> {
  if (isTensor(input) || Object.getPrototypeOf(input) !== Object.prototype) return false;
  const values: unknown[] = Object.values(input);
  return values.length > 0 && values.every(isTensor);
}

type BitmapSource = ImageBitmap | HTMLCanvasElement | OffscreenCanvas;

function isBitmapSource(value: unknown): value is BitmapSource {
  return ["ImageBitmap", "HTMLCanvasElement", "OffscreenCanvas"].some((name) =>
    isInstance(value, name),
  );
}

/** Whether `value` is an instance of a class that this environment may not have. */
function isInstance(value: unknown, className: string): boolean {
  const found = (globalThis as Readonly<Record<string, unknown>>)[className];
  return typeof found === "function" && value instanceof found;
}

async function imageElementBitmap(image: HTMLImageElement): Promise<ImageBitmap> {
  try {
    await image.decode();
  } catch (cause) {
    throw new RelevanceCamError(
      "invalid-image",
      `The image ${image.currentSrc || image.src || "element"} cannot be decoded.`,
      "",
      { cause },
    );
  }
  return bitmapOf(image);
}

async function bitmapOf(source: BitmapSource | HTMLImageElement): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(source);
  } catch (cause) {
    throw new RelevanceCamError(
      "invalid-image",
      `The image gives no pixels: ${cause instanceof Error ? cause.message : String(cause)}`,
      "",
      { cause },
    );
  }
}
