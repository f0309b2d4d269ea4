import type {
  Backend,
  Call,
  ExplainReply,
  ExplainRequest,
  ForwardReply,
  LoadRequest,
  PortableInput,
} from "../backend.js";
import { RelevanceCamError } from "../error.js";
import { detectPreprocess, optionsOf } from "../detection/detect.js";
import { imageSize } from "../detection/image-size.js";
import { detectLabels } from "../detection/labels.js";
import { preprocessSettings } from "../preprocess.js";
import type {
  ArrayKind,
  Diagnosis,
  ModelInfo,
  Region,
  RunResult,
  RuntimeInfo,
  Tensor,
} from "../types.js";
import { withCopy } from "./files.js";
import { drive } from "./drive.js";
import { loadModel } from "./load-model.js";
import type { Platform } from "./platform.js";
import { nameOf, readConfigs } from "./read-configs.js";
import { SerialQueue } from "./queue.js";
import { topTarget } from "./resolve-targets.js";
import { checkPreprocess, setInput, type InputTarget } from "./set-input.js";
import { translateError } from "./translate-error.js";
import { chooseVariant, type Choice } from "./variants.js";
import {
  startModule,
  type ExplainRequest as WasmExplainRequest,
  type WasmModule,
} from "./wasm-module.js";

/** A loaded model in its WebAssembly module. */
interface Loaded extends InputTarget {
  readonly module: WasmModule;
  readonly choice: Choice;
}

/** Computes in the calling thread, in slices between which other tasks get their turn. */
export class Engine implements Backend {
  readonly #platform: Platform;
  readonly #queue = new SerialQueue();
  #loaded: Loaded | undefined;
  #disposed = false;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  load(request: LoadRequest, call: Call): Promise<ModelInfo> {
    return this.#enqueue(call, async () => {
      const choice = await chooseVariant(request, this.#platform.processors());
      call.onProgress?.({ phase: "runtime", loaded: 0, total: 1 });
      const module = await startModule(this.#platform, choice, request.wasm);
      call.onProgress?.({ phase: "runtime", loaded: 1, total: 1 });
      try {
        this.#loaded = await this.#read(module, choice, request, call);
        return this.#loaded.info;
      } catch (error) {
        module.close();
        throw error;
      }
    });
  }

  forward(input: PortableInput, call: Call): Promise<ForwardReply> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      await setInput(loaded, this.#platform, input);
      const preprocess = performance.now() - begin;
      const reusedForward = await this.#forward(loaded, call);
      const total = performance.now() - begin;
      const timings = { preprocess, forward: total - preprocess, backward: 0, total };
      return { logits: loaded.model.logits(), timings, reusedForward };
    });
  }

  explain(input: PortableInput, request: ExplainRequest, call: Call): Promise<ExplainReply> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      const region = await setInput(loaded, this.#platform, input);
      const preprocess = performance.now() - begin;
      const { targets, ...before } = await this.#lookUpTargets(loaded, request, call);
      loaded.model.startExplain({ ...mutable(request), targets });
      await drive(loaded.model, call, this.#checkOf(call));
      const reply = replyOf(loaded, region, preprocess, begin);
      return {
        ...reply,
        reusedForward: before.reusedForward ?? reply.reusedForward,
        timings: { ...reply.timings, forward: before.forward + reply.timings.forward },
      };
    });
  }

  run(input: PortableInput, call: Call): Promise<RunResult> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      await setInput(loaded, this.#platform, input);
      const preprocess = performance.now() - begin;
      await this.#forward(loaded, call);
      const outputs = loaded.info.outputs.map(({ name, shape }) => [
        name,
        { data: loaded.model.output(name), shape },
      ]);
      const total = performance.now() - begin;
      return {
        outputs: Object.fromEntries(outputs) as RunResult["outputs"],
        timings: { preprocess, forward: total - preprocess, backward: 0, total },
      };
    });
  }

  readTensor(file: Uint8Array): Promise<Tensor> {
    return this.#withModel({}, ({ exports }) => {
      const { data, shape } = withCopy(exports, file, (buffer) => exports.readTensor(buffer));
      return Promise.resolve({ data, shape });
    });
  }

  runtimeInfo(): Promise<RuntimeInfo> {
    return this.#withModel({}, ({ exports, choice: { variant, threads } }) =>
      Promise.resolve({
        variant,
        simd: true,
        relaxed: variant.startsWith("relaxed"),
        threads,
        version: exports.version(),
        memory: exports.memorySize(),
      }),
    );
  }

  dispose(): void {
    this.#disposed = true;
    void this.#queue.run(undefined, () => {
      this.#loaded?.model.delete();
      this.#loaded?.module.close();
      this.#loaded = undefined;
      return Promise.resolve();
    });
  }

  async #read(
    module: WasmModule,
    choice: Choice,
    request: LoadRequest,
    call: Call,
  ): Promise<Loaded> {
    const { exports } = module;
    const configs = await readConfigs(this.#platform, request, call);
    const defaults = { threads: choice.threads, imageSize: imageSize(configs) };
    const model = await loadModel(exports, this.#platform, request, defaults, call);
    const read = model.info();
    const evidence = { info: read, configs, fileName: nameOf(request.model) };
    const found = detectPreprocess({ ...evidence, options: request.preprocess });
    const preprocess = preprocessSettings(optionsOf(found));
    checkPreprocess(exports, preprocess);
    const info = { ...read, preprocess: found, labels: detectLabels(read, configs) };
    return { module, choice, exports, model, info, preprocess };
  }

  /**
   * Indices of the targets. The engine itself knows the top class alone; beside other targets it is
   * looked up here, after a forward pass: how many milliseconds it took, and whether it stood
   * already.
   */
  async #lookUpTargets(
    loaded: Loaded,
    { targets, output }: ExplainRequest,
    call: Call,
  ): Promise<{ targets: number[]; forward: number; reusedForward?: boolean }> {
    const indices = targets.filter((target) => target !== "top");
    if (indices.length === targets.length) return { targets: indices, forward: 0 };
    const begin = performance.now();
    const reusedForward = await this.#forward(loaded, call);
    const forward = performance.now() - begin;
    const top = topTarget(loaded.model, loaded.info, output);
    const all = targets.map((target) => (target === "top" ? top : target));
    return { targets: [...new Set(all)], forward, reusedForward };
  }

  /** Runs the forward pass unless it stands already; true when it did. */
  async #forward({ model }: Loaded, call: Call): Promise<boolean> {
    model.startForward();
    const { done, total } = model.progress();
    await drive(model, call, this.#checkOf(call));
    return done === total;
  }

  #checkOf({ signal }: Call): () => void {
    return () => {
      signal?.throwIfAborted();
      this.#require();
    };
  }

  #require(): Loaded {
    if (this.#loaded && !this.#disposed) return this.#loaded;
    throw new RelevanceCamError("disposed", "This explainer was disposed of; load the model anew.");
  }

  #withModel<T>(call: Call, task: (loaded: Loaded) => Promise<T>): Promise<T> {
    return this.#enqueue(call, () => task(this.#require()));
  }

  #enqueue<T>(call: Call, task: () => Promise<T>): Promise<T> {
    return this.#queue.run(call.signal, async () => {
      try {
        return await task();
      } catch (error) {
        call.signal?.throwIfAborted();
        throw translateError(error);
      }
    });
  }
}

function replyOf(
  { model }: Loaded,
  region: Region | null,
  preprocess: number,
  begin: number,
): ExplainReply {
  const explanation = model.explanation();
  const { targets, logits, results, reusedForward, ...spent } = explanation;
  return {
    targets,
    logits,
    results: results.map((result) => ({ ...result, kind: result.kind as ArrayKind, region })),
    ledger: explanation.ledger,
    diagnoses: explanation.diagnoses as Diagnosis[],
    reusedForward,
    timings: {
      preprocess,
      forward: spent.forwardMilliseconds,
      backward: spent.backwardMilliseconds,
      total: performance.now() - begin,
    },
  };
}

function mutable(request: ExplainRequest): Omit<WasmExplainRequest, "targets"> {
  return {
    ...request,
    layers: [...request.layers],
    rules: request.rules.map((row) => ({ ...row, parameters: { ...row.parameters } })),
    parameters: { ...request.parameters },
    emit: [...request.emit],
  };
}
