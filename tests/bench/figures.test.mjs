import { describe, expect, it } from "vitest";

import { measurementFigures, moduleFigures, times } from "./figures.mjs";
import { median, smallest } from "./statistics.mjs";

const samples = (...engine) => engine.map((value) => ({ engine: value, wall: value + 1 }));

/** Every bound of a model with named layers is just kept. */
const kept = {
  threads: 1,
  weights: 100,
  layers: ["shallow", "deep"],
  difference: 1e-3,
  ours: { load: 1, firstResult: 2, memory: 350 },
  forward: { theirs: samples(100, 100, 900), ours: samples(65, 64, 66) },
  single: {
    deep: { ours: samples(100), explain: samples(110) },
    shallow: { explain: samples(130) },
  },
  all: { theirs: samples(100), first: samples(170), other: samples(85) },
};
const model = { name: "net", forwardBound: 0.65, layers: ["shallow", "deep"] };

const failures = (figures) => figures.filter(({ passed }) => !passed).map(({ name }) => name);

describe("measurementFigures", () => {
  it("passes what just keeps its bounds", () => {
    expect(failures(measurementFigures(model, kept))).toEqual([]);
  });

  it.each([
    ["difference of outputs / largest", { difference: 2e-3 }],
    ["difference of outputs / largest", { difference: NaN }],
    ["forward / onnxruntime-web forward", { forward: { ...kept.forward, ours: samples(66) } }],
    [
      "Relevance-CAM, deepest stage / forward",
      { single: { ...kept.single, deep: { ours: samples(100), explain: samples(111) } } },
    ],
    [
      "Relevance-CAM, layer1..layer4 / onnxruntime-web forward",
      { all: { ...kept.all, first: samples(171) } },
    ],
    ["another class, layer1..layer4 / first", { all: { ...kept.all, other: samples(86) } }],
    ["memory, layer1..layer4 / weights", { ours: { ...kept.ours, memory: 351 } }],
  ])("fails %s alone", (name, change) => {
    expect(failures(measurementFigures(model, { ...kept, ...change }))).toEqual([name]);
  });

  it("bounds several layers only where the model names them", () => {
    const slow = { ...kept, all: { ...kept.all, first: samples(999), other: samples(999) } };
    const unnamed = { ...model, layers: undefined };
    expect(failures(measurementFigures(unnamed, slow))).toEqual([]);
  });
});

it("moduleFigures fails a module that is too large", () => {
  expect(failures(moduleFigures({ raw: 1e6, brotli: 300e3 }))).toEqual([]);
  expect(failures(moduleFigures({ raw: 1e6 + 1, brotli: 300e3 + 1 }))).toHaveLength(2);
});

it("times lists every kind of call once", () => {
  expect(times(kept).map(({ name }) => name)).toEqual([
    "onnxruntime-web forward",
    "forward",
    "Relevance-CAM shallow",
    "Relevance-CAM deep",
    "Relevance-CAM, all of these",
    "another class, all of these",
  ]);
});

it("statistics take the middle and the least", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(smallest([3, 1, 2])).toBe(1);
});
