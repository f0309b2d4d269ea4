import type { ClassScore } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { percent } from "../words.js";

/** The most probable classes as buttons, and a field for any other. */
export function showClasses(store: AppStore, workbench: Workbench): void {
  const list = byId("classes", HTMLOListElement);
  store.watch(
    (s) => [s.analysis],
    (analysis) => {
      if (!analysis) return;
      const { top, chosen } = analysis;
      const held = focusedClass(list);
      const isListed = chosen.index < 0 || top.some(({ index }) => index === chosen.index);
      const scores = isListed ? top : [...top, chosen];
      list.replaceChildren(
        ...scores.map((score) => create("li", {}, classButton(score, chosen.index, workbench))),
      );
      list.querySelector<HTMLButtonElement>(`button[data-class="${held}"]`)?.focus();
    },
  );
  listNames(store);
  takeOtherClass(workbench);
}

/** The list is made anew after every answer; the keyboard stays where it was. */
function focusedClass(list: HTMLElement): string {
  const { activeElement } = document;
  const inside = activeElement instanceof HTMLElement && list.contains(activeElement);
  return inside ? (activeElement.dataset["class"] ?? "") : "";
}

function classButton(score: ClassScore, chosen: number, workbench: Workbench): HTMLButtonElement {
  const bar = create("span", { className: "bar" });
  bar.style.setProperty("--share", String(score.probability));
  const button = create(
    "button",
    { type: "button", className: "class" },
    create("span", { className: "class-name" }, score.label),
    create("span", { className: "probability" }, percent(score.probability)),
    bar,
  );
  button.dataset["class"] = String(score.index);
  button.ariaPressed = String(score.index === chosen);
  button.addEventListener("click", () => {
    void workbench.ask({ target: score.index, beginning: undefined });
  });
  return button;
}

function listNames(store: AppStore): void {
  const names = byId("class-names", HTMLDataListElement);
  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      const labels = model?.explainer.labels() ?? [];
      names.replaceChildren(...labels.map((value) => create("option", { value })));
    },
  );
}

function takeOtherClass(workbench: Workbench): void {
  const input = byId("other-class-name", HTMLInputElement);
  byId("other-class", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const target = input.value.trim();
    if (target) void workbench.ask({ target, beginning: undefined });
  });
}
