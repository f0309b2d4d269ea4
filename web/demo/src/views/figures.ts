import { paint, type Heatmap } from "relevance-cam";
import { methodMenu } from "../controls/method-menu.js";
import { describeMap, hasEvidence } from "../describe.js";
import { beforeNextFrame, byId, create } from "../dom.js";
import { followsDepth, remarksOn, shownMap, type Analysis } from "../state/analysis.js";
import { SIDES, type Side } from "../state/choice.js";
import { drawnMap, overlayOptions } from "../state/drawn.js";
import type { AppStore, Drawing } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { mapCaption, methodTitle, stageName } from "../words.js";
import { savePng } from "./save-png.js";

/** A map of zeros draws the picture alone. */
const NOTHING: Heatmap = { data: new Float32Array(1), shape: [1, 1] };

/** The two large pictures, one per method. */
export function showFigures(store: AppStore, workbench: Workbench): void {
  const row = byId("figures", HTMLDivElement);
  for (const side of SIDES) row.append(figure(store, workbench, side));
}

function figure(store: AppStore, workbench: Workbench, side: Side): HTMLElement {
  const canvas = create("canvas", { className: "map", width: 1, height: 1 });
  canvas.dataset["side"] = side;
  canvas.role = "img";
  const seen = create("div", { className: "seen", hidden: true });
  const blank = create("p", { className: "blank", hidden: true });
  const frame = create("div", { className: "frame" }, canvas, seen, blank);

  const redraw = beforeNextFrame(() => {
    const { analysis, picture, depth, drawing } = store.state;
    const shown = analysis?.picture ?? picture;
    if (!shown) return;
    const map = analysis && shownMap(analysis, side, depth);
    const drawn = map && drawnMap(map, analysis.answers[side], drawing);
    frame.style.setProperty("--ratio", String(shown.bitmap.width / shown.bitmap.height));
    paint(canvas, shown.bitmap, drawn ?? NOTHING, overlayOptions(drawing));
    outline(seen, shown.bitmap, map);
    blank.hidden = !drawn || hasEvidence(drawn) || drawing.evidence === "signed";
    blank.textContent = `Nothing here speaks ${wayOf(drawing)} the class.`;
    canvas.ariaLabel = (analysis && altText(analysis, side, depth, drawing)) ?? shown.name;
  });
  store.watch((s) => [s.analysis, s.picture, s.depth, s.drawing], redraw);
  store.watch(
    (s) => [s.analysis?.choices[side], s.choices[side]],
    (shown, wanted) => {
      frame.classList.toggle("stale", shown !== undefined && shown !== wanted);
    },
  );
  return create("figure", {}, caption(store, workbench, side), frame, remarks(store, side));
}

/** Method, where its map comes from, and the button that saves it. */
function caption(store: AppStore, workbench: Workbench, side: Side): HTMLElement {
  const meta = create("span", { className: "meta" });
  const save = create("button", { type: "button", className: "quiet", textContent: "Save PNG" });
  save.addEventListener("click", () => {
    void savePng(store.state, side);
  });
  store.watch(
    (s) => [s.analysis, s.depth],
    (analysis, depth) => {
      const map = analysis && shownMap(analysis, side, depth);
      meta.textContent = map ? mapCaption(analysis.answers[side].choice, map) : "";
      save.disabled = !map;
      save.ariaLabel = analysis ? `Save ${titleOf(analysis, side)} as PNG` : "Save as PNG";
    },
  );
  return create("figcaption", {}, methodMenu(store, workbench, side), meta, save);
}

/** What the engine says about the map, in its own words. */
function remarks(store: AppStore, side: Side): HTMLElement {
  const here = create("ul");
  const elsewhere = create("ul");
  const count = create("summary");
  const others = create("details", {}, count, elsewhere);
  const drawing = create("p", { className: "hint" });
  drawing.textContent = "Drawn up to its 99th percentile: a few pixels are far stronger.";
  const box = create("div", { className: "remarks", role: "status" }, here, others, drawing);
  store.watch(
    (s) => [s.analysis, s.depth],
    (analysis, depth) => {
      const map = analysis && shownMap(analysis, side, depth);
      const said = analysis
        ? remarksOn(analysis.answers[side], map?.layer)
        : { here: [], elsewhere: [] };
      here.replaceChildren(...said.here.map((text) => create("li", {}, text)));
      elsewhere.replaceChildren(...said.elsewhere.map((text) => create("li", {}, text)));
      others.hidden = said.elsewhere.length === 0;
      count.textContent = `About other depths (${said.elsewhere.length})`;
      here.hidden = said.here.length === 0;
      drawing.hidden = map?.kind !== "attribution";
    },
  );
  return box;
}

/** Shows which part of the picture the model saw, unless it saw all. */
function outline(seen: HTMLElement, { width, height }: ImageBitmap, map?: Heatmap): void {
  const region = map?.region;
  seen.hidden = !region || (region.width > width * 0.98 && region.height > height * 0.98);
  if (!region) return;
  seen.style.left = `${(region.x / width) * 100}%`;
  seen.style.top = `${(region.y / height) * 100}%`;
  seen.style.width = `${(region.width / width) * 100}%`;
  seen.style.height = `${(region.height / height) * 100}%`;
}

function titleOf({ answers }: Analysis, side: Side): string {
  return methodTitle(answers[side].choice.method);
}

const wayOf = ({ evidence }: Drawing): "for" | "against" =>
  evidence === "negative" ? "against" : "for";

function altText(
  analysis: Analysis,
  side: Side,
  depth: number,
  drawing: Drawing,
): string | undefined {
  const map = shownMap(analysis, side, depth);
  if (!map) return undefined;
  const answer = analysis.answers[side];
  const place = followsDepth(answer)
    ? stageName(analysis.model.stages, depth)
    : mapCaption(answer.choice, map);
  const sentence = describeMap(drawnMap(map, answer, drawing), wayOf(drawing));
  return `${titleOf(analysis, side)} for ${analysis.chosen.label}, ${place}. ${sentence}`;
}
