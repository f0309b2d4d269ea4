import { paint, type LayerInfo } from "relevance-cam";
import { beforeNextFrame, byId, create } from "../dom.js";
import { followsDepth, sidesByDepth, stageMap, type Analysis } from "../state/analysis.js";
import { SIDES, type Side } from "../state/choice.js";
import { drawnMap, overlayOptions } from "../state/drawn.js";
import type { AppStore } from "../state/state.js";
import { depthWords, methodTitle, stageName, stageTitle, type FigureDepth } from "../words.js";

/** Enough for a thumbnail on a dense screen. */
const THUMBNAIL_SIDE = 320;

interface Thumbnail {
  readonly canvas: HTMLCanvasElement;
  readonly side: Side;
  readonly layer: string;
}

/** All stages side by side, and the slider below them. */
export function showStrip(store: AppStore): void {
  const strip = byId("strip", HTMLDivElement);
  let thumbnails: readonly Thumbnail[] = [];

  const redraw = beforeNextFrame(() => {
    const { analysis, drawing } = store.state;
    if (!analysis) return;
    const options = { ...overlayOptions(drawing), maxSide: THUMBNAIL_SIDE };
    for (const { canvas, side, layer } of thumbnails) {
      const answer = analysis.answers[side];
      const map = stageMap(answer, layer);
      if (map) paint(canvas, analysis.picture.bitmap, drawnMap(map, answer, drawing), options);
    }
  });

  store.watch(
    (s) => [s.analysis?.model, s.analysis && stripSides(s.analysis).join()],
    (model, names) => {
      const sides = SIDES.filter((side) => names?.includes(side));
      const stages = sides.length > 0 ? (model?.stages ?? []) : [];
      strip.parentElement?.style.setProperty("--stages", String(Math.max(stages.length, 1)));
      thumbnails = stages.flatMap(({ name: layer }) =>
        sides.map((side) => ({ canvas: thumbnailCanvas(), side, layer })),
      );
      const buttons = stages.map(({ name }, depth) => {
        const shown = thumbnails.filter(({ layer }) => layer === name);
        const button = stageButton(stages, depth, shown);
        button.addEventListener("click", () => {
          store.update({ depth });
        });
        return button;
      });
      strip.replaceChildren(...buttons);
    },
  );
  store.watch((s) => [s.analysis, s.drawing], redraw);
  showDepth(store, strip);
}

/** The slider, the pressed thumbnail, and words about what they move. */
function showDepth(store: AppStore, strip: HTMLElement): void {
  const slider = byId("depth", HTMLInputElement);
  const frame = byId("strip-frame", HTMLDivElement);
  const name = byId("depth-name", HTMLParagraphElement);
  const words = byId("depth-words", HTMLParagraphElement);
  store.watch(
    (s) => [s.analysis, s.depth],
    (analysis, depth) => {
      if (!analysis) return;
      const { stages } = analysis.model;
      const applies = sidesByDepth(analysis).length > 0;
      slider.max = String(stages.length - 1);
      slider.disabled = stages.length < 2 || !applies;
      slider.value = String(depth);
      slider.ariaValueText = stageName(stages, depth);
      name.textContent = applies ? (stages[depth]?.name ?? "") : "";
      words.textContent = depthWords(figureDepth(analysis, "left"), figureDepth(analysis, "right"));
      frame.hidden = stripSides(analysis).length === 0;
      [...strip.children].forEach((button, i) => {
        button.ariaPressed = String(i === depth);
      });
    },
  );
  slider.addEventListener("input", () => {
    store.update({ depth: slider.valueAsNumber });
  });
}

/** The sides that have a map at more than one stage, be they joined in the large picture or not. */
function stripSides({ answers, model }: Analysis): readonly Side[] {
  return SIDES.filter(
    (side) => model.stages.filter(({ name }) => stageMap(answers[side], name)).length > 1,
  );
}

function figureDepth({ answers }: Analysis, side: Side): FigureDepth {
  const answer = answers[side];
  return { title: methodTitle(answer.choice.method), follows: followsDepth(answer) };
}

function stageButton(
  stages: readonly LayerInfo[],
  depth: number,
  shown: readonly Thumbnail[],
): HTMLButtonElement {
  const button = create("button", { type: "button", className: "stage" });
  button.ariaLabel = stageName(stages, depth);
  button.append(
    ...shown.map(({ canvas }) => canvas),
    create("span", {}, stageTitle(stages, depth)),
  );
  return button;
}

function thumbnailCanvas(): HTMLCanvasElement {
  const canvas = create("canvas", { width: 1, height: 1 });
  canvas.ariaHidden = "true";
  return canvas;
}
