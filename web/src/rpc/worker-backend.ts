import { proxy, transfer, wrap, type Remote } from "comlink";

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
import type { ModelInfo, Progress, RunResult, RuntimeInfo, Tensor } from "../types.js";
import { hasLocks, valueOf, type CallId, type Outcome, type RemoteEngine } from "./protocol.js";

/** A worker that computes, and this page's end of the line to it. */
export class WorkerBackend implements Backend {
  readonly #worker: Worker;
  readonly #remote: Remote<RemoteEngine>;
  readonly #progress = new Map<CallId, (progress: Progress) => void>();
  /** Ends the waiting for the worker's lock. */
  readonly #watch = new AbortController();
  readonly #ready: Promise<void>;
  #lastId: CallId = 0;
  /** Of the calls under way: ends each with an error. */
  readonly #interrupt = new Set<(error: RelevanceCamError) => void>();
  /** Why no call can be answered any more. */
  #end: RelevanceCamError | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#remote = wrap<RemoteEngine>(worker);
    worker.addEventListener("error", (event) => {
      this.#died(event.message || "its script cannot be loaded");
    });
    this.#ready = this.#connect();
    this.#ready.catch(() => undefined);
  }

  load(request: LoadRequest, call: Call): Promise<ModelInfo> {
    return this.#call(call, (id) => this.#remote.load(id, request));
  }

  forward(input: PortableInput, call: Call): Promise<ForwardReply> {
    return this.#call(call, (id) => this.#remote.forward(id, movable(input)));
  }

  explain(input: PortableInput, request: ExplainRequest, call: Call): Promise<ExplainReply> {
    return this.#call(call, (id) => this.#remote.explain(id, movable(input), request));
  }

  run(input: PortableInput, call: Call): Promise<RunResult> {
    return this.#call(call, (id) => this.#remote.run(id, movable(input)));
  }

  readTensor(file: Uint8Array): Promise<Tensor> {
    return this.#call({}, () => this.#remote.readTensor(file));
  }

  runtimeInfo(): Promise<RuntimeInfo> {
    return this.#call({}, () => this.#remote.runtimeInfo());
  }

  dispose(): void {
    this.#watch.abort();
    this.#die(new RelevanceCamError("disposed", "The explainer was disposed of during this call."));
    this.#worker.terminate();
  }

  async #connect(): Promise<void> {
    const lock = `relevance-cam-${crypto.randomUUID()}`;
    const report = (id: CallId, progress: Progress): void => this.#progress.get(id)?.(progress);
    await this.#remote.connect(lock, proxy(report));
    if (!hasLocks()) return;
    const watch = navigator.locks.request(lock, { signal: this.#watch.signal }, () => {
      this.#died("it was ended from outside, or the browser was out of memory");
    });
    watch.catch(() => undefined);
  }

  #died(reason: string): void {
    this.#die(new RelevanceCamError("worker-died", `The worker has died: ${reason}.`));
  }

  #die(error: RelevanceCamError): void {
    this.#end ??= error;
    for (const interrupt of this.#interrupt) interrupt(error);
  }

  async #call<T>(call: Call, send: (id: CallId) => Promise<Outcome<T>>): Promise<T> {
    if (this.#end) throw this.#end;
    const id = ++this.#lastId;
    const abortion = rejectionOf(call.signal, () => void this.#remote.cancel(id));
    this.#interrupt.add(abortion.reject);
    if (call.onProgress) this.#progress.set(id, call.onProgress);
    try {
      await Promise.race([this.#ready, abortion.promise]);
      return valueOf(await Promise.race([send(id), abortion.promise]));
    } finally {
      this.#progress.delete(id);
      this.#interrupt.delete(abortion.reject);
      abortion.forget();
    }
  }
}

/**
 * A promise of one call that rejects when the signal is aborted or by hand, and otherwise never
 * settles. It is raced against the answer: a promise that outlived the call would keep every answer.
 */
function rejectionOf(
  signal: AbortSignal | undefined,
  onAbort: () => void,
): {
  readonly promise: Promise<never>;
  readonly reject: (error: Error) => void;
  forget(): void;
} {
  let reject = (_error: Error): void => undefined;
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => undefined);
  const listener = (): void => {
    onAbort();
    reject(signal?.reason as Error);
  };
  if (signal?.aborted) listener();
  signal?.addEventListener("abort", listener);
  return {
    promise,
    reject,
    forget: () => {
      signal?.removeEventListener("abort", listener);
    },
  };
}

/** Bitmaps are moved to the worker; they are copies of ours (see image/source.ts). */
function movable(input: PortableInput): PortableInput {
  const { image } = input;
  const isBitmap = typeof ImageBitmap !== "undefined" && image instanceof ImageBitmap;
  return isBitmap ? transfer(input, [image]) : input;
}
