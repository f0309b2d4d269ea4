import { palettes } from "relevance-cam";
import { controlBeginning } from "./controls/beginning-form.js";
import { controlDrawing } from "./controls/drawing.js";
import { controlFiles } from "./controls/files.js";
import { controlInputs } from "./controls/inputs.js";
import { controlMethods } from "./controls/method-settings.js";
import { controlPreprocess } from "./controls/preprocess.js";
import { controlRules } from "./controls/rules-editor.js";
import type { Credit } from "./state/picture.js";
import { createStore } from "./state/state.js";
import { Workbench } from "./state/workbench.js";
import { showClasses } from "./views/classes.js";
import { showComparison } from "./views/comparison.js";
import { showFigures } from "./views/figures.js";
import { showLedger } from "./views/ledger.js";
import { openSample, sampleFrom, showSamples } from "./views/samples.js";
import { showStatus } from "./views/status.js";
import { showStrip } from "./views/strip.js";

const DEFAULT_MODEL = "models/efficientnet-lite0.onnx";
const DEFAULT_LABELS = "models/imagenet-labels.txt";

const store = createStore({
  evidence: "positive",
  sequential: firstPalette("sequential"),
  diverging: firstPalette("diverging"),
  opacity: 0.75,
  threshold: 0,
});
const workbench = new Workbench(store);

showFigures(store, workbench);
showStrip(store);
showClasses(store, workbench);
showStatus(store, workbench);
showLedger(store, workbench);
showComparison(store, workbench);
controlDrawing(store, workbench);
controlMethods(store, workbench);
controlPreprocess(store, workbench);
controlInputs(store, workbench);
controlFiles(store, workbench);
controlBeginning(store, workbench);
controlRules(store, workbench);
start().catch((error: unknown) => {
  store.update({ task: undefined });
  workbench.report(error);
});

async function start(): Promise<void> {
  const [credits, labels] = await Promise.all([
    fetchOwn("photos/credits.json").then((response) => response.json() as Promise<Credit[]>),
    fetchOwn(DEFAULT_LABELS).then((response) => response.text()),
  ]);
  const samples = credits.map(sampleFrom);
  showSamples(samples, store, workbench);
  const [first] = samples;
  if (first) store.update({ picture: await openSample(first) });
  await workbench.openModel({ name: "EfficientNet-Lite0", model: DEFAULT_MODEL, labels });
}

async function fetchOwn(path: string): Promise<Response> {
  const response = await fetch(path);
  if (response.ok) return response;
  throw new Error(`The page's own file ${path} is missing (${response.status}); build it again.`);
}

function firstPalette(kind: "sequential" | "diverging"): string {
  return palettes().find((palette) => palette.kind === kind)?.name ?? "";
}
