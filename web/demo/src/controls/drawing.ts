import { palettes } from "relevance-cam";
import { byId, create } from "../dom.js";
import { fusionOf, SIDES, type Evidence } from "../state/choice.js";
import { paletteKind } from "../state/drawn.js";
import type { AppStore, Drawing } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { percent } from "../words.js";

/** How the two ends and the middle of the colours are called. */
const LEGENDS: Readonly<Record<Evidence, readonly [string, string, string]>> = {
  positive: ["none", "", "strongest"],
  negative: ["none", "", "strongest against"],
  signed: ["against", "0", "for"],
};

/** Evidence, palette, opacity and threshold, with the legend of the colours. */
export function controlDrawing(store: AppStore, workbench: Workbench): void {
  const change = (part: Partial<Drawing>): void => {
    store.update({ drawing: { ...store.state.drawing, ...part } });
  };
  controlEvidence(store, (evidence) => {
    change({ evidence });
    // Joined maps were of one sign before they were joined.
    const { choices } = store.state;
    if (SIDES.some((side) => fusionOf(choices[side]))) void workbench.ask({ evidence });
  });
  controlPalette(store, change);
  controlShare(store, "opacity", change);
  controlShare(store, "threshold", change);
  showLegend(store);
}

function controlEvidence(store: AppStore, take: (evidence: Evidence) => void): void {
  for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=evidence]")) {
    radio.checked = radio.value === store.state.drawing.evidence;
    radio.addEventListener("change", () => {
      take(radio.value as Evidence);
    });
  }
}

function controlPalette(store: AppStore, change: (part: Partial<Drawing>) => void): void {
  const select = byId("palette", HTMLSelectElement);
  store.watch(
    (s) => [paletteKind(s.drawing)],
    (kind) => {
      const names = palettes().filter((palette) => palette.kind === kind);
      select.replaceChildren(...names.map(({ name }) => create("option", { value: name }, name)));
      select.value = store.state.drawing[kind];
    },
  );
  select.addEventListener("change", () => {
    change({ [paletteKind(store.state.drawing)]: select.value });
  });
}

function controlShare(
  store: AppStore,
  name: "opacity" | "threshold",
  change: (part: Partial<Drawing>) => void,
): void {
  const slider = byId(name, HTMLInputElement);
  const shown = byId(`${name}-value`, HTMLSpanElement);
  slider.addEventListener("input", () => {
    change({ [name]: slider.valueAsNumber });
  });
  store.watch(
    (s) => [s.drawing[name]],
    (value) => {
      slider.value = String(value);
      slider.ariaValueText = percent(value);
      shown.textContent = percent(value);
    },
  );
}

function showLegend(store: AppStore): void {
  const ramp = byId("legend-ramp", HTMLDivElement);
  const ends = ["low", "middle", "high"].map((end) => byId(`legend-${end}`, HTMLSpanElement));
  store.watch(
    (s) => [s.drawing],
    (drawing) => {
      const name = drawing[paletteKind(drawing)];
      const colors = palettes().find((palette) => palette.name === name)?.colors ?? [];
      ramp.style.backgroundImage = `linear-gradient(to right, ${colors.join(", ")})`;
      LEGENDS[drawing.evidence].forEach((text, i) => {
        const end = ends[i];
        if (end) end.textContent = text;
      });
    },
  );
}
