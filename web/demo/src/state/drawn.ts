import type { Heatmap, OverlayOptions, ResultArray } from "relevance-cam";
import { planeOf } from "../plane.js";
import type { Answer } from "./analysis.js";
import type { Drawing } from "./state.js";

/** The share of an attribution's pixels that the colours tell apart. */
const SHOWN_SHARE = 0.99;

const scales = new WeakMap<ResultArray, number>();

/** The map as it is drawn: evidence against the class alone is the map with its sign turned. */
export function drawnMap(map: Heatmap, answer: Answer, { evidence }: Drawing): Heatmap {
  if (evidence !== "negative" || answer.evidence === "negative") return map;
  return { ...map, data: map.data.map((value) => -value) };
}

export function overlayOptions(map: ResultArray, drawing: Drawing): OverlayOptions {
  const { opacity, threshold } = drawing;
  const kind = paletteKind(drawing);
  const scale = robustScale(map);
  return { signed: kind === "diverging", opacity, threshold, palette: drawing[kind], scale };
}

export function paletteKind({ evidence }: Pick<Drawing, "evidence">): "sequential" | "diverging" {
  return evidence === "signed" ? "diverging" : "sequential";
}

/**
 * Attributions have a few pixels that are many times stronger than all others and would alone be
 * seen: they are drawn up to this value. Absent: up to the strongest.
 */
export function robustScale(map: ResultArray): number | undefined {
  if (map.kind !== "attribution") return undefined;
  const known = scales.get(map);
  if (known !== undefined) return known;
  const sizes = planeOf(map).data.map(Math.abs).sort();
  const scale = sizes[Math.floor(SHOWN_SHARE * (sizes.length - 1))];
  if (!scale) return undefined;
  scales.set(map, scale);
  return scale;
}
