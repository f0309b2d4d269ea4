import type { Call } from "../backend.js";
import type { Progress } from "../types.js";
import { nextTask } from "./next-task.js";
import type { Model } from "./wasm-module.js";

/** Work between two looks at the messages: what a cancellation waits for, beside one node. */
const SLICE_MILLISECONDS = 10;

/**
 * Finishes the model's job in slices.
 * @param check throws when the work is no longer wanted; the job is dropped then
 */
export async function drive(model: Model, { onProgress }: Call, check: () => void): Promise<void> {
  try {
    while (model.runFor(SLICE_MILLISECONDS)) {
      const { phase, done, total } = model.progress();
      onProgress?.({ phase: phase as Progress["phase"], loaded: done, total });
      await nextTask();
      check();
    }
  } catch (error) {
    model.cancel();
    throw error;
  }
}
