import { byId, create } from "../dom.js";
import { readBeginning, tensorsOf, type Elements } from "../state/beginning.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

/** Where relevance begins, when that is not the score of a class. */
export function controlBeginning(store: AppStore, workbench: Workbench): void {
  const form = byId("beginning", HTMLFormElement);
  const elements = byId("beginning-elements", HTMLSelectElement);
  const problem = byId("beginning-problem", HTMLParagraphElement);
  showWhatHolds(store);
  listTensors(store);
  const showFields = (): void => {
    for (const field of form.querySelectorAll<HTMLElement>("[data-elements]")) {
      field.hidden = field.dataset["elements"] !== elements.value;
    }
  };
  elements.addEventListener("change", () => {
    problem.textContent = "";
    showFields();
  });
  showFields();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const info = store.state.analysis?.model.explainer.info();
    if (!info) return;
    try {
      const beginning = readBeginning(written(), info);
      problem.textContent = "";
      void workbench.ask({ beginning, target: "top" });
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    }
  });
  byId("beginning-reset", HTMLButtonElement).addEventListener("click", () => {
    problem.textContent = "";
    if (store.state.analysis?.beginning) {
      void workbench.ask({ beginning: undefined, target: "top" });
    }
  });
}

function written(): Parameters<typeof readBeginning>[0] {
  const text = (name: string): string => byId(`beginning-${name}`, HTMLInputElement).value;
  return {
    output: text("output"),
    elements: byId("beginning-elements", HTMLSelectElement).value as Elements,
    weights: text("weights"),
    channel: text("channel"),
    left: text("left"),
    top: text("top"),
    width: text("width"),
    height: text("height"),
  };
}

function showWhatHolds(store: AppStore): void {
  const words = byId("beginning-words", HTMLParagraphElement);
  const reset = byId("beginning-reset", HTMLButtonElement);
  store.watch(
    (s) => [s.analysis],
    (analysis) => {
      const beginning = analysis?.beginning;
      const place = beginning?.words ?? `the score of ${analysis?.chosen.label ?? "a class"}`;
      words.textContent = `Now at ${place}.`;
      reset.disabled = !beginning;
    },
  );
}

/** The names to choose from, and the shape of the one that is named. */
function listTensors(store: AppStore): void {
  const list = byId("beginning-tensors", HTMLDataListElement);
  const output = byId("beginning-output", HTMLInputElement);
  const shape = byId("beginning-shape", HTMLParagraphElement);
  const showShape = (): void => {
    const info = store.state.analysis?.model.explainer.info();
    const name = output.value.trim() || info?.logits;
    const tensor = info && tensorsOf(info).find((one) => one.name === name);
    const size = tensor?.shape.join(" × ") ?? "";
    shape.textContent = size && `Shape ${size}; elements are counted from 0 in this order.`;
  };
  output.addEventListener("input", showShape);
  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      const tensors = model ? tensorsOf(model.explainer.info()) : [];
      list.replaceChildren(...tensors.map(({ name }) => create("option", { value: name })));
      output.value = "";
      showShape();
    },
  );
}
