import { paint } from "relevance-cam";
import { create } from "../dom.js";
import { mapAt, type MethodName } from "../state/analysis.js";
import { overlayOptions, type State } from "../state/state.js";

/** Offers the picture as it is drawn, in its full size, as a file. */
export async function savePng(state: Readonly<State>, method: MethodName): Promise<void> {
  const { analysis, depth, drawing } = state;
  const map = analysis && mapAt(analysis, method, depth);
  if (!map) return;
  const { bitmap, name } = analysis.picture;
  const canvas = new OffscreenCanvas(1, 1);
  paint(canvas, bitmap, map, { ...overlayOptions(drawing), maxSide: Infinity });
  const url = URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  const stem = [name.replace(/\.\w+$/, ""), analysis.chosen.label, method, `stage-${depth + 1}`];
  create("a", { href: url, download: `${stem.map(fileSafe).join("_")}.png` }).click();
  URL.revokeObjectURL(url);
}

function fileSafe(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
}
