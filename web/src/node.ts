/**
 * The package under Node: images are `{data, width, height}` pixels or ready tensors.
 *
 * @packageDocumentation
 */
import { Engine } from "./engine/engine.js";
import { nodePlatform } from "./engine/platform-node.js";
import { ExplainerBase } from "./explainer-base.js";
import { RestartingBackend } from "./restarting-backend.js";
import type { LoadOptions, ModelSource } from "./types.js";

export { encodePng } from "./bundle/png-node.js";
export * from "./common.js";

/** An explainer that computes in the calling thread, in slices that let events through. */
export class Explainer extends ExplainerBase {
  /**
   * Loads an ONNX model; a `file:` URL is read from disk.
   * @throws RelevanceCamError naming what is wrong with the model or an option.
   */
  static async load(model: ModelSource, options: LoadOptions = {}): Promise<Explainer> {
    const backend = new RestartingBackend(() => new Engine(nodePlatform));
    return new Explainer(...(await ExplainerBase.open(backend, model, options)));
  }
}
