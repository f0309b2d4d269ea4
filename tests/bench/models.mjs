// The benchmark's models and the figures that each has to reach.
import { join } from "node:path";
import { cache } from "../../scripts/models/python.mjs";
import { projectRoot } from "../../scripts/setup/paths.mjs";

/** Layers of the stages "layer1" to "layer4" that the figures speak of. */
const resnetLayers = ["layer1.2", "layer2.3", "layer3.5", "layer4.2"];

const folder = join(cache, "models", "bench");
const bench = (name) => join(folder, `${name}.onnx`);

/** Every study, with the most turns of one whose calls take minutes. */
export const studies = {
  /** Relevance-CAM and forward passes, beside onnxruntime-web. */
  "relevance-cam": {},
  /** Grad-CAM of the shallowest layer, beside TensorFlow.js. */
  "grad-cam": {},
  /** Ten classes at all layers, beside one. */
  classes: {},
  /** Score-CAM of the deepest layer, beside forward passes. */
  "score-cam": { maximumRounds: 3 },
  /** From a file's bytes to the first logits, beside onnxruntime-web, and memory meanwhile. */
  loading: { maximumRounds: 5 },
};

/**
 * `studies`: those that the model takes part in, else Relevance-CAM alone. `forwardBound`: our
 * forward pass over onnxruntime-web's. `layers`: what is explained, in one pass where it is all of
 * them; without it, the four deepest stages. `weights`: TensorFlow.js's files without extension.
 */
export const models = [
  {
    name: "resnet50",
    file: bench("resnet50"),
    studies: ["relevance-cam", "grad-cam", "classes", "loading"],
    forwardBound: 0.65,
    layers: resnetLayers,
    weights: join(folder, "resnet50.weights"),
  },
  { name: "resnet18", file: bench("resnet18"), studies: ["score-cam"], layers: ["layer4.1"] },
  {
    name: "vgg16",
    file: bench("vgg16"),
    studies: ["relevance-cam", "loading"],
    forwardBound: 0.65,
  },
  { name: "mobilenet_v2", file: bench("mobilenet_v2"), forwardBound: 0.8 },
  { name: "squeezenet1_1", file: bench("squeezenet1_1"), forwardBound: 0.8 },
  {
    name: "efficientnet-lite0",
    file: join(cache, "models", "efficientnet-lite0.onnx"),
    forwardBound: 0.8,
  },
];

/** The chosen studies of the chosen models; everything where nothing is chosen. */
export function chosen({ model, study }) {
  return models
    .filter(({ name }) => model?.includes(name) ?? true)
    .flatMap((entry) =>
      (entry.studies ?? ["relevance-cam"])
        .filter((name) => study?.includes(name) ?? true)
        .map((name) => ({ entry, study: name })),
    );
}

/** Address of a file of the project on the benchmark's server. */
export function addressOf(file) {
  return file.slice(projectRoot.length).replaceAll("\\", "/");
}
