import type { ModelFiles } from "./model.js";

/** What a handful of opened, dropped or pasted files is good for. */
export type Opened =
  | { readonly kind: "picture"; readonly file: File }
  | { readonly kind: "model"; readonly files: ModelFiles }
  | { readonly kind: "labels"; readonly labels: string };

/**
 * Sorts files: an `.onnx` is the model, a `.txt` beside it its labels, all others the data that it
 * refers to; without a model, a picture is explained and a `.txt` names the classes anew.
 * @throws Error when nothing can be made of them.
 */
export async function sortFiles(files: readonly File[]): Promise<Opened> {
  const model = files.find((file) => hasEnding(file, ".onnx"));
  const labels = files.find((file) => hasEnding(file, ".txt"));
  if (model) {
    const data = files.filter((file) => file !== model && file !== labels);
    return {
      kind: "model",
      files: {
        name: model.name,
        model,
        labels: await labels?.text(),
        externalData: Object.fromEntries(data.map((file) => [file.name, file])),
      },
    };
  }
  const picture = files.find((file) => file.type.startsWith("image/"));
  if (picture) return { kind: "picture", file: picture };
  if (labels) return { kind: "labels", labels: await labels.text() };
  const names = files.map((file) => `“${file.name}”`).join(", ");
  throw new Error(
    `${names || "What was dropped"} is neither a picture nor a model: give an image file, an ` +
      ".onnx model with all its data files, or a .txt with one class name per line.",
  );
}

function hasEnding(file: File, ending: string): boolean {
  return file.name.toLowerCase().endsWith(ending);
}
