import { parseRules, type RuleRow } from "relevance-cam";
import { byId, create } from "../dom.js";
import {
  CATALOG,
  methodOf,
  OWN_RULES,
  rechosen,
  SIDES,
  takesComposite,
  type Side,
} from "../state/choice.js";
import { complaintAboutRules, firstRules, moved, tidied } from "../state/rules.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { saveFile } from "../views/save-file.js";
import { methodTitle } from "../words.js";

/** The visitor's own table of rules: an ordered list of rows, each a group of fields. */
export function controlRules(store: AppStore, workbench: Workbench): void {
  const problem = byId("rules-problem", HTMLParagraphElement);
  const editor = new RulesEditor(store, () => {
    problem.textContent = "";
  });
  byId("rules-add", HTMLButtonElement).addEventListener("click", () => {
    editor.add();
  });
  for (const side of SIDES) {
    byId(`rules-${side}`, HTMLButtonElement).addEventListener("click", () => {
      problem.textContent = use(store, workbench, side);
    });
  }
  byId("rules-save", HTMLButtonElement).addEventListener("click", () => {
    const text = JSON.stringify(store.state.rules.map(tidied), undefined, 2);
    saveFile(new Blob([text], { type: "application/json" }), ["rules"], "json");
  });
  const open = byId("rules-open", HTMLInputElement);
  open.addEventListener("change", () => {
    const [file] = open.files ?? [];
    open.value = "";
    void file?.text().then((text) => {
      problem.textContent = openRules(text, editor);
    });
  });
  listOperators(store);
  sayWhatHolds(store);
}

/** Takes the table for a figure; returns what is wrong with that, or nothing. */
function use(store: AppStore, workbench: Workbench, side: Side): string {
  const { choices } = store.state;
  const rules = store.state.rules.map(tidied);
  const complaint = complaintAboutRules(rules);
  if (complaint) return complaint;
  const method = methodOf(choices[side]);
  if (!takesComposite(method)) {
    return `${methodTitle(method.name)} reads no relevance: choose Relevance-CAM or LRP for the ${side} figure.`;
  }
  void workbench.choose(side, rechosen(choices[side], { composite: OWN_RULES, rules }));
  return "";
}

function openRules(text: string, editor: RulesEditor): string {
  try {
    const rows = parseRules(text);
    const complaint = complaintAboutRules(rows);
    if (!complaint) editor.replace(rows);
    return complaint;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Operators of the model, to choose from; its table to begin with. */
function listOperators(store: AppStore): void {
  const list = byId("rule-operators", HTMLDataListElement);
  store.watch(
    (s) => [s.analysis?.model],
    (model) => {
      if (!model) return;
      const info = model.explainer.info();
      const types = [...new Set(info.layers.map(({ opType }) => opType))].sort();
      list.replaceChildren(...types.map((value) => create("option", { value })));
      if (store.state.rules.length === 0) store.update({ rules: firstRules(info) });
    },
  );
}

function sayWhatHolds(store: AppStore): void {
  const words = byId("rules-words", HTMLParagraphElement);
  store.watch(
    (s) => [s.choices],
    (choices) => {
      const sides = SIDES.filter((side) => choices[side].composite === OWN_RULES);
      const places = sides.length === 2 ? "both figures" : `the ${sides[0] ?? ""} figure`;
      words.textContent = sides.length > 0 ? `A table of your own serves ${places}.` : "";
    },
  );
}

/** The rows on the page. Text that is typed changes the store alone, so that the keyboard keeps its place. */
class RulesEditor {
  readonly #store: AppStore;
  readonly #onEdit: () => void;
  readonly #list = byId("rules", HTMLDivElement);
  /** What the page shows. */
  #shown: readonly RuleRow[] | undefined;

  constructor(store: AppStore, onEdit: () => void) {
    this.#store = store;
    this.#onEdit = onEdit;
    store.watch(
      (s) => [s.rules],
      (rules) => {
        if (rules === this.#shown) return;
        this.#shown = rules;
        this.#list.replaceChildren(...rules.map((row, i) => this.#rowElement(row, i)));
      },
    );
  }

  add(): void {
    const { rules } = this.#store.state;
    this.replace([...rules, { rule: "epsilon" }]);
    this.#focus(rules.length, "operator");
  }

  replace(rules: readonly RuleRow[]): void {
    this.#onEdit();
    this.#store.update({ rules });
  }

  /** Another row in the place of one, on the page as it is. */
  #edit(place: number, change: Partial<RuleRow>): void {
    this.#onEdit();
    const rules = this.#store.state.rules.map((row, i) =>
      i === place ? { ...row, ...change } : row,
    );
    this.#shown = rules;
    this.#store.update({ rules });
  }

  #move(from: number, to: number, part: "up" | "down"): void {
    this.replace(moved(this.#store.state.rules, from, to));
    this.#focus(to, part);
  }

  #remove(place: number): void {
    const rules = this.#store.state.rules.filter((_, i) => i !== place);
    this.replace(rules);
    if (rules.length === 0) byId("rules-add", HTMLButtonElement).focus();
    else this.#focus(Math.min(place, rules.length - 1), "remove");
  }

  /** A button that can no longer be pressed gives its place to its neighbour. */
  #focus(place: number, part: string): void {
    const row = this.#list.children[place];
    const wanted = row?.querySelector<HTMLButtonElement | HTMLInputElement>(`[data-part=${part}]`);
    const other = row?.querySelector<HTMLButtonElement>("button:not(:disabled)");
    (wanted?.disabled ? other : wanted)?.focus();
  }

  #rowElement(row: RuleRow, place: number): HTMLElement {
    const { opType = "", tensor = "", position = "any", rule } = row;
    const settings = create("div", { className: "row-fields settings-fields" });
    const fillSettings = (): void => {
      settings.replaceChildren(...this.#settingFields(place));
    };
    const fields = create(
      "div",
      { className: "row-fields" },
      textField(
        "Operator",
        opType,
        { placeholder: "any", list: "rule-operators", part: "operator" },
        (text) => {
          this.#edit(place, { opType: text || undefined });
        },
      ),
      textField("Tensor", tensor, { placeholder: "any, or /layer4/*" }, (text) => {
        this.#edit(place, { tensor: text || undefined });
      }),
      menu("Position", ["any", "first", "last"], position, (text) => {
        this.#edit(place, { position: text as NonNullable<RuleRow["position"]> });
      }),
      menu(
        "Rule",
        CATALOG.rules.map(({ name }) => name),
        rule,
        (text) => {
          this.#edit(place, { rule: text, parameters: undefined });
          fillSettings();
        },
      ),
    );
    const item = create("div", { className: "rule" }, fields, settings, this.#buttons(place));
    item.role = "group";
    item.ariaLabel = `Row ${place + 1}`;
    fillSettings();
    return item;
  }

  #settingFields(place: number): HTMLElement[] {
    const row = this.#store.state.rules[place];
    const entry = CATALOG.rules.find(({ name }) => name === row?.rule);
    return (entry?.parameters ?? []).map(({ name, fallback }) => {
      const value = String(row?.parameters?.[name] ?? "");
      return textField(name, value, { placeholder: fallback }, (text) => {
        const { parameters } = this.#store.state.rules[place] ?? {};
        const others = Object.entries(parameters ?? {}).filter(([other]) => other !== name);
        const set = text === "" ? others : [...others, [name, text] as const];
        this.#edit(place, { parameters: Object.fromEntries(set) });
      });
    });
  }

  #buttons(place: number): HTMLElement {
    const count = this.#store.state.rules.length;
    const make = (part: string, words: string, disabled: boolean, act: () => void): HTMLElement => {
      const button = create("button", { type: "button", className: "quiet", disabled }, words);
      button.dataset["part"] = part;
      button.ariaLabel = `${words} row ${place + 1}`;
      button.addEventListener("click", act);
      return button;
    };
    return create(
      "div",
      { className: "row-buttons" },
      make("up", "Raise", place === 0, () => {
        this.#move(place, place - 1, "up");
      }),
      make("down", "Lower", place === count - 1, () => {
        this.#move(place, place + 1, "down");
      }),
      make("remove", "Remove", false, () => {
        this.#remove(place);
      }),
    );
  }
}

interface TextOptions {
  readonly placeholder: string;
  /** Id of a list of proposals. */
  readonly list?: string;
  readonly part?: string;
}

function textField(
  title: string,
  value: string,
  { placeholder, list, part }: TextOptions,
  take: (text: string) => void,
): HTMLElement {
  const input = create("input", { value, placeholder, autocomplete: "off", spellcheck: false });
  if (list) input.setAttribute("list", list);
  if (part) input.dataset["part"] = part;
  input.addEventListener("input", () => {
    take(input.value.trim());
  });
  return create("label", {}, title, input);
}

function menu(
  title: string,
  values: readonly string[],
  value: string,
  take: (value: string) => void,
): HTMLElement {
  const options = values.map((one) => create("option", { value: one }, one));
  const select = create("select", {}, ...options);
  select.value = value;
  select.addEventListener("change", () => {
    take(select.value);
  });
  return create("label", {}, title, select);
}
