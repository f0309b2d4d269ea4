import { byId } from "../dom.js";
import { sortFiles, type Opened } from "../state/dropped.js";
import { readPicture } from "../state/picture.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";

/** Pictures and models that the visitor opens, drops or pastes. */
export function controlFiles(store: AppStore, workbench: Workbench): void {
  const take = (files: Iterable<File> | null | undefined): void => {
    const given = [...(files ?? [])];
    if (given.length === 0) return;
    sortFiles(given)
      .then((opened) => use(opened, store, workbench))
      .catch((error: unknown) => {
        workbench.report(error);
      });
  };
  for (const id of ["open-picture", "open-model"]) {
    const input = byId(id, HTMLInputElement);
    input.addEventListener("change", () => {
      take(input.files);
      input.value = "";
    });
  }
  document.addEventListener("paste", (event) => {
    take(event.clipboardData?.files);
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
    return;
  }
  const files = store.state.analysis?.model.files;
  if (!files) throw new Error("Open the .onnx model together with its labels.");
  await workbench.openModel({ ...files, labels: opened.labels });
}

function takeDropped(take: (files: FileList | undefined) => void): void {
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
    take(event.dataTransfer.files);
  });
}
