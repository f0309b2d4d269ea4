import { checkImageSize } from "../image/limits.js";
import { shrink } from "../image/shrink.js";
import { isPainted } from "../heatmap/kinds.js";
import { heatmapLayer, type OverlayOptions } from "../heatmap/layer.js";
import { drawOver } from "../heatmap/overlay.js";
import { palettes } from "../heatmap/palettes.js";
import type { Comparison, ComparisonCell, PixelImage } from "../types.js";

export interface SheetOptions extends Pick<OverlayOptions, "opacity" | "threshold"> {
  /** Name of a palette, for the cells that are of its kind; the others get their default. */
  readonly palette?: string | undefined;
  /** Longest side of a cell's picture in pixels; default 256. A smaller image keeps its size. */
  readonly tile?: number | undefined;
  /** Pixels between the pictures and around them; default 8. */
  readonly gap?: number | undefined;
}

const DEFAULT_TILE = 256;
const DEFAULT_GAP = 8;
const WHITE = 255;

/**
 * The grid of a comparison as one opaque picture: a row for every method and target (method by
 * method, of each target by target), a column for every layer. Cells without a map stay white.
 * @param image the image that was compared
 * @throws RelevanceCamError `invalid-option`, or `invalid-image` when the sheet would be too large
 */
export function comparisonSheet(
  image: PixelImage,
  comparison: Comparison,
  options: SheetOptions = {},
): PixelImage {
  const { tile = DEFAULT_TILE, gap = DEFAULT_GAP } = options;
  const { methods, targets, layers, cells } = comparison;
  const picture = shrink(image, tile);
  const stepX = picture.width + gap;
  const stepY = picture.height + gap;
  const width = layers.length * stepX + gap;
  const height = methods.length * targets.length * stepY + gap;
  checkImageSize(width, height, "The sheet");
  const sheet = { data: new Uint8ClampedArray(width * height * 4).fill(WHITE), width, height };
  cells.forEach((cell, index) => {
    const drawn = drawCell(cell, image, picture, options);
    const column = index % layers.length;
    const row = Math.floor(index / layers.length);
    if (drawn) place(drawn, sheet, gap + column * stepX, gap + row * stepY);
  });
  return sheet;
}

/** @param picture the image, shrunk */
function drawCell(
  { result, scale, signed }: ComparisonCell,
  image: PixelImage,
  picture: PixelImage,
  { palette, opacity, threshold }: SheetOptions,
): PixelImage | undefined {
  if (!result || !isPainted(result)) return undefined;
  const colors = { palette: paletteFor(palette, signed), opacity, threshold, signed, scale };
  return drawOver(picture, heatmapLayer(result, image, picture, colors));
}

/** The palette's name unless it is of the other kind. */
function paletteFor(name: string | undefined, signed: boolean): string | undefined {
  const kind = palettes().find((palette) => palette.name === name)?.kind;
  return kind === (signed ? "sequential" : "diverging") ? undefined : name;
}

function place(
  { data, width, height }: PixelImage,
  sheet: { readonly data: Uint8ClampedArray; readonly width: number },
  x: number,
  y: number,
): void {
  for (let row = 0; row < height; row++) {
    const line = data.subarray(row * width * 4, (row + 1) * width * 4);
    sheet.data.set(line, ((y + row) * sheet.width + x) * 4);
  }
}
