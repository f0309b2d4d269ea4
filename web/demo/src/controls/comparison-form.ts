import { byId } from "../dom.js";
import { CATALOG, lackedBy, SIDES } from "../state/choice.js";
import type { Analysis } from "../state/analysis.js";
import type { ComparisonRequest } from "../state/comparison.js";
import type { LoadedModel } from "../state/model.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { methodTitle, stageTitle } from "../words.js";
import { check, checkedIn, fillChecklist, type Item } from "./checklist.js";

/** Which methods, layers and classes are compared, and on which scale. */
export function controlComparison(store: AppStore, workbench: Workbench): void {
  const panel = byId("comparison", HTMLDetailsElement);
  const methods = byId("compared-methods", HTMLDivElement);
  const problem = byId("comparison-problem", HTMLParagraphElement);
  panel.addEventListener("toggle", () => {
    const { choices } = store.state;
    check(
      methods,
      SIDES.map((side) => choices[side].method),
    );
  });
  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      fillChecklist(methods, methodList(model), () => false);
    },
  );
  store.watch(
    (s) => [s.analysis],
    (analysis) => {
      if (!analysis) return;
      const lists = [layerList(analysis), classList(analysis)];
      for (const { id, items, checked } of lists) {
        const box = byId(id, HTMLDivElement);
        // Until the visitor has seen the boxes, they follow what is shown.
        if (!panel.open) box.replaceChildren();
        fillChecklist(box, items, (value) => checked.includes(value));
      }
    },
  );
  byId("comparison-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const request = readRequest();
    problem.textContent = complaintAboutRequest(request);
    if (!problem.textContent) void workbench.compare(request);
  });
}

function methodList(model: LoadedModel | undefined): Item[] {
  return CATALOG.methods.map((method) => ({
    value: method.name,
    title: methodTitle(method.name),
    lack: lackedBy(model, method),
  }));
}

interface List {
  readonly id: string;
  readonly items: readonly Item[];
  /** At first. */
  readonly checked: readonly string[];
}

function layerList({ model }: Analysis): List {
  const stages = model.stages.map(({ name }, depth) => ({
    value: name,
    title: stageTitle(model.stages, depth),
  }));
  return {
    id: "compared-layers",
    items: [{ value: "input", title: "input" }, ...stages],
    checked: model.stages.slice(-3).map(({ name }) => name),
  };
}

function classList({ top, chosen }: Analysis): List {
  const isListed = chosen.index < 0 || top.some(({ index }) => index === chosen.index);
  const scores = isListed ? top : [...top, chosen];
  const checked = chosen.index < 0 ? top[0]?.index : chosen.index;
  return {
    id: "compared-classes",
    items: scores.map(({ index, label }) => ({ value: String(index), title: label })),
    checked: [String(checked)],
  };
}

function readRequest(): ComparisonRequest {
  const checked = (id: string): string[] => checkedIn(byId(id, HTMLDivElement));
  const form = new FormData(byId("comparison-form", HTMLFormElement));
  return {
    methods: checked("compared-methods"),
    layers: checked("compared-layers"),
    targets: checked("compared-classes").map(Number),
    scale: form.get("scale") === "shared" ? "shared" : "each",
  };
}

function complaintAboutRequest({ methods, targets }: ComparisonRequest): string {
  if (methods.length === 0) return "Choose at least one method.";
  return targets.length === 0 ? "Choose at least one class." : "";
}
