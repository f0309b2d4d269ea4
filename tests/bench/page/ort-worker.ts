import { expose, transfer } from "comlink";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

export interface OrtResult {
  readonly output: Float32Array;
  /** Milliseconds of the run alone. */
  readonly engine: number;
}

const memories: WebAssembly.Memory[] = [];

/** Lets the memory that onnxruntime-web makes for its threads be measured. */
class ObservedMemory extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
}

WebAssembly.Memory = ObservedMemory;

/** onnxruntime-web with its WebAssembly backend, in this worker. */
class OrtEngine {
  #session: InferenceSession | undefined;
  #bytes: Uint8Array = new Uint8Array();

  async load(model: string, threads: number): Promise<void> {
    env.wasm.numThreads = threads;
    env.wasm.wasmPaths = new URL("/node_modules/onnxruntime-web/dist/", self.location.href).href;
    this.#session = await InferenceSession.create(model, { executionProviders: ["wasm"] });
  }

  /** Starts the runtime by loading another, small model. */
  async start(model: string, bytes: Uint8Array, threads: number): Promise<void> {
    await this.load(model, threads);
    await this.#session?.release();
    this.#bytes = bytes;
  }

  /** Creates a session of the bytes that it was started with and runs it. */
  async loadAndRun(data: Float32Array, shape: readonly number[]): Promise<OrtResult> {
    const begin = performance.now();
    this.#session = await InferenceSession.create(this.#bytes, { executionProviders: ["wasm"] });
    const { output } = await this.run(data, shape);
    return { output, engine: performance.now() - begin };
  }

  async run(data: Float32Array, shape: readonly number[]): Promise<OrtResult> {
    const session = this.#session;
    if (!session) throw new Error("Load a model first.");
    const [inputName] = session.inputNames;
    const [outputName] = session.outputNames;
    if (inputName === undefined || outputName === undefined) throw new Error("No input or output.");
    const input = new Tensor("float32", data, shape);
    const begin = performance.now();
    const outputs = await session.run({ [inputName]: input });
    const engine = performance.now() - begin;
    const output = Float32Array.from(outputs[outputName]?.data as Float32Array);
    return transfer({ output, engine }, [output.buffer]);
  }

  memory(): number {
    return memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  }
}

export type { OrtEngine };

expose(new OrtEngine());
