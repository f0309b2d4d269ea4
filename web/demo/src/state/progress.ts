import type { Progress } from "relevance-cam";
import type { Task } from "./state.js";

const PHASES: Readonly<Record<Progress["phase"], string>> = {
  runtime: "Starting the engine",
  model: "Loading the model",
  prepare: "Preparing the model",
  forward: "Forward pass",
  backward: "Backward pass",
  trials: "Running the model again",
  cam: "Computing the maps",
};

export function taskOf({ phase, loaded, total }: Progress): Task {
  return { text: PHASES[phase], share: total > 0 ? loaded / total : undefined };
}
