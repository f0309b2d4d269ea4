import { describe, expect, test } from "vitest";

import { explainRequest, targetNames } from "../../web/src/explain-request.js";
import type { ExplainOptions, LayerInfo, ModelInfo } from "../../web/src/types.js";

const labels = ["cat", "dog", "fish"];

function layer(name: string, shape: number[]): LayerInfo {
  return {
    name,
    opType: "Conv",
    shape,
    macs: 0,
    parameters: 0,
    spatial: true,
    stage: true,
    attention: false,
  };
}

const info: ModelInfo = {
  name: "model",
  opset: 17,
  inputs: [{ name: "image", shape: [1, 3, 8, 8], type: "float32" }],
  outputs: [{ name: "probabilities", shape: [1, 3], type: "float32" }],
  logits: "scores",
  classes: 3,
  layers: [layer("deep", [1, 4, 2, 2]), layer("scores", [1, 3])],
  batchNorms: [],
  metadata: {},
  preprocess: [],
  labels: [],
};

const request = (options: ExplainOptions) => explainRequest(options, info, labels);

test("what is not given is left to the engine", () => {
  expect(request({})).toEqual({
    method: "relevance-cam",
    layers: [],
    targets: [],
    start: "",
    composite: "",
    rules: [],
    parameters: {},
    emit: [],
    output: "",
    seed: new Float32Array(0),
    fusion: "",
    evidence: "",
    ledger: false,
  });
});

test("what is given is passed on, numbers of settings as text", () => {
  const options = {
    ...({ method: "lrp", layers: "stages", start: "logit", composite: "gradient" } as const),
    ...({ parameters: { epsilon: 0.5 }, emit: ["cam", "weights"] } as const),
    ...({ fusion: "max", evidence: "signed" } as const),
  };
  expect(request(options)).toMatchObject({
    ...options,
    layers: ["stages"],
    parameters: { epsilon: "0.5" },
  });
});

test("what is of another type becomes a name, for the engine to refuse", () => {
  const options = { method: 5, layers: 7, start: null, emit: "cam", fusion: 3, evidence: [] };
  expect(request(options as unknown as ExplainOptions)).toMatchObject({
    ...{ method: "5", layers: ["7"], start: "", emit: ["cam"], fusion: "3", evidence: "" },
  });
});

describe("targets", () => {
  test.each<[ExplainOptions["target"], (number | "top")[]]>([
    ["top", []],
    [["top", "top"], []],
    [2, [2]],
    ["dog", [1]],
    [
      ["fish", 0, "2"],
      [2, 0],
    ],
    [
      ["top", 1],
      ["top", 1],
    ],
  ])("%j", (target, targets) => {
    expect(request({ target }).targets).toEqual(targets);
  });

  test("are elements of the output, with class names where it has one per class", () => {
    expect(request({ output: "deep", target: [15, "3"] }).targets).toEqual([15, 3]);
    expect(request({ output: "probabilities", target: "dog" }).targets).toEqual([1]);
    expect(() => request({ output: "deep", target: "dog" })).toThrow(/no class "dog"/);
    expect(() => request({ output: "deep", target: 16 })).toThrow(/"deep" has elements 0 to 15/);
  });

  test.each([[3], [["cat", "bird"]], [-1]])("there is no %j", (target) => {
    expect(() => request({ target })).toThrow(expect.objectContaining({ code: "unknown-class" }));
  });

  test("cannot be an empty list", () => {
    expect(() => request({ target: [] })).toThrow(
      expect.objectContaining({ code: "invalid-option", node: "target" }),
    );
  });

  test("have names", () => {
    expect(targetNames([2, 0], undefined, info, labels)).toEqual(["fish", "cat"]);
    expect(targetNames([2], "probabilities", info, labels)).toEqual(["fish"]);
    expect(targetNames([2], "deep", info, labels)).toEqual(["element 2"]);
    expect(targetNames([], undefined, info, labels)).toEqual([]);
  });
});

describe("seeds", () => {
  test("are written out", () => {
    expect(request({ seed: { 0: 1, 2: -0.5 } }).seed).toEqual(Float32Array.of(1, 0, -0.5));
    expect(request({ seed: [1, 2, 3] }).seed).toEqual(Float32Array.of(1, 2, 3));
    expect(request({ seed: Float32Array.of(4) }).seed).toEqual(Float32Array.of(4));
    const { seed } = request({ output: "deep", seed: { 15: 2 } });
    expect([seed.length, seed[15]]).toEqual([16, 2]);
  });

  test.each<[string, ExplainOptions]>([
    ["the element 3", { seed: { 3: 1 } }],
    ["the element 16", { output: "deep", seed: { 16: 1 } }],
    ["empty", { seed: {} }],
    ["empty", { seed: [] }],
  ])("%s is refused", (culprit, options) => {
    expect(() => request(options)).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        node: "seed",
        message: expect.stringContaining(culprit) as string,
      }),
    );
  });
});

test("an output that does not exist is refused by name", () => {
  expect(() => request({ output: "nowhere" })).toThrow(
    expect.objectContaining({ code: "unknown-layer", node: "nowhere" }),
  );
});
