/**
 * The same explainer without a worker of its own: it computes in the thread that calls it. For use
 * inside a worker of yours.
 *
 * @packageDocumentation
 */
import { Engine } from "./engine/engine.js";
import { webPlatform } from "./engine/platform-web.js";
import { ExplainerBase } from "./explainer-base.js";
import { RestartingBackend } from "./restarting-backend.js";
import type { LoadOptions, ModelSource } from "./types.js";

export { encodePng } from "./bundle/png-web.js";
export * from "./common.js";

/** An explainer that computes in the calling thread, in slices that let events through. */
export class Explainer extends ExplainerBase {
  /**
   * Loads an ONNX model.
   * @throws RelevanceCamError naming what is wrong with the model, an option or the browser.
   */
  static async load(model: ModelSource, options: LoadOptions = {}): Promise<Explainer> {
    const backend = new RestartingBackend(() => new Engine(webPlatform));
    return new Explainer(...(await ExplainerBase.open(backend, model, options)));
  }
}
