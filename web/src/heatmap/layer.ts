import { RelevanceCamError } from "../error.js";
import type { Heatmap, PixelImage, Region } from "../types.js";
import { colorTable, paletteByName, TABLE_SIZE, type Palette } from "./palettes.js";
import { planeOf, resample, type Plane } from "./plane.js";

/** How numbers become colours. */
export interface OverlayOptions {
  /** Name of a palette; default `turbo`, or `blue-white-red` when `signed`. */
  readonly palette?: string | undefined;
  /** Opacity of the strongest value, 0 to 1; default 0.75. Weaker values are fainter. */
  readonly opacity?: number | undefined;
  /** Values below this share of the scale, 0 to 1, are not drawn; default 0. */
  readonly threshold?: number | undefined;
  /** Draw evidence against the class as well, with a palette centred on zero. */
  readonly signed?: boolean | undefined;
  /**
   * The value drawn strongest; default the map's own largest, of an attribution the 99th percentile
   * of its magnitudes. One scale makes maps comparable.
   */
  readonly scale?: number | undefined;
}

/** Size of the picture a heatmap is drawn over. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A transparent picture of the heatmap and where it lies on the canvas. */
export interface Layer extends PixelImage {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly x: number;
  readonly y: number;
}

const DEFAULT_OPACITY = 0.75;

/** The share of an attribution's positions that the colours tell apart. */
const SHOWN_SHARE = 0.99;

/**
 * The heatmap as straight-alpha RGBA over the part of the canvas that the model saw.
 * @param source size of the image that was explained
 * @param canvas size of the picture that is drawn, into which the image is stretched
 * @throws RelevanceCamError `invalid-option` or `invalid-input`
 */
export function heatmapLayer(
  heatmap: Heatmap,
  source: Size,
  canvas: Size,
  options: OverlayOptions = {},
): Layer {
  const { signed = false } = options;
  const palette = paletteByName(options.palette, signed ? "diverging" : "sequential");
  const plane = planeOf(heatmap);
  const region = scaled(heatmap.region ?? { x: 0, y: 0, ...source }, source, canvas);
  const window = pixelsOf(region, canvas);
  const scale = options.scale ?? strongestIn(plane, heatmap.kind, signed);
  const values = resample(plane, { window, region });
  return { ...window, data: colorize(values, scale, palette, options) };
}

/** The value that is drawn strongest when no scale is given. */
export function strongest(heatmap: Heatmap, signed: boolean): number {
  return strongestIn(planeOf(heatmap), heatmap.kind, signed);
}

function colorize(
  values: Float32Array,
  scale: number,
  palette: Palette,
  options: OverlayOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const opacity = share("opacity", options.opacity ?? DEFAULT_OPACITY);
  const threshold = share("threshold", options.threshold ?? 0);
  const table = colorTable(palette);
  const diverging = palette.kind === "diverging";
  const pixels = new Uint8ClampedArray(values.length * 4);
  if (!(scale > 0)) return pixels;
  // Plain writes: this runs for every pixel whenever a control of a page moves.
  for (let i = 0, to = 0; i < values.length; i++, to += 4) {
    const level = Math.min(Math.max((values[i] ?? 0) / scale, diverging ? -1 : 0), 1);
    const strength = Math.abs(level);
    if (!(strength > 0) || strength < threshold) continue;
    const step = Math.round((diverging ? (level + 1) / 2 : level) * (TABLE_SIZE - 1)) * 3;
    pixels[to] = table[step] ?? 0;
    pixels[to + 1] = table[step + 1] ?? 0;
    pixels[to + 2] = table[step + 2] ?? 0;
    pixels[to + 3] = strength * opacity * 255;
  }
  return pixels;
}

/**
 * Attributions have a few positions that are many times stronger than all others and would alone be
 * seen: the colours end before them.
 */
function strongestIn({ values }: Plane, kind: Heatmap["kind"], signed: boolean): number {
  const largest = values.reduce((most, x) => Math.max(most, signed ? Math.abs(x) : x), 0);
  if (kind !== "attribution") return largest;
  const sizes = values.map((x) => (signed ? Math.abs(x) : Math.max(x, 0))).sort();
  return sizes[Math.ceil(SHOWN_SHARE * (sizes.length - 1))] || largest;
}

function scaled(region: Region, source: Size, canvas: Size): Region {
  const across = canvas.width / source.width;
  const down = canvas.height / source.height;
  return {
    x: region.x * across,
    y: region.y * down,
    width: region.width * across,
    height: region.height * down,
  };
}

/** The whole pixels of the canvas that the rectangle touches with their centres. */
function pixelsOf(region: Region, canvas: Size): Region {
  const x = Math.max(Math.round(region.x), 0);
  const y = Math.max(Math.round(region.y), 0);
  const right = Math.min(Math.round(region.x + region.width), canvas.width);
  const bottom = Math.min(Math.round(region.y + region.height), canvas.height);
  return { x, y, width: Math.max(right - x, 0), height: Math.max(bottom - y, 0) };
}

function share(option: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new RelevanceCamError(
    "invalid-option",
    `The option ${option} is ${value}; it lies between 0 and 1.`,
    option,
  );
}
