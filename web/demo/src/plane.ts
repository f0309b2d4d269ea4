import type { Heatmap } from "relevance-cam";

/** One row-major map. */
export interface Plane {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The map of a heatmap: its channels, which attributions have, are summed as `paint` sums them. */
export function planeOf({ data, shape }: Heatmap): Plane {
  const rows = shape.at(-2) ?? 1;
  const columns = shape.at(-1) ?? 1;
  const size = rows * columns;
  if (data.length === size) return { data, rows, columns };
  const sums = new Float32Array(size);
  data.forEach((value, i) => (sums[i % size] = (sums[i % size] ?? 0) + value));
  return { data: sums, rows, columns };
}
