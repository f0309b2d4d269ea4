// Engines that ours is measured beside: each in a worker of its own, as ours is.
import { wrap, type Remote } from "comlink";

export interface Peer<T> {
  readonly engine: Remote<T>;
  readonly close: () => void;
}

/** Starts the worker `name` of this folder, which exposes a `T`. */
export function startPeer<T>(name: string): Peer<T> {
  const worker = new Worker(`/build/bench/${name}.js`, { type: "module" });
  return {
    engine: wrap<T>(worker),
    close: () => {
      worker.terminate();
    },
  };
}
