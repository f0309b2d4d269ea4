import type { CatalogEntry, CatalogMethod, CatalogParameter } from "relevance-cam";
import { byId, create } from "../dom.js";
import {
  CATALOG,
  compositeOf,
  FUSIONS,
  looksAtAttention,
  makesMaps,
  methodOf,
  OWN_RULES_ENTRY,
  rechosen,
  SIDES,
  startOf,
  takesComposite,
  takesStart,
  withParameter,
  type Choice,
  type Fusion,
  type Side,
} from "../state/choice.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { asSentence, methodTitle } from "../words.js";
import { menuField, parameterField, type Field, type Option } from "./fields.js";

/** A field and which text of a choice it shows. */
interface Bound {
  readonly field: Field;
  readonly of: (choice: Choice) => string;
}

/** What can be set about one figure's method. */
interface Form {
  readonly store: AppStore;
  readonly side: Side;
  change(next: Choice): void;
}

/** Menus and fields, made from the catalogue's descriptions, for the methods of both figures. */
export function controlMethods(store: AppStore, workbench: Workbench): void {
  for (const side of SIDES) {
    const change = (next: Choice): void => {
      void workbench.choose(side, next);
    };
    byId("method-settings", HTMLDivElement).append(formOf({ store, side, change }));
  }
}

function formOf(form: Form): HTMLElement {
  const summary = create("summary");
  const about = create("p", { className: "hint" });
  form.store.watch(
    (s) => [s.choices[form.side].method],
    (name) => {
      const method = methodOf({ method: name });
      const place = create("span", { className: "meta" }, `${form.side} figure`);
      summary.replaceChildren(methodTitle(name), place);
      about.replaceChildren(`${asSentence(method.summary)} `, create("cite", {}, method.paper));
    },
  );
  const details = create(
    "details",
    { className: "method-settings", id: `${form.side}-settings` },
    summary,
    about,
    slot(form, ({ method }) => method, parameterFields(form, methodOf)),
    slot(form, ({ method }) => method, startMenu(form)),
    slot(form, startKey, parameterFields(form, startOf, takesStart)),
    slot(form, ({ method }) => method, compositeMenu(form)),
    slot(form, compositeKey, parameterFields(form, compositeOf, takesComposite)),
    slot(form, ({ method }) => method, layerMenus(form)),
  );
  return details;
}

/**
 * Fields that are made anew where the key changes, and otherwise only show what holds, so that the
 * keyboard keeps its place.
 */
function slot(
  { store, side }: Form,
  key: (choice: Choice) => string,
  make: (choice: Choice) => readonly Bound[],
): HTMLElement {
  const box = create("div", { className: "fields" });
  let made: readonly Bound[] = [];
  store.watch(
    (s) => [key(s.choices[side])],
    (_key) => {
      made = make(store.state.choices[side]);
      box.hidden = made.length === 0;
      box.replaceChildren(...made.map(({ field }) => field.element));
    },
  );
  store.watch(
    (s) => [s.choices[side]],
    (choice) => {
      for (const { field, of } of made) field.show(of(choice));
    },
  );
  return box;
}

const startKey = (choice: Choice): string => `${choice.method} ${startOf(choice).name}`;
const compositeKey = (choice: Choice): string => `${choice.method} ${compositeOf(choice).name}`;

const parameterFields =
  (
    form: Form,
    ownerOf: (choice: Choice) => CatalogEntry,
    applies: (method: CatalogMethod) => boolean = () => true,
  ) =>
  (choice: Choice): readonly Bound[] => {
    if (!applies(methodOf(choice))) return [];
    return ownerOf(choice).parameters.map((parameter) => boundParameter(form, parameter));
  };

function boundParameter({ store, side, change }: Form, parameter: CatalogParameter): Bound {
  const classes = (): number => store.state.analysis?.model.explainer.info().classes ?? Infinity;
  const field = parameterField(parameter, classes, (text) => {
    change(withParameter(store.state.choices[side], parameter, text));
  });
  return { field, of: ({ parameters }) => parameters[parameter.name] ?? "" };
}

const startMenu =
  ({ store, side, change }: Form) =>
  (choice: Choice): readonly Bound[] => {
    const method = methodOf(choice);
    if (!takesStart(method)) return [];
    const field = menuField("Start", entryOptions(CATALOG.starts, method.start), (name) => {
      const start = name === method.start ? "" : name;
      change(rechosen(store.state.choices[side], { start }));
    });
    return [{ field, of: (one) => startOf(one).name }];
  };

const compositeMenu =
  ({ store, side, change }: Form) =>
  (choice: Choice): readonly Bound[] => {
    const method = methodOf(choice);
    if (!takesComposite(method)) return [];
    const options = entryOptions([...CATALOG.composites, OWN_RULES_ENTRY], method.composite);
    const field = menuField("Composite", options, (name) => {
      const composite = name === method.composite ? "" : name;
      change(rechosen(store.state.choices[side], { composite, rules: store.state.rules }));
    });
    return [{ field, of: (one) => compositeOf(one).name }];
  };

const layerMenus =
  ({ store, side, change }: Form) =>
  (choice: Choice): readonly Bound[] => {
    const method = methodOf(choice);
    const bound: Bound[] = [];
    if (method.layer !== "stages" && !looksAtAttention(method)) {
      const field = menuField("Layers", layerOptions(method), (layers) => {
        change({ ...store.state.choices[side], layers });
      });
      bound.push({ field, of: ({ layers }) => layers });
    }
    if (makesMaps(method)) {
      const field = menuField("Joined", fusionOptions(method), (fusion) => {
        change({ ...store.state.choices[side], fusion: fusion as Fusion | "" });
      });
      bound.push({ field, of: ({ fusion }) => fusion });
    }
    return bound;
  };

function entryOptions(entries: readonly CatalogEntry[], own: string): readonly Option[] {
  return entries.map(({ name, summary }) => ({
    value: name,
    title: name === own ? `${name} (own)` : name,
    hint: asSentence(summary),
  }));
}

function layerOptions({ layer }: CatalogMethod): readonly Option[] {
  const own = layer === "input" ? "the model's input" : "the last stage";
  return [
    { value: "", title: own, hint: "Where the method is used: depth does not apply." },
    {
      value: "stages",
      title: "every stage",
      hint: "A map for every depth. What runs the model again takes longer.",
    },
  ];
}

const FUSION_HINTS: Readonly<Record<Fusion, string>> = {
  none: "Every layer has a map of its own.",
  mean: "The mean of the maps of all layers, each scaled to its range.",
  max: "The largest value of all layers at every position.",
  product: "High where the maps of all layers are.",
};

function fusionOptions({ fusion }: CatalogMethod): readonly Option[] {
  const own = fusion || "none";
  const first = { value: "", title: fusion ? `${own} (own)` : own, hint: FUSION_HINTS[own] };
  const others = FUSIONS.filter((name) => name !== own);
  return [first, ...others.map((value) => ({ value, title: value, hint: FUSION_HINTS[value] }))];
}
