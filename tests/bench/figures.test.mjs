import { describe, expect, it } from "vitest";

import { measurementFigures, moduleFigures, times } from "./figures.mjs";
import { chosen, models, studies } from "./models.mjs";
import { measurementText } from "./report.mjs";
import { median, smallest } from "./statistics.mjs";

const samples = (...engine) => engine.map((value) => ({ engine: value, wall: value + 1 }));

/** Every bound of a model with named layers is just kept. */
const kept = {
  study: "relevance-cam",
  threads: 1,
  weights: 100,
  layers: ["shallow", "deep"],
  difference: 1e-3,
  ours: { load: 1, firstResult: 2, memory: 350 },
  theirs: { load: 1, firstResult: 2, memory: 350 },
  forward: { theirs: samples(100, 100, 900), ours: samples(65, 64, 66) },
  single: {
    deep: { ours: samples(100), explain: samples(110) },
    shallow: { explain: samples(130) },
  },
  all: { theirs: samples(100), first: samples(170), other: samples(85) },
};
/** As `kept`, of the other studies. */
const gradCam = {
  study: "grad-cam",
  threads: 2,
  layer: "shallow",
  difference: 1e-3,
  explain: { theirs: samples(400, 400, 900), ours: samples(100, 99, 101) },
};
const classes = {
  study: "classes",
  threads: 2,
  layers: ["shallow", "deep"],
  explain: { one: samples(100), ten: samples(300) },
};
const scoreCam = {
  study: "score-cam",
  threads: 2,
  layer: "deep",
  channels: 512,
  forward: samples(10, 9, 11),
  explain: samples(0.9 * 5120),
};
const loading = {
  study: "loading",
  threads: 1,
  file: 100,
  memory: 110,
  peak: 160,
  start: { theirs: samples(1000), ours: samples(900) },
};
const everyStudy = [kept, gradCam, classes, scoreCam, loading];
const model = { name: "net", forwardBound: 0.65, layers: ["shallow", "deep"] };

const failures = (figures) => figures.filter(({ passed }) => !passed).map(({ name }) => name);

describe("measurementFigures", () => {
  it.each(everyStudy)("passes what just keeps the bounds of $study", (result) => {
    const figures = measurementFigures(model, result);
    expect(failures(figures)).toEqual([]);
    expect(figures.every(({ bound }) => bound === undefined || bound > 0)).toBe(true);
    expect(figures.some(({ bound }) => bound > 0)).toBe(true);
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

  it.each([
    ["difference of Grad-CAM shallow / largest", gradCam, { difference: 2e-3 }],
    ["difference of Grad-CAM shallow / largest", gradCam, { difference: NaN }],
    [
      "Grad-CAM shallow / TensorFlow.js Grad-CAM",
      gradCam,
      { explain: { ...gradCam.explain, ours: samples(101) } },
    ],
    [
      "Relevance-CAM, layer1..layer4, ten classes / one class",
      classes,
      { explain: { ...classes.explain, ten: samples(301) } },
    ],
    ["Score-CAM deep / 512 x forward", scoreCam, { explain: samples(0.91 * 5120) }],
    [
      "from bytes to first logits / onnxruntime-web",
      loading,
      { start: { ...loading.start, ours: samples(901) } },
    ],
    ["peak memory while loading / file", loading, { peak: 161 }],
    ["peak memory while loading / file", loading, { peak: NaN }],
  ])("fails %s alone", (name, result, change) => {
    expect(failures(measurementFigures(model, { ...result, ...change }))).toEqual([name]);
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

it("every study is of some model, and in these tests", () => {
  const names = new Set(Object.keys(studies));
  expect(new Set(chosen({}).map(({ study }) => study))).toEqual(names);
  expect(new Set(everyStudy.map(({ study }) => study))).toEqual(names);
});

describe("chosen", () => {
  const list = (choice) => chosen(choice).map(({ entry, study }) => `${entry.name} ${study}`);

  it("takes every model without a choice", () => {
    expect(new Set(chosen({}).map(({ entry }) => entry))).toEqual(new Set(models));
  });

  it("takes only what is chosen", () => {
    expect(list({ model: ["resnet50"] })).toContain("resnet50 grad-cam");
    expect(list({ study: ["grad-cam"] })).toEqual(["resnet50 grad-cam"]);
    expect(list({ model: ["resnet18"], study: ["grad-cam"] })).toEqual([]);
  });
});

it.each(everyStudy)("the text of $study has a row for every kind of call", (result) => {
  const text = measurementText(result);
  for (const { name } of times(result)) expect(text).toContain(name);
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
  expect(times(scoreCam).map(({ name, engine }) => [name, engine])).toEqual([
    ["forward", 10],
    ["Score-CAM deep", 0.9 * 5120],
  ]);
});

it("statistics take the middle and the least", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(smallest([3, 1, 2])).toBe(1);
});
