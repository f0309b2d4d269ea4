import type { Backend, Call, ForwardReply } from "./backend.js";
import { compare } from "./comparison/compare.js";
import { RelevanceCamError } from "./error.js";
import { explainRequest, targetNames } from "./explain-request.js";
import { portableInput } from "./image/source.js";
import { className, readLabels } from "./labels.js";
import { loadRequest } from "./load-request.js";
import type {
  CallOptions,
  Classification,
  ClassifyOptions,
  ClassScore,
  CompareOptions,
  Comparison,
  ExplainOptions,
  Explanation,
  ImageSource,
  InputOptions,
  LayerInfo,
  LoadOptions,
  ModelInfo,
  ModelSource,
  Prediction,
  RunInput,
  RunResult,
  RuntimeInfo,
  Tensor,
} from "./types.js";

const DEFAULT_TOP_K = 5;

/**
 * A classifier that explains itself: one loaded model. Calls are queued and served in order; after
 * any error, cancelled calls included, the next call works.
 */
export class ExplainerBase {
  readonly #backend: Backend;
  readonly #info: ModelInfo;
  readonly #labels: readonly string[];
  #disposed = false;

  /** Use `Explainer.load`. */
  protected constructor(backend: Backend, info: ModelInfo, labels: readonly string[]) {
    this.#backend = backend;
    this.#info = info;
    this.#labels = labels;
  }

  /** Loads `model` into `backend`, which is disposed of when that fails. */
  protected static async open(
    backend: Backend,
    model: ModelSource,
    options: LoadOptions,
  ): Promise<[Backend, ModelInfo, readonly string[]]> {
    try {
      options.signal?.throwIfAborted();
      const labels = readLabels(options.labels);
      const info = await backend.load(loadRequest(model, options), callOf(options));
      return [backend, info, options.labels === undefined ? info.labels : labels];
    } catch (error) {
      backend.dispose();
      throw error;
    }
  }

  /** The model: inputs, outputs, layers, metadata. */
  info(): ModelInfo {
    return this.#info;
  }

  /** Every activation that can be explained, in the order of computation. */
  layers(): readonly LayerInfo[] {
    return this.#info.layers;
  }

  /** Class names in the order of the logits; empty when none were given or found. */
  labels(): readonly string[] {
    return this.#labels;
  }

  /** The most probable classes of `image`. */
  async classify(image: ImageSource, options: ClassifyOptions = {}): Promise<Classification> {
    this.#check(options);
    const input = await portableInput(image, options.inputs);
    const reply = await this.#backend.forward(input, callOf(options));
    const prediction = predictionOf(reply);
    return { ...prediction, top: this.#top(prediction, options.topK ?? DEFAULT_TOP_K) };
  }

  /** Heatmaps of `image` for one or more classes, at every asked-for layer, from one backward pass. */
  async explain(image: ImageSource, options: ExplainOptions = {}): Promise<Explanation> {
    this.#check(options);
    const request = explainRequest(options, this.#info, this.#labels);
    const input = await portableInput(image, options.inputs);
    const reply = await this.#backend.explain(input, request, callOf(options));
    const { targets, results, ledger, diagnoses } = reply;
    const labels = targetNames(targets, options.output, this.#info, this.#labels);
    const [target = -1] = targets;
    const [label = ""] = labels;
    const prediction = predictionOf(reply);
    return { ...prediction, target, label, results, targets, labels, ledger, diagnoses };
  }

  /**
   * The same image explained by several methods: a grid of methods, targets and layers. A method
   * that fails leaves its message in its cells; where all fail, the first error is thrown.
   */
  async compare(image: ImageSource, options: CompareOptions): Promise<Comparison> {
    this.#check(options);
    const { inputs, layers } = this.#info;
    const order = [...inputs, ...layers].map(({ name }) => name);
    return compare((choice) => this.explain(image, choice), options, order);
  }

  /** Forward pass only: every output of the graph. */
  async run(input: RunInput, options: InputOptions = {}): Promise<RunResult> {
    this.#check(options);
    return this.#backend.run(await portableInput(input, options.inputs), callOf(options));
  }

  /** The array of a serialized ONNX TensorProto, as test data sets and ONNX tools store inputs. */
  async readTensor(file: Uint8Array): Promise<Tensor> {
    this.#check({});
    return this.#backend.readTensor(file);
  }

  /** The build that runs, its threads and its memory. */
  async runtimeInfo(): Promise<RuntimeInfo> {
    this.#check({});
    return this.#backend.runtimeInfo();
  }

  /** Frees the model and its memory; calls that are under way reject. May be called twice. */
  dispose(): void {
    this.#disposed = true;
    this.#backend.dispose();
  }

  #check(options: CallOptions): void {
    if (this.#disposed) {
      throw new RelevanceCamError(
        "disposed",
        "This explainer was disposed of; load the model anew.",
      );
    }
    options.signal?.throwIfAborted();
  }

  #top(prediction: Prediction, count: number): ClassScore[] {
    const { logits, probabilities } = prediction;
    if (!Number.isInteger(count) || count < 1) {
      throw new RelevanceCamError(
        "invalid-option",
        `topK is ${count}; give a count from 1.`,
        "topK",
      );
    }
    return Array.from(logits, (logit, index) => ({ logit, index }))
      .sort((a, b) => b.logit - a.logit || a.index - b.index)
      .slice(0, count)
      .map(({ logit, index }) => ({
        index,
        label: className(this.#labels, index),
        logit,
        probability: probabilities[index] ?? 0,
      }));
  }
}

function callOf({ signal, onProgress }: CallOptions): Call {
  return { signal, onProgress };
}

function predictionOf({ logits, timings, reusedForward }: ForwardReply): Prediction {
  return { logits, probabilities: softmax(logits), timings, reusedForward };
}

function softmax(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
