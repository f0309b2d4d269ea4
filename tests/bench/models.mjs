// The benchmark's models and the figures that each has to reach.
import { join } from "node:path";
import { cache } from "../../scripts/models/python.mjs";
import { projectRoot } from "../../scripts/setup/paths.mjs";

/** Layers of the stages "layer1" to "layer4" that the figures speak of. */
const resnetLayers = ["layer1.2", "layer2.3", "layer3.5", "layer4.2"];

const bench = (name) => join(cache, "models", "bench", `${name}.onnx`);

/**
 * `forwardBound`: our forward pass over onnxruntime-web's. `layers`: what is explained in one pass;
 * without it, the four deepest stages.
 */
export const models = [
  { name: "resnet50", file: bench("resnet50"), forwardBound: 0.65, layers: resnetLayers },
  { name: "vgg16", file: bench("vgg16"), forwardBound: 0.65 },
  { name: "mobilenet_v2", file: bench("mobilenet_v2"), forwardBound: 0.8 },
  { name: "squeezenet1_1", file: bench("squeezenet1_1"), forwardBound: 0.8 },
  {
    name: "efficientnet-lite0",
    file: join(cache, "models", "efficientnet-lite0.onnx"),
    forwardBound: 0.8,
  },
];

/** Address of a file of the project on the benchmark's server. */
export function addressOf(file) {
  return file.slice(projectRoot.length).replaceAll("\\", "/");
}
