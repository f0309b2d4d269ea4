import { paint, type Heatmap, type PaintOptions } from "relevance-cam";
import { beforeNextFrame, byId, create } from "../dom.js";
import { describeMap, hasEvidence } from "../describe.js";
import { mapAt, METHODS, type Analysis } from "../state/analysis.js";
import { overlayOptions, type AppStore } from "../state/state.js";
import { STARTS } from "../state/starts.js";
import { gridSize, stageName } from "../words.js";
import { savePng } from "./save-png.js";

type Method = (typeof METHODS)[number];

/** A map of zeros draws the picture alone. */
const NOTHING: Heatmap = { data: new Float32Array(1), shape: [1, 1] };

/** The two large pictures, one per method. */
export function showFigures(store: AppStore): void {
  const row = byId("figures", HTMLDivElement);
  for (const method of METHODS) row.append(figure(store, method));
}

function figure(store: AppStore, method: Method): HTMLElement {
  const canvas = create("canvas", { className: "map", width: 1, height: 1 });
  canvas.dataset["method"] = method.name;
  canvas.role = "img";
  const seen = create("div", { className: "seen", hidden: true });
  const meta = create("span", { className: "meta" });
  const remark = create("p", { className: "remark", hidden: true });
  const frame = create("div", { className: "frame" }, canvas, seen, remark);
  const save = create("button", { type: "button", className: "quiet", textContent: "Save PNG" });
  save.ariaLabel = `Save ${method.title} as PNG`;
  save.addEventListener("click", () => {
    void savePng(store.state, method.name);
  });

  const redraw = beforeNextFrame(() => {
    const { analysis, picture, depth, drawing } = store.state;
    const shown = analysis?.picture ?? picture;
    if (!shown) return;
    const map = analysis && mapAt(analysis, method.name, depth);
    draw(canvas, frame, shown.bitmap, map ?? NOTHING, overlayOptions(drawing));
    outline(seen, shown.bitmap, map);
    remark.hidden = !map || hasEvidence(map) || drawing.signed;
    canvas.ariaLabel = altText(store.state.analysis, method, depth) ?? shown.name;
  });
  store.watch((s) => [s.analysis, s.picture, s.depth, s.drawing], redraw);
  store.watch(
    (s) => [s.analysis, s.depth],
    (analysis, depth) => {
      meta.textContent = analysis ? captionOf(analysis, method, depth) : "";
      save.disabled = !analysis;
    },
  );
  remark.textContent = "Nothing at this depth speaks for the class.";

  const caption = create("figcaption", {}, create("h2", {}, method.title), meta, save);
  return create("figure", {}, caption, frame);
}

function draw(
  canvas: HTMLCanvasElement,
  frame: HTMLElement,
  bitmap: ImageBitmap,
  map: Heatmap,
  options: PaintOptions,
): void {
  frame.style.setProperty("--ratio", String(bitmap.width / bitmap.height));
  paint(canvas, bitmap, map, options);
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

function captionOf({ model, start }: Analysis, { starts }: Method, depth: number): string {
  const stage = model.stages[depth];
  const title = STARTS.find(({ name }) => name === start)?.title ?? start;
  return [stage ? gridSize(stage) : "", starts ? title : ""].filter(Boolean).join(", ");
}

function altText(
  analysis: Analysis | undefined,
  { name, title }: Method,
  depth: number,
): string | undefined {
  const map = analysis && mapAt(analysis, name, depth);
  if (!map) return undefined;
  const stage = stageName(analysis.model.stages, depth);
  return `${title} for ${analysis.chosen.label}, ${stage}. ${describeMap(map)}`;
}
