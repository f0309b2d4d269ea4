import type { Heatmap } from "relevance-cam";
import { percent } from "./words.js";

/** One row-major map. */
interface Plane {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

const ROWS = ["upper", "middle", "lower"] as const;
const COLUMNS = ["left", "centre", "right"] as const;

/**
 * A map in a sentence, for those who do not see it.
 * @param speaks what its positive values do: speak for the class, or against it
 */
export function describeMap(map: Heatmap, speaks: "for" | "against" = "for"): string {
  const { data, rows, columns } = planeOf(map);
  const peak = data.reduce((best, value, i) => (value > (data[best] ?? 0) ? i : best), 0);
  if (!((data[peak] ?? 0) > 0)) return `There is no evidence ${speaks} the class.`;
  return (
    `The strongest evidence ${speaks} the class lies in the ${placeOf(peak, rows, columns)}; ` +
    `half of all lies in ${percent(shareThatHoldsHalf(data))} of the area the model saw.`
  );
}

/** Whether anything in the map is positive. */
export function hasEvidence(map: Heatmap): boolean {
  return planeOf(map).data.some((value) => value > 0);
}

/** The map of a heatmap: its channels, which attributions have, are summed as `paint` sums them. */
function planeOf({ data, shape }: Heatmap): Plane {
  const rows = shape.at(-2) ?? 1;
  const columns = shape.at(-1) ?? 1;
  const size = rows * columns;
  if (data.length === size) return { data, rows, columns };
  const sums = new Float32Array(size);
  data.forEach((value, i) => (sums[i % size] = (sums[i % size] ?? 0) + value));
  return { data: sums, rows, columns };
}

function placeOf(cell: number, rows: number, columns: number): string {
  const row = ROWS[Math.floor((Math.floor(cell / columns) / rows) * 3)];
  const column = COLUMNS[Math.floor(((cell % columns) / columns) * 3)];
  return row === "middle" && column === "centre" ? "centre" : `${row} ${column}`;
}

function shareThatHoldsHalf(data: Float32Array): number {
  const positive = data.filter((value) => value > 0).sort((a, b) => b - a);
  const half = positive.reduce((sum, value) => sum + value, 0) / 2;
  let sum = 0;
  const count = positive.findIndex((value) => (sum += value) >= half) + 1;
  return count / data.length;
}
