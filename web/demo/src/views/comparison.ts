import {
  bundle,
  comparisonSheet,
  encodePng,
  paint,
  zip,
  type Comparison,
  type ComparisonCell,
  type PixelImage,
} from "relevance-cam";
import { controlComparison } from "../controls/comparison-form.js";
import { describeMap } from "../describe.js";
import { byId, create } from "../dom.js";
import { groupedRemarks, type ComparisonShown } from "../state/comparison.js";
import { inputWords } from "../state/inputs.js";
import type { AppStore, Drawing } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { stageTitle } from "../words.js";
import { saveFile, withoutEnding } from "./save-file.js";

/** Enough for a cell on a dense screen. */
const CELL_SIDE = 320;

/** The grid of methods, classes and layers, and what can be saved of it. */
export function showComparison(store: AppStore, workbench: Workbench): void {
  controlComparison(store, workbench);
  const result = byId("comparison-result", HTMLDivElement);
  const grid = byId("comparison-grid", HTMLDivElement);
  const remarks = byId("comparison-remarks", HTMLUListElement);
  const hint = byId("comparison-hint", HTMLParagraphElement);
  store.watch(
    (s) => [s.comparison, s.drawing],
    (shown, drawing) => {
      result.hidden = !shown;
      grid.replaceChildren(...(shown ? [tableOf(shown, drawing)] : []));
      hint.textContent = shown ? sizeOf(shown.comparison) : "";
    },
  );
  store.watch(
    (s) => [s.comparison],
    (shown) => {
      const groups = groupedRemarks(shown?.comparison.diagnoses ?? []);
      remarks.replaceChildren(
        ...groups.map(([message, methods]) =>
          create("li", {}, create("strong", {}, methods.join(", ")), ` ${message}`),
        ),
      );
    },
  );
  offer("save-sheet", store, workbench, saveSheet);
  offer("save-bundle", store, workbench, saveBundle);
}

function offer(
  id: string,
  store: AppStore,
  workbench: Workbench,
  save: (shown: ComparisonShown, drawing: Drawing) => Promise<void>,
): void {
  byId(id, HTMLButtonElement).addEventListener("click", () => {
    const { comparison, drawing } = store.state;
    if (!comparison) return;
    save(comparison, drawing).catch((error: unknown) => {
      workbench.report(error);
    });
  });
}

function sizeOf({ methods, targets, layers }: Comparison): string {
  const counted = (count: number, one: string, many: string): string =>
    `${count} ${count === 1 ? one : many}`;
  return [
    counted(methods.length, "method", "methods"),
    counted(targets.length, "class", "classes"),
    counted(layers.length, "layer", "layers"),
  ].join(" × ");
}

/** A row for every method and class, a column for every layer. */
function tableOf(shown: ComparisonShown, drawing: Drawing): HTMLElement {
  const { comparison, model } = shown;
  const { layers, targets, labels, cells } = comparison;
  const names = layers.map((name) => {
    const depth = model.stages.findIndex((stage) => stage.name === name);
    return depth >= 0 ? stageTitle(model.stages, depth) : name === "fusion" ? "joined" : "input";
  });
  const heads = ["method", ...names].map((name) => create("th", { scope: "col" }, name));
  const rows: HTMLElement[] = [];
  for (let from = 0; from < cells.length; from += layers.length) {
    const row = cells.slice(from, from + layers.length);
    const [{ method, target } = { method: "", target: 0 }] = row;
    const label = labels[targets.indexOf(target)] ?? "";
    const head = create(
      "th",
      { scope: "row" },
      method,
      create("span", { className: "meta" }, label),
    );
    const contents = row.map((cell, i) =>
      cellOf(cell, { shown, drawing, words: `${method} for ${label}, ${names[i] ?? ""}` }),
    );
    const [{ error } = { error: null }] = row;
    const failure = create("td", { className: "absent", colSpan: layers.length }, error ?? "");
    rows.push(create("tr", {}, head, ...(error === null ? contents : [failure])));
  }
  const caption = create("caption", { className: "visually-hidden" }, "Comparison");
  const head = create("thead", {}, create("tr", {}, ...heads));
  return create("table", {}, caption, head, create("tbody", {}, ...rows));
}

interface CellSurroundings {
  readonly shown: ComparisonShown;
  readonly drawing: Drawing;
  readonly words: string;
}

function cellOf(
  { result, scale, signed }: ComparisonCell,
  { shown, drawing, words }: CellSurroundings,
): HTMLElement {
  if (!result) return create("td", { className: "absent" }, "no map here");
  const { opacity, threshold } = drawing;
  const palette = drawing[signed ? "diverging" : "sequential"];
  const canvas = create("canvas", { role: "img" });
  paint(canvas, shown.picture.bitmap, result, {
    ...{ opacity, threshold, palette, signed, scale },
    maxSide: CELL_SIDE,
  });
  canvas.ariaLabel = `${words}. ${describeMap(result)}`;
  return create("td", {}, canvas);
}

async function saveSheet(
  { comparison, picture }: ComparisonShown,
  drawing: Drawing,
): Promise<void> {
  const { opacity, threshold } = drawing;
  const sheet = comparisonSheet(pixelsOf(picture.bitmap), comparison, { opacity, threshold });
  saveFile(pngOf(await encodePng(sheet)), [withoutEnding(picture.name), "comparison"], "png");
}

async function saveBundle(
  { comparison, picture, model, inputs }: ComparisonShown,
  { opacity, threshold }: Drawing,
): Promise<void> {
  const image = pixelsOf(picture.bitmap);
  const files = await bundle(comparison, {
    overlays: { image, encodePng, opacity, threshold },
    about: { model: model.files.name, image: picture.name, inputs: inputWords(inputs) },
  });
  const content = new Blob([zip(files) as Uint8Array<ArrayBuffer>], { type: "application/zip" });
  saveFile(content, [withoutEnding(picture.name), "comparison"], "zip");
}

function pngOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" });
}

function pixelsOf(bitmap: ImageBitmap): PixelImage {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser gives no canvas to draw on.");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}
