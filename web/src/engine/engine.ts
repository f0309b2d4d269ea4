import type {
  Backend,
  Call,
  ExplainReply,
  ExplainRequest,
  ForwardReply,
  LoadRequest,
  PortableImage,
  PortableInput,
} from "../backend.js";
import { RelevanceCamError } from "../error.js";
import { preprocessOfModel, preprocessSettings } from "../preprocess.js";
import type { ArrayKind, ModelInfo, Region, RunResult, RuntimeInfo, Tensor } from "../types.js";
import { withCopy } from "./files.js";
import { drive } from "./drive.js";
import { loadModel } from "./load-model.js";
import type { Platform } from "./platform.js";
import { SerialQueue } from "./queue.js";
import { checkPreprocess, setImage, setTensors, type InputTarget } from "./set-input.js";
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

  forward(image: PortableImage, call: Call): Promise<ForwardReply> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      await setImage(loaded, this.#platform, image);
      const preprocess = performance.now() - begin;
      const reusedForward = await this.#forward(loaded, call);
      const total = performance.now() - begin;
      const timings = { preprocess, forward: total - preprocess, backward: 0, total };
      return { logits: loaded.model.logits(), timings, reusedForward };
    });
  }

  explain(image: PortableImage, request: ExplainRequest, call: Call): Promise<ExplainReply> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      const region = await setImage(loaded, this.#platform, image);
      const preprocess = performance.now() - begin;
      loaded.model.startExplain(mutable(request));
      await drive(loaded.model, call, this.#checkOf(call));
      return replyOf(loaded, region, preprocess, begin);
    });
  }

  run(input: PortableInput, call: Call): Promise<RunResult> {
    return this.#withModel(call, async (loaded) => {
      const begin = performance.now();
      if ("image" in input) await setImage(loaded, this.#platform, input.image);
      else setTensors(loaded, input.tensors);
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
    const model = await loadModel(exports, this.#platform, request, choice.threads, call);
    const info = model.info();
    const preprocess = request.preprocess ?? preprocessSettings(preprocessOfModel(info.metadata));
    checkPreprocess(exports, preprocess);
    return { module, choice, exports, model, info, preprocess };
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
  const { target, logits, results, reusedForward, ...spent } = model.explanation();
  return {
    target,
    logits,
    results: results.map((result) => ({ ...result, kind: result.kind as ArrayKind, region })),
    reusedForward,
    timings: {
      preprocess,
      forward: spent.forwardMilliseconds,
      backward: spent.backwardMilliseconds,
      total: performance.now() - begin,
    },
  };
}

function mutable(request: ExplainRequest): WasmExplainRequest {
  return {
    ...request,
    layers: [...request.layers],
    rules: request.rules.map((row) => ({ ...row, parameters: { ...row.parameters } })),
    parameters: { ...request.parameters },
    emit: [...request.emit],
  };
}
