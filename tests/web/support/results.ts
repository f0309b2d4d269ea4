import type { Explanation, ResultArray } from "../../../web/src/types.js";

/** A map of one row of pixels. */
export function resultOf(
  layer: string,
  values: readonly number[],
  about: Partial<ResultArray> = {},
): ResultArray {
  return {
    ...({ method: "relevance-cam", layer, kind: "cam", target: 0, region: null } as const),
    ...{ start: "clrp", composite: "relevance-cam" },
    shape: [1, 1, 1, values.length],
    data: Float32Array.from(values),
    ...about,
  };
}

export function explanationOf(
  results: readonly ResultArray[],
  targets: readonly number[] = [0],
): Explanation {
  const labels = targets.map((target) => `class ${target}`);
  return {
    logits: Float32Array.of(2, 1),
    probabilities: Float32Array.of(0.73, 0.27),
    timings: { preprocess: 1, forward: 2, backward: 3, total: 6 },
    reusedForward: false,
    target: targets[0] ?? -1,
    label: labels[0] ?? "",
    results,
    targets,
    labels,
    ledger: [],
    diagnoses: [],
  };
}
