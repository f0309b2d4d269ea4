import type { TensorInfo } from "relevance-cam";
import { byId, create } from "../dom.js";
import {
  describeInput,
  filledInput,
  furtherInputs,
  inputFromFile,
  lackedInputs,
  pictureInputs,
  type GivenInput,
  type GivenInputs,
} from "../state/inputs.js";
import type { LoadedModel } from "../state/model.js";
import { modelInHand, type AppStore, type State } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

interface InputField {
  readonly name: string;
  readonly element: HTMLElement;
  /** Shows what holds. */
  show(given: GivenInput | undefined): void;
  focus(): void;
}

/** What a model reads beside the picture; nothing where it reads no more than that. */
export function controlInputs(store: AppStore, workbench: Workbench): void {
  controlPictureInput(store, workbench);
  const section = byId("inputs", HTMLElement);
  const box = byId("inputs-fields", HTMLDivElement);
  let fields: readonly InputField[] = [];
  store.watch(
    (s) => [modelInHand(s)],
    (model) => {
      const inputs = model ? furtherInputs(model.explainer.info()) : [];
      section.hidden = inputs.length === 0;
      fields = inputs.map((input) =>
        inputField(input, (given) => void workbench.give(new Map([[input.name, given]]))),
      );
      box.replaceChildren(...fields.map(({ element }) => element));
    },
  );
  store.watch(
    (s) => [modelInHand(s), s.inputs],
    (_model, inputs) => {
      for (const field of fields) field.show(inputs.get(field.name));
    },
  );
  showWait(store, workbench);
  store.watch(
    (s) => [s.waiting],
    (waiting) => {
      if (!waiting || isBusyElsewhere()) return;
      section.scrollIntoView({ block: "center" });
      fields.find(({ name }) => !store.state.inputs.has(name))?.focus();
    },
  );
}

/** Nobody is taken away from what they are writing. */
function isBusyElsewhere(): boolean {
  const { activeElement } = document;
  return activeElement !== document.body && !activeElement?.matches("input[type=file]");
}

/** Which input takes the picture, where several could. */
function controlPictureInput(store: AppStore, workbench: Workbench): void {
  const field = byId("picture-input-field", HTMLDivElement);
  const select = byId("picture-input", HTMLSelectElement);
  select.addEventListener("change", () => {
    const model = modelInHand(store.state);
    if (model) void workbench.openModel({ ...model.files, imageInput: select.value });
  });
  store.watch(
    (s) => [modelInHand(s), s.task],
    (model, task) => {
      if (task) return;
      const inputs = model ? pictureInputs(model.explainer.info()) : [];
      field.hidden = inputs.length < 2;
      select.replaceChildren(...inputs.map(({ name }) => create("option", { value: name }, name)));
    },
  );
}

function showWait(store: AppStore, workbench: Workbench): void {
  const words = byId("inputs-words", HTMLParagraphElement);
  const back = byId("inputs-back", HTMLButtonElement);
  back.addEventListener("click", () => {
    workbench.leaveWaiting();
  });
  store.watch(
    (s) => [modelInHand(s), s.analysis, s.inputs],
    (model, analysis, inputs) => {
      const { waiting } = store.state;
      words.textContent = model ? inputsWords(store.state, model, inputs) : "";
      back.hidden = !waiting || !analysis;
      back.textContent = `Back to ${analysis?.model.files.name ?? ""}`;
    },
  );
}

function inputsWords(
  { waiting, analysis }: Readonly<State>,
  { explainer, files }: LoadedModel,
  given: GivenInputs,
): string {
  const info = explainer.info();
  const picture = `“${info.inputs[0]?.name ?? ""}” takes the picture.`;
  if (!waiting) return `${picture} What else the model reads is held fixed.`;
  const isLacking = lackedInputs(info, given).length > 0;
  const need = isLacking ? "needs what is below" : "is not shown with these values yet";
  const meanwhile = analysis ? ` Until then ${analysis.model.files.name} is shown.` : "";
  return `${picture} ${files.name} ${need}.${meanwhile}`;
}

let fields = 0;

interface FieldParts {
  readonly text: HTMLInputElement;
  readonly file: HTMLInputElement;
  readonly hint: HTMLElement;
  readonly problem: HTMLElement;
  readonly element: HTMLElement;
}

function fieldParts(name: string): FieldParts {
  const id = `input-${++fields}`;
  const text = create("input", { id, autocomplete: "off", spellcheck: false });
  text.placeholder = "one number";
  const file = create("input", { type: "file", accept: ".npy", className: "visually-hidden" });
  file.ariaLabel = `Open .npy for ${name}`;
  const hint = create("p", { className: "hint", id: `${id}-hint` });
  const problem = create("p", { className: "problem", id: `${id}-problem` });
  problem.ariaLive = "polite";
  text.setAttribute("aria-describedby", hint.id);
  text.setAttribute("aria-errormessage", problem.id);
  const label = create("label", { htmlFor: id }, name);
  const button = create("label", { className: "button" }, "Open .npy", file);
  const element = create("div", { className: "input-field" }, label, text, button, hint, problem);
  return { text, file, hint, problem, element };
}

/** One number for all elements, or a file. */
function inputField(input: TensorInfo, take: (given: GivenInput) => void): InputField {
  const { text, file, hint, problem, element } = fieldParts(input.name);
  const complain = (error: unknown): void => {
    problem.textContent = error instanceof Error ? error.message : String(error);
    text.ariaInvalid = problem.textContent ? "true" : "false";
  };
  const takeFrom = async (make: () => GivenInput | Promise<GivenInput>): Promise<void> => {
    try {
      const given = await make();
      // Another model may have been loaded while a file was read.
      if (!element.isConnected) return;
      complain("");
      take(given);
    } catch (error) {
      complain(error);
    }
  };
  text.addEventListener("change", () => {
    void takeFrom(() => filledInput(text.value.trim(), input));
  });
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    if (chosen) void takeFrom(() => inputFromFile(chosen, input));
    file.value = "";
  });
  let held: GivenInput | undefined;
  const show = (given: GivenInput | undefined): void => {
    held = given;
    text.value = given?.from === "number" ? given.words : "";
    hint.textContent = `${describeInput(input)}. ${sourceOf(given)}`;
    complain("");
  };
  show(undefined);
  return {
    name: input.name,
    element,
    show: (given) => {
      // What was written and refused stays while another field changes.
      if (given !== held) show(given);
    },
    focus: () => {
      text.focus({ preventScroll: true });
    },
  };
}

function sourceOf(given: GivenInput | undefined): string {
  if (!given) return "Needed: the model has no value of its own.";
  return given.from === "file" ? `From ${given.words}.` : `Every element is ${given.words}.`;
}
