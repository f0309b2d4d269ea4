import { expect, test } from "vitest";

import { topTarget } from "../../../web/src/engine/resolve-targets.js";
import type { Model } from "../../../web/src/engine/wasm-module.js";
import type { ModelInfo } from "../../../web/src/types.js";

const info = {
  logits: "scores",
  outputs: [{ name: "probabilities", shape: [1, 3] }],
} as unknown as ModelInfo;

function modelOf(scores: readonly number[]): Model {
  return {
    logits: () => Float32Array.from(scores),
    output: (name: string) => Float32Array.from(name === "probabilities" ? [0, 0, 1] : []),
  } as unknown as Model;
}

test.each([["" /* the default */], ["logits"], ["scores"]])("the largest logit: %j", (output) => {
  expect(topTarget(modelOf([-3, -1, -2]), info, output)).toBe(1);
  expect(topTarget(modelOf([4, 4, 1]), info, output)).toBe(0);
});

test("or the largest element of an output of the model", () => {
  expect(topTarget(modelOf([1, 0, 0]), info, "probabilities")).toBe(2);
});

test("of other tensors it is not known beside other targets", () => {
  expect(() => topTarget(modelOf([1]), info, "hidden")).toThrow(/"hidden" is neither/);
});
