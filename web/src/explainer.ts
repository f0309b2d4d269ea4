import { RelevanceCamError } from "./error.js";
import { ExplainerBase } from "./explainer-base.js";
import { RestartingBackend } from "./restarting-backend.js";
import { WorkerBackend } from "./rpc/worker-backend.js";
import type { LoadOptions, ModelSource } from "./types.js";

/** An explainer that computes in a worker of its own, so that the page stays responsive. */
export class Explainer extends ExplainerBase {
  /**
   * Loads an ONNX model.
   * @throws RelevanceCamError naming what is wrong with the model, an option or the browser.
   */
  static async load(model: ModelSource, options: LoadOptions = {}): Promise<Explainer> {
    const makeWorker = workerFactory(options.worker);
    const backend = new RestartingBackend(() => new WorkerBackend(makeWorker()));
    return new Explainer(...(await ExplainerBase.open(backend, model, options)));
  }
}

function workerFactory(worker: LoadOptions["worker"]): () => Worker {
  if (worker === undefined) return ownWorker;
  if (typeof worker === "function") return worker;
  let used = false;
  return () => {
    if (used) {
      throw new RelevanceCamError(
        "worker-died",
        "The worker has died and was made by the caller; load the model anew with another one.",
      );
    }
    used = true;
    return worker;
  };
}

/** Written just so for bundlers, which find the worker by this pattern. */
function ownWorker(): Worker {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}
