import type { Heatmap, OverlayOptions } from "relevance-cam";
import type { Answer } from "./analysis.js";
import type { Drawing } from "./state.js";

/** The map as it is drawn: evidence against the class alone is the map with its sign turned. */
export function drawnMap(map: Heatmap, answer: Answer, { evidence }: Drawing): Heatmap {
  if (evidence !== "negative" || answer.evidence === "negative") return map;
  return { ...map, data: map.data.map((value) => -value) };
}

export function overlayOptions(drawing: Drawing): OverlayOptions {
  const { opacity, threshold } = drawing;
  const kind = paletteKind(drawing);
  return { signed: kind === "diverging", opacity, threshold, palette: drawing[kind] };
}

export function paletteKind({ evidence }: Pick<Drawing, "evidence">): "sequential" | "diverging" {
  return evidence === "signed" ? "diverging" : "sequential";
}
