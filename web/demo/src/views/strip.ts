import { paint } from "relevance-cam";
import { beforeNextFrame, byId, create } from "../dom.js";
import { mapAt, METHODS, type MethodName } from "../state/analysis.js";
import { overlayOptions, type AppStore } from "../state/state.js";
import { gridSize, stageName } from "../words.js";

/** Enough for a thumbnail on a dense screen. */
const THUMBNAIL_SIDE = 320;

interface Thumbnail {
  readonly canvas: HTMLCanvasElement;
  readonly method: MethodName;
  readonly depth: number;
}

/** All stages side by side, and the slider below them. */
export function showStrip(store: AppStore): void {
  const strip = byId("strip", HTMLDivElement);
  const slider = byId("depth", HTMLInputElement);
  const name = byId("depth-name", HTMLParagraphElement);
  let thumbnails: readonly Thumbnail[] = [];

  const redraw = beforeNextFrame(() => {
    const { analysis, drawing } = store.state;
    if (!analysis) return;
    const options = { ...overlayOptions(drawing), maxSide: THUMBNAIL_SIDE };
    for (const { canvas, method, depth } of thumbnails) {
      const map = mapAt(analysis, method, depth);
      if (map) paint(canvas, analysis.picture.bitmap, map, options);
    }
  });

  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      const count = model?.stages.length ?? 0;
      strip.parentElement?.style.setProperty("--stages", String(Math.max(count, 1)));
      slider.max = String(Math.max(count - 1, 0));
      slider.disabled = count < 2;
      thumbnails = [];
      strip.replaceChildren();
      model?.stages.forEach((stage, depth) => {
        const pair = METHODS.map(({ name: method }) => thumbnail(method, depth));
        thumbnails = [...thumbnails, ...pair];
        const button = create("button", { type: "button", className: "stage" });
        button.ariaLabel = stageName(model.stages, depth);
        button.append(...pair.map(({ canvas }) => canvas), create("span", {}, gridSize(stage)));
        button.addEventListener("click", () => {
          store.update({ depth });
        });
        strip.append(button);
      });
    },
  );
  store.watch((s) => [s.analysis, s.drawing], redraw);
  store.watch(
    (s) => [s.analysis?.model, s.depth],
    (model, depth) => {
      slider.value = String(depth);
      if (!model) return;
      slider.ariaValueText = stageName(model.stages, depth);
      name.textContent = model.stages[depth]?.name ?? "";
      [...strip.children].forEach((button, i) => {
        button.ariaPressed = String(i === depth);
      });
    },
  );
  slider.addEventListener("input", () => {
    store.update({ depth: slider.valueAsNumber });
  });
}

function thumbnail(method: MethodName, depth: number): Thumbnail {
  const canvas = create("canvas", { width: 1, height: 1 });
  canvas.ariaHidden = "true";
  return { canvas, method, depth };
}
