import { expose, transfer } from "comlink";

import type { Backend, Call } from "../backend.js";
import type { Progress } from "../types.js";
import { hasLocks, outcomeOf, type CallId, type Outcome, type RemoteEngine } from "./protocol.js";

/** Offers `backend` to the page that started this worker. */
export function serve(backend: Backend): void {
  expose(remoteEngine(backend));
}

function remoteEngine(backend: Backend): RemoteEngine {
  const running = new Map<CallId, AbortController>();
  let report: (id: CallId, progress: Progress) => void = () => undefined;

  async function perform<T>(id: CallId, work: (call: Call) => Promise<T>): Promise<Outcome<T>> {
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (progress: Progress): void => {
      report(id, progress);
    };
    const outcome = await outcomeOf(() => work({ signal: controller.signal, onProgress }));
    running.delete(id);
    return transfer(outcome, buffersIn(outcome));
  }

  return {
    async connect(lock, receiver) {
      report = receiver;
      if (hasLocks()) await hold(lock);
    },
    cancel: (id) => running.get(id)?.abort(),
    load: (id, request) => perform(id, (call) => backend.load(request, call)),
    forward: (id, input) => perform(id, (call) => backend.forward(input, call)),
    explain: (id, input, request) => perform(id, (call) => backend.explain(input, request, call)),
    run: (id, input) => perform(id, (call) => backend.run(input, call)),
    readTensor: (file) => outcomeOf(() => backend.readTensor(file)),
    runtimeInfo: () => outcomeOf(() => backend.runtimeInfo()),
  };
}

/** Takes the lock for as long as this worker lives. */
function hold(lock: string): Promise<void> {
  return new Promise((resolve) => {
    const forever = new Promise<never>(() => undefined);
    void navigator.locks.request(lock, () => {
      resolve();
      return forever;
    });
  });
}

/** Every buffer of arrays in a reply: they are moved to the page, not copied. */
function buffersIn(value: unknown): ArrayBuffer[] {
  if (value instanceof Float32Array) return [value.buffer as ArrayBuffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersIn);
}
