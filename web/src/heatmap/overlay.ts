import type { Heatmap, PixelImage } from "../types.js";
import { heatmapLayer, type Layer, type OverlayOptions } from "./layer.js";

export type { OverlayOptions };

/**
 * The heatmap over the image it explains, as opaque RGBA pixels: what `paint` draws, without a
 * canvas.
 * @throws RelevanceCamError `invalid-option` or `invalid-input`
 */
export function renderOverlay(
  image: PixelImage,
  heatmap: Heatmap,
  options: OverlayOptions = {},
): PixelImage {
  return drawOver(image, heatmapLayer(heatmap, image, image, options));
}

/** The image, opaque, with the layer over it. */
export function drawOver(image: PixelImage, layer: Layer): PixelImage {
  const data = Uint8ClampedArray.from(image.data);
  for (let y = 0; y < layer.height; y++) {
    for (let x = 0; x < layer.width; x++) {
      const from = (y * layer.width + x) * 4;
      const to = ((y + layer.y) * image.width + x + layer.x) * 4;
      blend(layer.data, from, data, to);
    }
  }
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  return { data, width: image.width, height: image.height };
}

function blend(layer: Uint8ClampedArray, from: number, under: Uint8ClampedArray, to: number): void {
  const opacity = (layer[from + 3] ?? 0) / 255;
  for (let channel = 0; channel < 3; channel++) {
    const below = under[to + channel] ?? 0;
    under[to + channel] = below + ((layer[from + channel] ?? 0) - below) * opacity;
  }
}
