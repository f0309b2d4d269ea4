import { byId } from "../dom.js";
import { CATALOG, SIDES } from "../state/choice.js";
import type { Analysis } from "../state/analysis.js";
import type { ComparisonRequest } from "../state/comparison.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { gridSize, methodTitle } from "../words.js";
import { check, checkedIn, fillChecklist } from "./checklist.js";

/** Which methods, layers and classes are compared, and on which scale. */
export function controlComparison(store: AppStore, workbench: Workbench): void {
  const panel = byId("comparison", HTMLDetailsElement);
  const methods = byId("compared-methods", HTMLDivElement);
  const problem = byId("comparison-problem", HTMLParagraphElement);
  const items = CATALOG.methods.map(({ name }) => ({ value: name, title: methodTitle(name) }));
  fillChecklist(methods, items, () => false);
  panel.addEventListener("toggle", () => {
    const { choices } = store.state;
    check(
      methods,
      SIDES.map((side) => choices[side].method),
    );
  });
  store.watch(
    (s) => [s.analysis],
    (analysis) => {
      if (analysis) listLayersAndClasses(analysis);
    },
  );
  byId("comparison-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const request = readRequest();
    problem.textContent = complaintAboutRequest(request);
    if (!problem.textContent) void workbench.compare(request);
  });
}

function listLayersAndClasses({ model, top, chosen }: Analysis): void {
  const stages = model.stages.map((stage) => ({ value: stage.name, title: gridSize(stage) }));
  const layers = [{ value: "input", title: "input" }, ...stages];
  const deep = model.stages.slice(-3).map(({ name }) => name);
  fillChecklist(byId("compared-layers", HTMLDivElement), layers, (value) => deep.includes(value));

  const scores = top.some(({ index }) => index === chosen.index) ? top : [...top, chosen];
  const classes = scores.map(({ index, label }) => ({ value: String(index), title: label }));
  const isFirst = (value: string): boolean => value === String(chosen.index);
  fillChecklist(byId("compared-classes", HTMLDivElement), classes, isFirst);
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
