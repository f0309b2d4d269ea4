import { byId, create } from "../dom.js";
import type { AppStore } from "../state/state.js";
import { DEFAULT_START, STARTS } from "../state/starts.js";
import type { Workbench } from "../state/workbench.js";

/** Where relevance begins. */
export function controlStart(store: AppStore, workbench: Workbench): void {
  const select = byId("start", HTMLSelectElement);
  const hint = byId("start-hint", HTMLParagraphElement);
  select.append(...STARTS.map(({ name, title }) => create("option", { value: name }, title)));
  select.addEventListener("change", () => {
    void workbench.ask({ start: select.value });
  });
  store.watch(
    (s) => [s.analysis?.start ?? DEFAULT_START, s.task],
    (start, task) => {
      if (!task) select.value = start;
      hint.textContent = STARTS.find(({ name }) => name === start)?.hint ?? "";
    },
  );
}
