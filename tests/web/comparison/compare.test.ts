import { describe, expect, test, vi } from "vitest";

import { compare } from "../../../web/src/comparison/compare.js";
import { RelevanceCamError } from "../../../web/src/error.js";
import type { CompareOptions, ExplainOptions, Explanation } from "../../../web/src/types.js";
import { explanationOf, resultOf } from "../support/results.js";

const layers = ["input", "shallow", "deep"];
const targets = [0, 1];

function cams(method: string, strength: number): Explanation {
  const results = targets.flatMap((target) =>
    ["deep", "shallow"].map((layer) => resultOf(layer, [strength, -9], { method, target })),
  );
  return explanationOf(results, targets);
}

function attributions(): Explanation {
  const about = { method: "gradient", kind: "attribution" } as const;
  const results = targets.map((target) => resultOf("input", [1, -9], { ...about, target }));
  return explanationOf(results, targets);
}

const refusal = new RelevanceCamError("uncovered-node", "no rule for Conv");

/** An explainer in which `broken` fails. */
const explain = vi.fn((options: ExplainOptions): Promise<Explanation> => {
  if (options.method === "broken") return Promise.reject(refusal);
  if (options.method === "gradient") return Promise.resolve(attributions());
  return Promise.resolve(cams(options.method ?? "", options.start === "logit" ? 4 : 2));
});

const ask = (options: CompareOptions) => compare(explain, options, layers);

test("one cell for every method, target and layer, in the order of methods, targets and depth", async () => {
  const comparison = await ask({ methods: ["grad-cam", "gradient"] });
  expect(comparison.methods).toEqual(["grad-cam", "gradient"]);
  expect(comparison.targets).toEqual(targets);
  expect(comparison.labels).toEqual(["class 0", "class 1"]);
  expect(comparison.layers).toEqual(layers);
  const keys = comparison.cells.map(({ method, target, layer }) => [method, target, layer]);
  expect(keys).toEqual(
    ["grad-cam", "gradient"].flatMap((method) =>
      targets.flatMap((target) => layers.map((layer) => [method, target, layer])),
    ),
  );
  for (const { result, method, target, layer } of comparison.cells) {
    if (result) expect(result).toMatchObject({ method, target, layer });
  }
  expect(comparison.cells.map(({ result }) => result !== null)).toEqual([
    ...[false, true, true, false, true, true],
    ...[true, false, false, true, false, false],
  ]);
  expect(comparison.timings.total).toBe(12);
});

test("options of a method are its own, layers and targets common to all", async () => {
  explain.mockClear();
  const { methods } = await ask({
    methods: [
      "grad-cam",
      { method: "relevance-cam", start: "logit", parameters: { "conv-bias": "twice" } },
      { method: "relevance-cam", title: "ours", kind: "relevance" },
      { method: "lrp", composite: [{ rule: "flat" }] },
    ],
    layers: "stages",
    targets: ["top", 1],
  });
  expect(methods).toEqual([
    ...["grad-cam", "relevance-cam start=logit conv-bias=twice", "ours", "lrp composite=custom"],
  ]);
  const asked = explain.mock.calls.map(([options]) => options);
  expect(asked).toMatchObject([
    { method: "grad-cam" },
    { method: "relevance-cam", start: "logit", parameters: { "conv-bias": "twice" } },
    { method: "relevance-cam", emit: ["relevance"] },
    { method: "lrp", composite: [{ rule: "flat" }] },
  ]);
  for (const options of asked) {
    expect(options).toMatchObject({ layers: "stages", target: ["top", 1] });
    expect(options).not.toHaveProperty("title");
  }
});

test("diagnoses say which method they are about", async () => {
  const flat = { code: "flat-map", layer: "deep", message: "it is flat", target: 0 } as const;
  const withDiagnosis = async (options: ExplainOptions): Promise<Explanation> => ({
    ...(await explain(options)),
    diagnoses: options.method === "gradient" ? [flat] : [],
  });
  const methods = ["grad-cam", { method: "gradient", title: "plain" }];
  const { diagnoses } = await compare(withDiagnosis, { methods }, layers);
  expect(diagnoses).toEqual([{ method: "plain", ...flat }]);
});

describe("scales", () => {
  const methods = ["relevance-cam", { method: "relevance-cam", start: "logit" }, "gradient"];
  const scalesOf = async (scale?: "shared" | "each") => {
    const { cells } = await ask({ methods, scale });
    return cells.map((cell) => [cell.scale, cell.signed]);
  };

  test("each map has its own: the largest value, of signed kinds in either direction", async () => {
    const scales = await scalesOf();
    expect(scales.slice(0, 3)).toEqual([
      [0, false],
      [2, false],
      [2, false],
    ]);
    expect(scales.slice(6, 9)).toEqual([
      [0, false],
      [4, false],
      [4, false],
    ]);
    expect(scales[12]).toEqual([9, true]);
  });

  test("maps that were asked for with their negative half are painted with it", async () => {
    const { cells } = await ask({ methods: [{ method: "grad-cam", evidence: "signed" }] });
    expect(cells.map(({ signed, scale }) => [signed, scale])[0]).toEqual([true, 9]);
  });

  test("or all share the strongest", async () => {
    expect(new Set((await scalesOf("shared")).map(([scale]) => scale))).toEqual(new Set([9]));
  });
});

describe("failures", () => {
  test("of one method stay in its cells", async () => {
    const { cells } = await ask({ methods: ["broken", "grad-cam"] });
    const broken = cells.filter(({ method }) => method === "broken");
    expect(broken).toHaveLength(4);
    for (const { error, result, scale } of broken) {
      expect([error, result, scale]).toEqual(["no rule for Conv", null, 0]);
    }
    expect(cells.filter(({ method, error }) => method === "grad-cam" && error)).toEqual([]);
  });

  test("of every method are one error", async () => {
    await expect(ask({ methods: ["broken", "broken"] })).rejects.toBe(refusal);
  });

  test("that concern all methods end the comparison", async () => {
    const bad = new RelevanceCamError("invalid-image", "no picture");
    const failing = vi.fn().mockRejectedValue(bad);
    await expect(compare(failing, { methods: ["a", "b"] }, layers)).rejects.toBe(bad);
    expect(failing).toHaveBeenCalledOnce();
  });

  test("by cancelling give the signal's reason", async () => {
    const reason = new Error("enough");
    const failing = vi.fn().mockRejectedValue(reason);
    await expect(compare(failing, { methods: ["a", "b"] }, layers)).rejects.toBe(reason);
    expect(failing).toHaveBeenCalledOnce();
  });

  test.each<[string, CompareOptions]>([
    ["methods", { methods: [] }],
    ["scale", { methods: ["grad-cam"], scale: "none" as "each" }],
  ])("bad %s is refused by name", async (node, options) => {
    await expect(ask(options)).rejects.toMatchObject({ code: "invalid-option", node });
  });
});
