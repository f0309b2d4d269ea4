import { create } from "../dom.js";
import { CATALOG, chosen, type Side } from "../state/choice.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { methodTitle } from "../words.js";

const FAMILIES = [
  { family: "cam", title: "Class activation maps" },
  { family: "attribution", title: "Attributions" },
] as const;

/** Every method of the catalogue, by family, for one of the figures. */
export function methodMenu(store: AppStore, workbench: Workbench, side: Side): HTMLSelectElement {
  const groups = FAMILIES.map(({ family, title }) => {
    const methods = CATALOG.methods.filter((method) => method.family === family);
    const options = methods.map(({ name, summary }) =>
      create("option", { value: name, title: summary }, methodTitle(name)),
    );
    return create("optgroup", { label: title }, ...options);
  });
  const select = create("select", { className: "method", id: `${side}-method` }, ...groups);
  select.ariaLabel = side === "left" ? "Method" : "Compared with";
  select.addEventListener("change", () => {
    void workbench.choose(side, chosen(select.value));
  });
  store.watch(
    (s) => [s.choices[side].method],
    (method) => {
      select.value = method;
    },
  );
  return select;
}
