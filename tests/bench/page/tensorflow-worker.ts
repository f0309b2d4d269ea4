// TensorFlow.js with its WebAssembly backend, in this worker.
// The core leaves it to its users to register the operators' gradients.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { expose, transfer } from "comlink";

import { ResNet50 } from "./tensorflow-resnet50.js";

export interface TensorFlowMap {
  /** One value per position. */
  readonly map: Float32Array;
  /** Milliseconds of the computation alone. */
  readonly engine: number;
}

/** From [1, channels, rows, columns] to TensorFlow's [1, rows, columns, channels]. */
function channelsLast(data: Float32Array, shape: readonly number[]): Float32Array {
  const [, channels = 0, rows = 0, columns = 0] = shape;
  const positions = rows * columns;
  const result = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let position = 0; position < positions; position++) {
      result[position * channels + channel] = data[channel * positions + position] ?? NaN;
    }
  }
  return result;
}

async function readWeights(address: string): Promise<tf.NamedTensorMap> {
  const [specifications, values] = await Promise.all([
    fetch(`${address}.json`).then((file) => file.json() as Promise<tf.io.WeightsManifestEntry[]>),
    fetch(`${address}.bin`).then((file) => file.arrayBuffer()),
  ]);
  return tf.io.decodeWeights(values, specifications);
}

/** Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2 without the ReLU. */
function gradCam(network: ResNet50, x: tf.Tensor4D, target: number): tf.Tensor {
  const activation = network.head(x);
  const seed = new Float32Array(network.classes);
  seed[target] = 1;
  // Only what lies behind the layer is recorded and differentiated.
  const differentiate = tf.grad((y) => network.tail(y as tf.Tensor4D));
  const gradient = differentiate(activation, tf.tensor2d(seed, [1, network.classes]));
  return tf.sum(tf.mul(activation, tf.mean(gradient, [1, 2], true)), 3);
}

class TensorFlowEngine {
  #network: ResNet50 | undefined;

  /** `weights`: address without extension; `layer`: the block that maps are made of. */
  async load(weights: string, layer: string, threads: number): Promise<void> {
    const folder = new URL("/node_modules/@tensorflow/tfjs-backend-wasm/dist/", self.location.href);
    setWasmPaths(folder.href);
    // The backend runs no more threads than half of the processors that it is told of.
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
    setThreadsCount(threads);
    await tf.setBackend("wasm");
    const running = getThreadsCount();
    if (running !== threads) {
      throw new Error(`TensorFlow.js runs ${running} threads instead of ${threads}.`);
    }
    this.#network = new ResNet50(await readWeights(weights), layer);
  }

  /** `data`: a picture of this `shape` in ONNX order. */
  gradCam(data: Float32Array, shape: readonly number[], target: number): TensorFlowMap {
    const network = this.#network;
    if (!network) throw new Error("Load a network first.");
    const [, channels = 0, rows = 0, columns = 0] = shape;
    const picture = channelsLast(data, shape);
    const begin = performance.now();
    const values = tf.tidy(() => {
      const x = tf.tensor4d(picture, [1, rows, columns, channels]);
      return gradCam(network, x, target).dataSync<"float32">();
    });
    const engine = performance.now() - begin;
    const map = Float32Array.from(values);
    return transfer({ map, engine }, [map.buffer]);
  }
}

export type { TensorFlowEngine };

expose(new TensorFlowEngine());
