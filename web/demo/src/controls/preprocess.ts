import type { PreprocessPreset } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

/** The first says nothing, so that the model file decides. */
const CHOICES: readonly { readonly preset?: PreprocessPreset; readonly title: string }[] = [
  { title: "the model file says" },
  { preset: "imagenet", title: "ImageNet mean and deviation" },
  { preset: "minus-one-to-one", title: "−1 to 1" },
  { preset: "zero-to-one", title: "0 to 1" },
  { preset: "caffe-bgr", title: "Caffe: BGR, means only" },
];

/** How pixels become the model's input; the model is loaded anew. */
export function controlPreprocess(store: AppStore, workbench: Workbench): void {
  const select = byId("preprocess", HTMLSelectElement);
  select.append(...CHOICES.map(({ title }, i) => create("option", { value: String(i) }, title)));
  select.addEventListener("change", () => {
    const files = store.state.analysis?.model.files;
    const preprocess = CHOICES[select.selectedIndex]?.preset;
    if (files) void workbench.openModel({ ...files, preprocess });
  });
  store.watch(
    (s) => [s.analysis?.model, s.task],
    (model, task) => {
      const index = CHOICES.findIndex(({ preset }) => preset === model?.files.preprocess);
      if (!task) select.selectedIndex = index;
    },
  );
}
