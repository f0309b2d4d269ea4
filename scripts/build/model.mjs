// The default model, its labels and the sample photos.
import { join } from "node:path";
import { projectRoot } from "../setup/paths.mjs";
import { run } from "../setup/process.mjs";

export function installModel() {
  run(process.execPath, [join(projectRoot, "scripts", "fetch-model.mjs")], { cwd: projectRoot });
}
