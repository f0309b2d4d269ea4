import type { CatalogMethod } from "relevance-cam";
import { create } from "../dom.js";
import { CATALOG, chosen, lackedBy, looksAtAttention, type Side } from "../state/choice.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { methodTitle } from "../words.js";

/** What the model lacks stands in the group's title, which screen readers read with each entry. */
const ATTENTION = "Maps of attention";

const FAMILIES = [
  { family: "cam", title: "Class activation maps" },
  { family: "attribution", title: "Attributions" },
] as const;

/** Every method of the catalogue, by family, for one of the figures. */
export function methodMenu(store: AppStore, workbench: Workbench, side: Side): HTMLSelectElement {
  const families = FAMILIES.map(({ family, title }) =>
    groupOf(title, (method) => method.family === family && !looksAtAttention(method)),
  );
  const attention = groupOf(ATTENTION, looksAtAttention);
  const onAttention = CATALOG.methods.filter(looksAtAttention);
  const select = create("select", { className: "method", id: `${side}-method` });
  select.append(...families, attention);
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
  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      const [lack = ""] = onAttention.map((method) => lackedBy(model, method));
      attention.disabled = lack !== "";
      attention.label = lack ? `${ATTENTION}: ${lack}` : ATTENTION;
    },
  );
  return select;
}

function groupOf(label: string, belongs: (method: CatalogMethod) => boolean): HTMLOptGroupElement {
  const options = CATALOG.methods
    .filter(belongs)
    .map(({ name, summary }) =>
      create("option", { value: name, title: summary }, methodTitle(name)),
    );
  return create("optgroup", { label }, ...options);
}
