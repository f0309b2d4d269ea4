import { byId } from "../dom.js";
import { droppedFiles } from "../state/dropped-folder.js";
import { sortFiles, type Opened } from "../state/dropped.js";
import { inputsFromFiles, namedInput } from "../state/inputs.js";
import { readPicture } from "../state/picture.js";
import { modelInHand, type AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

type Take = (files: Promise<readonly File[]>) => void;

/** Pictures and models that the visitor opens, drops or pastes. */
export function controlFiles(store: AppStore, workbench: Workbench): void {
  const take: Take = (files) => {
    files
      .then(async (given) => {
        if (given.length > 0) await use(await sortFiles(given), store, workbench);
      })
      .catch((error: unknown) => {
        workbench.report(error);
      });
  };
  for (const id of ["open-picture", "open-model", "open-folder"]) {
    const input = byId(id, HTMLInputElement);
    input.addEventListener("change", () => {
      take(Promise.resolve([...(input.files ?? [])]));
      input.value = "";
    });
  }
  document.addEventListener("paste", (event) => {
    take(Promise.resolve([...(event.clipboardData?.files ?? [])]));
  });
  takeDropped(take);
}

async function use(opened: Opened, store: AppStore, workbench: Workbench): Promise<void> {
  if (opened.kind === "picture") {
    const picture = await readPicture(opened.file, opened.file.name);
    await workbench.ask({ picture, target: "top" });
    return;
  }
  if (opened.kind === "model") {
    await workbench.openModel(opened.files);
    const model = modelInHand(store.state);
    if (model?.files !== opened.files) return;
    // A folder has other arrays as well.
    const arrays = opened.arrays.filter((file) => namedInput(file, model.explainer.info()));
    if (arrays.length > 0) await give(arrays, store, workbench);
    return;
  }
  if (opened.kind === "arrays") {
    await give(opened.arrays, store, workbench);
    return;
  }
  const files = modelInHand(store.state)?.files;
  if (!files) throw new Error("Open the .onnx model together with its labels and configurations.");
  const more = opened.kind === "labels" ? { labels: opened.labels } : { configs: opened.configs };
  await workbench.openModel({ ...files, ...more });
}

/** Arrays become what the model in hand reads beside the picture. */
async function give(arrays: readonly File[], store: AppStore, workbench: Workbench): Promise<void> {
  const model = modelInHand(store.state);
  if (!model) throw new Error("Open the .onnx model together with its .npy files.");
  const given = await inputsFromFiles(arrays, model.explainer.info());
  if (modelInHand(store.state) === model) await workbench.give(given);
}

function takeDropped(take: Take): void {
  const veil = byId("drop-veil", HTMLDivElement);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = true;
    take(droppedFiles(event.dataTransfer));
  });
}
