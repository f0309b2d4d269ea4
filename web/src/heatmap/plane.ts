import { RelevanceCamError } from "../error.js";
import type { Heatmap } from "../types.js";

/** One row-major map. */
export interface Plane {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The map of a heatmap: its channels, if there are several, summed.
 * @throws RelevanceCamError `invalid-input` when it has no rows and columns or the wrong length.
 */
export function planeOf({ data, shape }: Heatmap): Plane {
  const rows = shape.at(-2) ?? 0;
  const columns = shape.at(-1) ?? 0;
  const channels = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const size = rows * columns;
  if (size === 0 || data.length !== channels * size) {
    throw new RelevanceCamError(
      "invalid-input",
      `A heatmap of shape ${shape.join("x")} with ${data.length} values cannot be painted; ` +
        "its last two axes must be rows and columns.",
    );
  }
  if (channels === 1) return { values: data, rows, columns };
  const values = new Float32Array(size);
  for (let i = 0; i < data.length; i++) values[i % size] = at(values, i % size) + at(data, i);
  return { values, rows, columns };
}

/** Where each of `count` pixels, spread over `cells` cells, reads: two cells and the second's share. */
interface Taps {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly share: Float32Array;
}

/** Bilinear in half-pixel coordinates, clamped at the borders; pixel 0 lies at `offset` cells. */
function taps(count: number, cells: number, offset: number, step: number): Taps {
  const first = new Uint32Array(count);
  const second = new Uint32Array(count);
  const share = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const position = Math.min(Math.max(offset + (i + 0.5) * step - 0.5, 0), cells - 1);
    first[i] = Math.floor(position);
    second[i] = Math.min(at(first, i) + 1, cells - 1);
    share[i] = position - at(first, i);
  }
  return { first, second, share };
}

/** A window of pixels and the rectangle, in those pixels, over which the plane is stretched. */
export interface Placement {
  readonly window: { x: number; y: number; width: number; height: number };
  readonly region: { x: number; y: number; width: number; height: number };
}

/** The plane at every pixel of the window, row-major. */
export function resample(plane: Plane, { window, region }: Placement): Float32Array {
  const { values, rows, columns } = plane;
  const stepX = columns / region.width;
  const stepY = rows / region.height;
  const across = taps(window.width, columns, (window.x - region.x) * stepX, stepX);
  const down = taps(window.height, rows, (window.y - region.y) * stepY, stepY);
  const out = new Float32Array(window.width * window.height);
  for (let y = 0; y < window.height; y++) {
    const upper = at(down.first, y) * columns;
    const lower = at(down.second, y) * columns;
    const share = at(down.share, y);
    for (let x = 0; x < window.width; x++) {
      const left = at(across.first, x);
      const right = at(across.second, x);
      const top = lerp(at(values, upper + left), at(values, upper + right), at(across.share, x));
      const bottom = lerp(at(values, lower + left), at(values, lower + right), at(across.share, x));
      out[y * window.width + x] = lerp(top, bottom, share);
    }
  }
  return out;
}

function lerp(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function at(values: Float32Array | Uint32Array, index: number): number {
  return values[index] ?? 0;
}
