import { RelevanceCamError } from "../error.js";
import { isPixelImage } from "../image/source.js";
import type { Heatmap, PixelImage } from "../types.js";
import { heatmapLayer, type OverlayOptions, type Size } from "./layer.js";

/** What can be drawn under a heatmap at once. */
export type PaintableImage =
  ImageBitmap | ImageData | PixelImage | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas;

export interface PaintOptions extends OverlayOptions {
  /** Longest side of the picture; a larger image is drawn smaller. Default 1024. */
  readonly maxSide?: number | undefined;
  /** `false`: only the heatmap, on a transparent canvas. Default true. */
  readonly background?: boolean | undefined;
}

const DEFAULT_MAX_SIDE = 1024;

/**
 * Draws `image` and the heatmap over it, in the calling thread and at once. The canvas takes the
 * image's size.
 * @throws RelevanceCamError `invalid-image`, `invalid-option` or `invalid-input`
 */
export function paint(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  image: PaintableImage,
  heatmap: Heatmap,
  options: PaintOptions = {},
): void {
  const source = sizeOf(image);
  const size = fitted(source, options.maxSide ?? DEFAULT_MAX_SIDE);
  const layer = heatmapLayer(heatmap, source, size, options);
  canvas.width = size.width;
  canvas.height = size.height;
  const context = contextOf(canvas);
  if (options.background ?? true) {
    context.drawImage(drawable(image), 0, 0, size.width, size.height);
  }
  if (layer.data.length > 0) context.drawImage(canvasOf(layer), layer.x, layer.y);
}

function sizeOf(image: PaintableImage): Size {
  const size =
    "naturalWidth" in image
      ? { width: image.naturalWidth, height: image.naturalHeight }
      : { width: image.width, height: image.height };
  if (size.width > 0 && size.height > 0) return size;
  throw new RelevanceCamError("invalid-image", "The image to paint has no pixels.");
}

function fitted({ width, height }: Size, maxSide: number): Size {
  const factor = Math.min(1, maxSide / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

function drawable(image: PaintableImage): CanvasImageSource {
  return isPixelImage(image) ? canvasOf(image) : image;
}

/** A canvas with these pixels. */
export function canvasOf({ data, width, height }: PixelImage): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  pixels.data.set(data);
  contextOf(canvas).putImageData(pixels, 0, 0);
  return canvas;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

function contextOf(canvas: HTMLCanvasElement | OffscreenCanvas): Context {
  const context = canvas.getContext("2d") as Context | null;
  if (context) return context;
  throw new RelevanceCamError(
    "invalid-option",
    "The canvas gives no 2d context; it may have one of another kind already.",
    "canvas",
  );
}
