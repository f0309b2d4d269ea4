import { paint } from "relevance-cam";
import { shownMap } from "../state/analysis.js";
import type { Side } from "../state/choice.js";
import { drawnMap, overlayOptions } from "../state/drawn.js";
import type { State } from "../state/state.js";
import { saveFile, withoutEnding } from "./save-file.js";

/** Offers the picture as it is drawn, in its full size, as a file. */
export async function savePng(state: Readonly<State>, side: Side): Promise<void> {
  const { analysis, depth, drawing } = state;
  const map = analysis && shownMap(analysis, side, depth);
  if (!map) return;
  const { bitmap, name } = analysis.picture;
  const answer = analysis.answers[side];
  const canvas = new OffscreenCanvas(1, 1);
  const options = { ...overlayOptions(drawing), maxSide: Infinity };
  paint(canvas, bitmap, drawnMap(map, answer, drawing), options);
  const content = await canvas.convertToBlob({ type: "image/png" });
  const parts = [withoutEnding(name), analysis.chosen.label, answer.choice.method, map.layer];
  saveFile(content, parts, "png");
}
