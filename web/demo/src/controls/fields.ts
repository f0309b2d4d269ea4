import { validValues, type CatalogParameter } from "relevance-cam";
import { create } from "../dom.js";
import { complaintAbout } from "../state/setting.js";
import { asSentence } from "../words.js";

/** A labelled control with a line about it. */
export interface Field {
  readonly element: HTMLElement;
  /** Shows what holds. */
  show(value: string): void;
}

export interface Option {
  readonly value: string;
  readonly title: string;
  /** What the choice means. */
  readonly hint: string;
}

/** A menu whose hint follows the choice. */
export function menuField(
  title: string,
  options: readonly Option[],
  take: (value: string) => void,
): Field {
  const { control: select, hint, element } = labelled(title, create("select"));
  select.append(
    ...options.map((option) => create("option", { value: option.value }, option.title)),
  );
  select.addEventListener("change", () => {
    take(select.value);
  });
  return {
    element,
    show: (value) => {
      select.value = value;
      hint.textContent = options.find((option) => option.value === value)?.hint ?? "";
    },
  };
}

/**
 * A setting of the catalogue: a menu of its words, or a text that is checked before it is taken.
 * @param classes how many the model tells apart
 */
export function parameterField(
  parameter: CatalogParameter,
  classes: () => number,
  take: (text: string) => void,
): Field {
  const { name, type, choices, fallback, summary } = parameter;
  if (type === "choice") {
    const options = choices.map((value) => ({ value, title: value, hint: asSentence(summary) }));
    const field = menuField(name, options, take);
    return { ...field, show: (value) => field.show(value || fallback) };
  }
  const input = create("input", { autocomplete: "off", spellcheck: false, placeholder: fallback });
  input.inputMode = type === "integer" ? "numeric" : type === "number" ? "decimal" : "text";
  const { hint, element } = labelled(name, input);
  const words = [validValues(parameter), fallback && `default ${fallback}`].filter(Boolean);
  hint.textContent = `${asSentence(summary)} ${asSentence(words.join(", "))}`;
  const problem = create("p", { className: "problem", id: `${input.id}-problem` });
  problem.ariaLive = "polite";
  input.setAttribute("aria-errormessage", problem.id);
  element.append(problem);
  const complain = (text: string): void => {
    problem.textContent = text;
    input.ariaInvalid = text ? "true" : "false";
  };
  input.addEventListener("change", () => {
    const text = input.value.trim();
    const complaint = complaintAbout(parameter, text, classes());
    complain(complaint);
    if (!complaint) take(text);
  });
  let held: string | undefined;
  return {
    element,
    show: (value) => {
      if (value === held) return;
      held = value;
      input.value = value;
      complain("");
    },
  };
}

/** A field whose line about it may change. */
export interface ExplainedField extends Field {
  explain(words: string): void;
}

/** A text that is taken as it stands; where there are choices, one of them. */
export function explainedField(
  title: string,
  choices: readonly string[],
  take: (text: string) => void,
): ExplainedField {
  const options = choices.map((value) => create("option", { value }, value));
  const { control, hint, element } = labelled(
    title,
    options.length > 0
      ? create("select", {}, ...options)
      : create("input", { autocomplete: "off", spellcheck: false }),
  );
  control.addEventListener("change", () => {
    take(control.value.trim());
  });
  return {
    element,
    show: (value) => {
      control.value = value;
    },
    explain: (words) => {
      hint.textContent = words;
    },
  };
}

let fields = 0;

function labelled<Control extends HTMLSelectElement | HTMLInputElement>(
  title: string,
  control: Control,
): { readonly control: Control; readonly hint: HTMLElement; readonly element: HTMLElement } {
  control.id = `field-${++fields}`;
  const hint = create("p", { className: "hint", id: `${control.id}-hint` });
  control.setAttribute("aria-describedby", hint.id);
  const label = create("label", { htmlFor: control.id }, title);
  const element = create("div", { className: "setting" }, label, control, hint);
  return { control, hint, element };
}
