import type { ModelFiles } from "./model.js";

/** What a handful of opened, dropped or pasted files is good for. */
export type Opened =
  | { readonly kind: "picture"; readonly file: File }
  | { readonly kind: "model"; readonly files: ModelFiles; readonly arrays: readonly File[] }
  | { readonly kind: "labels"; readonly labels: string }
  | { readonly kind: "configs"; readonly configs: readonly File[] }
  | { readonly kind: "arrays"; readonly arrays: readonly File[] };

/** Of a repository's JSON files those that concern pictures and classes. */
const CONFIG_NAMES = /^(preprocessor_config|config)(?: ?\(\d+\))?\.json$/;

/**
 * Sorts files: an `.onnx` is the model, a `.txt` beside it its labels, a `preprocessor_config.json`
 * or `config.json` its configuration, a `.npy` an input beside the picture, all others the data that
 * it refers to; without a model, a picture is explained, and labels, configurations or arrays are
 * those of the model that is there.
 * @throws Error when nothing can be made of them.
 */
export async function sortFiles(files: readonly File[]): Promise<Opened> {
  const model = modelOf(files);
  const labels = labelsOf(files);
  const configs = files.filter((file) => CONFIG_NAMES.test(file.name.toLowerCase()));
  const arrays = files.filter((file) => hasEnding(file, ".npy"));
  if (model) {
    const data = files.filter((file) => ![model, labels, ...configs].includes(file));
    const text = await labels?.text();
    return {
      kind: "model",
      files: { name: model.name, model, labels: text, configs, externalData: data },
      arrays,
    };
  }
  const picture = files.find((file) => file.type.startsWith("image/"));
  if (picture) return { kind: "picture", file: picture };
  if (labels) return { kind: "labels", labels: await labels.text() };
  if (configs.length > 0) return { kind: "configs", configs };
  if (arrays.length > 0) return { kind: "arrays", arrays };
  const names = files.map((file) => `“${file.name}”`).join(", ");
  throw new Error(
    `${names || "What was dropped"} is neither a picture nor a model: give an image file, an ` +
      ".onnx model with all its data files, its preprocessor_config.json or config.json, or a " +
      ".txt with one class name per line.",
  );
}

/** A folder has other texts beside the labels. */
function labelsOf(files: readonly File[]): File | undefined {
  const texts = files.filter((file) => hasEnding(file, ".txt"));
  const named = texts.find(({ name }) => /label|class|name|synset/i.test(name));
  return named ?? texts.find(({ name }) => !/^(readme|licen[cs]e|requirements)/i.test(name));
}

/** Of several models that which is called `model.onnx`. */
function modelOf(files: readonly File[]): File | undefined {
  const models = files.filter((file) => hasEnding(file, ".onnx"));
  if (models.length < 2) return models[0];
  const named = models.find(({ name }) => name.toLowerCase() === "model.onnx");
  if (named) return named;
  const names = models.map(({ name }) => `“${name}”`).join(", ");
  throw new Error(`There are several models: ${names}. Give one of them, with its data files.`);
}

function hasEnding(file: File, ending: string): boolean {
  return file.name.toLowerCase().endsWith(ending);
}
