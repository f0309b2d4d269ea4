import { palettes } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { AppStore, Drawing } from "../state/state.js";
import { percent } from "../words.js";

/** Evidence, palette, opacity and threshold, with the legend of the colours. */
export function controlDrawing(store: AppStore): void {
  const change = (part: Partial<Drawing>): void => {
    store.update({ drawing: { ...store.state.drawing, ...part } });
  };
  for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=evidence]")) {
    radio.checked = radio.value === (store.state.drawing.signed ? "signed" : "positive");
    radio.addEventListener("change", () => {
      change({ signed: radio.value === "signed" });
    });
  }
  controlPalette(store, change);
  controlShare(store, "opacity", change);
  controlShare(store, "threshold", change);
  showLegend(store);
}

function controlPalette(store: AppStore, change: (part: Partial<Drawing>) => void): void {
  const select = byId("palette", HTMLSelectElement);
  store.watch(
    (s) => [s.drawing.signed],
    (signed) => {
      const kind = signed ? "diverging" : "sequential";
      const names = palettes().filter((palette) => palette.kind === kind);
      select.replaceChildren(...names.map(({ name }) => create("option", { value: name }, name)));
      select.value = store.state.drawing[kind];
    },
  );
  select.addEventListener("change", () => {
    const { signed } = store.state.drawing;
    change({ [signed ? "diverging" : "sequential"]: select.value });
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
  const [low, middle, high] = ["low", "middle", "high"].map((end) =>
    byId(`legend-${end}`, HTMLSpanElement),
  );
  store.watch(
    (s) => [s.drawing],
    ({ signed, sequential, diverging }) => {
      const name = signed ? diverging : sequential;
      const colors = palettes().find((palette) => palette.name === name)?.colors ?? [];
      ramp.style.backgroundImage = `linear-gradient(to right, ${colors.join(", ")})`;
      if (low) low.textContent = signed ? "against" : "none";
      if (middle) middle.textContent = signed ? "0" : "";
      if (high) high.textContent = signed ? "for" : "strongest";
    },
  );
}
