import { RelevanceCamError } from "../error.js";
import type { ModelInfo } from "../types.js";
import type { Model } from "./wasm-module.js";

/**
 * The element with the largest score, after a forward pass.
 * @param output where relevance begins; empty: the logits
 * @throws RelevanceCamError `invalid-option` where that tensor's values are not at hand
 */
export function topTarget(model: Model, info: ModelInfo, output: string): number {
  const scores = scoresOf(model, info, output);
  return scores.reduce((best, score, index) => (score > (scores[best] ?? 0) ? index : best), 0);
}

function scoresOf(model: Model, info: ModelInfo, output: string): Float32Array {
  if (["", "logits", info.logits].includes(output)) return model.logits();
  if (info.outputs.some(({ name }) => name === output)) return model.output(output);
  throw new RelevanceCamError(
    "invalid-option",
    `"top" beside other targets needs the logits or an output of the model; "${output}" is neither.`,
    "target",
  );
}
