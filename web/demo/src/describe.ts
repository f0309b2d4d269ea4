import type { Heatmap } from "relevance-cam";
import { percent } from "./words.js";

const ROWS = ["upper", "middle", "lower"] as const;
const COLUMNS = ["left", "centre", "right"] as const;

/** A map in a sentence, for those who do not see it. */
export function describeMap({ data, shape }: Heatmap): string {
  const peak = data.reduce((best, value, i) => (value > (data[best] ?? 0) ? i : best), 0);
  if (!((data[peak] ?? 0) > 0)) return "There is no evidence for the class.";
  const place = placeOf(peak, shape.at(-2) ?? 1, shape.at(-1) ?? 1);
  return (
    `The strongest evidence for the class lies in the ${place}; half of all lies in ` +
    `${percent(shareThatHoldsHalf(data))} of the area the model saw.`
  );
}

/** Whether anything in the map speaks for the class. */
export function hasEvidence({ data }: Heatmap): boolean {
  return data.some((value) => value > 0);
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
