import type {
  Backend,
  Call,
  ExplainReply,
  ExplainRequest,
  ForwardReply,
  LoadRequest,
  PortableInput,
} from "./backend.js";
import { RelevanceCamError } from "./error.js";
import type { ModelInfo, RunResult, RuntimeInfo, Tensor } from "./types.js";

/**
 * A backend that is replaced when it dies: the call under way rejects with `worker-died`, the next
 * one loads the model anew, unless it was given as bytes, which are not kept.
 */
export class RestartingBackend implements Backend {
  readonly #make: () => Backend;
  #current: Backend | undefined;
  #request: LoadRequest | undefined;
  /** The replacement's loading, so that calls made meanwhile share it. */
  #reviving: Promise<Backend> | undefined;

  constructor(make: () => Backend) {
    this.#make = make;
  }

  async load(request: LoadRequest, call: Call): Promise<ModelInfo> {
    const backend = this.#make();
    this.#current = backend;
    const info = await backend.load(request, call);
    if (isReadableAgain(request)) this.#request = request;
    return info;
  }

  forward(input: PortableInput, call: Call): Promise<ForwardReply> {
    return this.#use((backend) => backend.forward(input, call));
  }

  explain(input: PortableInput, request: ExplainRequest, call: Call): Promise<ExplainReply> {
    return this.#use((backend) => backend.explain(input, request, call));
  }

  run(input: PortableInput, call: Call): Promise<RunResult> {
    return this.#use((backend) => backend.run(input, call));
  }

  readTensor(file: Uint8Array): Promise<Tensor> {
    return this.#use((backend) => backend.readTensor(file));
  }

  runtimeInfo(): Promise<RuntimeInfo> {
    return this.#use((backend) => backend.runtimeInfo());
  }

  dispose(): void {
    this.#current?.dispose();
    this.#current = undefined;
    this.#request = undefined;
  }

  async #use<T>(call: (backend: Backend) => Promise<T>): Promise<T> {
    const backend = this.#current ?? (await this.#revive());
    try {
      return await call(backend);
    } catch (error) {
      if (isDeath(error)) this.#bury(backend);
      throw error;
    }
  }

  #bury(backend: Backend): void {
    backend.dispose();
    if (this.#current === backend) this.#current = undefined;
  }

  #revive(): Promise<Backend> {
    this.#reviving ??= this.#restart().finally(() => {
      this.#reviving = undefined;
    });
    return this.#reviving;
  }

  async #restart(): Promise<Backend> {
    if (!this.#request) {
      throw new RelevanceCamError(
        "worker-died",
        "The engine has died and the model's bytes are not kept; load the model anew.",
      );
    }
    const backend = this.#make();
    try {
      await backend.load(this.#request, {});
    } catch (error) {
      backend.dispose();
      throw error;
    }
    if (!this.#request) backend.dispose();
    else this.#current = backend;
    return backend;
  }
}

function isDeath(error: unknown): boolean {
  return error instanceof RelevanceCamError && error.code === "worker-died";
}

function isReadableAgain({ model, externalData }: LoadRequest): boolean {
  const files = [model, ...Object.values(externalData.named)];
  return !files.some((file) => file instanceof Uint8Array);
}
