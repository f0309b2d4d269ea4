import type { PreprocessField, PreprocessOptions, PreprocessPreset } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { LoadedModel } from "../state/model.js";
import { reasonText, valueText, withField } from "../state/preprocess.js";
import { modelInHand, type AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { explainedField } from "./fields.js";

/** The first says nothing, so that what was found holds. */
const CHOICES: readonly { readonly preset?: PreprocessPreset; readonly title: string }[] = [
  { title: "found with the model" },
  { preset: "imagenet", title: "ImageNet mean and deviation" },
  { preset: "minus-one-to-one", title: "−1 to 1" },
  { preset: "zero-to-one", title: "0 to 1" },
  { preset: "caffe-bgr", title: "Caffe: BGR, means only" },
];

interface FieldInfo {
  readonly field: PreprocessField;
  readonly title: string;
  /** Absent: it is written. */
  readonly choices?: readonly string[];
}

const FIELDS: readonly FieldInfo[] = [
  { field: "resize", title: "Resize" },
  { field: "interpolation", title: "Filter", choices: ["nearest", "bilinear", "bicubic"] },
  { field: "channels", title: "Channels", choices: ["rgb", "bgr"] },
  { field: "range", title: "Range" },
  { field: "mean", title: "Mean" },
  { field: "std", title: "Deviation" },
];

/** How pixels become the model's input, and why; the model is loaded anew when that is changed. */
export function controlPreprocess(store: AppStore, workbench: Workbench): void {
  const change = (preprocess: PreprocessOptions): void => {
    const files = modelInHand(store.state)?.files;
    if (files) void workbench.openModel({ ...files, preprocess });
  };
  controlPreset(store, change);
  controlFields(store, workbench, change);
}

function controlPreset(store: AppStore, change: (preprocess: PreprocessOptions) => void): void {
  const select = byId("preprocess", HTMLSelectElement);
  select.append(...CHOICES.map(({ title }, i) => create("option", { value: String(i) }, title)));
  select.addEventListener("change", () => {
    const preset = CHOICES[select.selectedIndex]?.preset;
    change(preset ? { preset } : {});
  });
  store.watch(
    (s) => [modelInHand(s), s.task],
    (model, task) => {
      const preset = model?.files.preprocess?.preset;
      const index = CHOICES.findIndex((choice) => choice.preset === preset);
      if (!task) select.selectedIndex = index;
    },
  );
}

/** Every field with its value and the reason for it. */
function controlFields(
  store: AppStore,
  workbench: Workbench,
  change: (preprocess: PreprocessOptions) => void,
): void {
  const fields = FIELDS.map(({ field, title, choices = [] }) => {
    const shown = explainedField(title, choices, (text) => {
      const options = modelInHand(store.state)?.files.preprocess ?? {};
      try {
        change(withField(options, field, text));
      } catch (error) {
        workbench.report(error);
        showField(modelInHand(store.state));
      }
    });
    const showField = (model: LoadedModel | undefined): void => {
      const finding = model?.explainer.info().preprocess.find((one) => one.field === field);
      shown.show(finding ? valueText(finding) : "");
      shown.explain(finding ? reasonText(finding) : "");
    };
    // What was written and refused goes back to what holds.
    store.watch(
      (s) => [modelInHand(s), s.task],
      (model, _task) => {
        showField(model);
      },
    );
    return shown.element;
  });
  byId("preprocess-fields", HTMLDivElement).append(...fields);
}
