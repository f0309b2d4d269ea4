// Our engine: how it is loaded, and the calls that are timed.
import { Explainer, type ExplainOptions, type Explanation, type LayerInfo } from "relevance-cam";

import { timed, type Call } from "./clock.js";
import { Inputs } from "./inputs.js";
import type { Build, Request, Sample } from "./samples.js";

export interface OurEngine {
  readonly ours: Explainer;
  readonly inputs: Inputs;
}

export function loadOurs({ model, threads }: Request): Promise<Explainer> {
  return Explainer.load(model, { threads, cache: false });
}

export function inputShape(explainer: Explainer): readonly number[] {
  const input = explainer.info().inputs[0];
  if (!input) throw new Error("The model has no input.");
  return input.shape;
}

/** The layer of this name. */
export function layerOf(explainer: Explainer, name: string): LayerInfo {
  const layer = explainer.layers().find((entry) => entry.name === name);
  if (!layer) throw new Error(`The model has no layer ${name}.`);
  return layer;
}

/** Loads our engine for `use`, whatever comes of it, and says what ran. */
export async function withOurs<T>(
  request: Request,
  use: (engine: OurEngine) => Promise<T>,
): Promise<T & Build> {
  const ours = await loadOurs(request);
  try {
    const result = await use({ ours, inputs: new Inputs(inputShape(ours)) });
    const { threads, variant } = await ours.runtimeInfo();
    return { ...result, threads, variant };
  } finally {
    ours.dispose();
  }
}

export function ourForward({ ours, inputs }: OurEngine): Call {
  return async () => {
    const [{ timings }, wall] = await timed(() => ours.run(inputs.next()));
    return { engine: timings.forward, wall };
  };
}

export function sampleOf(explanation: Explanation, wall: number, reusedForward: boolean): Sample {
  if (explanation.reusedForward !== reusedForward) {
    throw new Error(`A forward pass was ${reusedForward ? "repeated" : "left out"}.`);
  }
  return { engine: explanation.timings.total - explanation.timings.preprocess, wall };
}

/** Explains one picture after the other, so that each needs a forward pass. */
export function explainNew({ ours, inputs }: OurEngine, options: ExplainOptions): Call {
  return async () => {
    const [explanation, wall] = await timed(() => ours.explain(inputs.next(), options));
    return sampleOf(explanation, wall, false);
  };
}
