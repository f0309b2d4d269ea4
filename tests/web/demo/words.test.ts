import type { LayerInfo } from "relevance-cam";
import { expect, test } from "vitest";
import { chosen } from "../../../web/demo/src/state/choice.js";
import {
  amount,
  depthWords,
  describeChoice,
  gridSize,
  mapCaption,
  methodTitle,
  stageTitle,
} from "../../../web/demo/src/words.js";
import { resultOf } from "../support/results.js";

test.each([
  ["relevance-cam", "Relevance-CAM"],
  ["grad-cam++", "Grad-CAM++"],
  ["smooth-grad-cam++", "Smooth-Grad-CAM++"],
  ["hires-cam", "HiRes-CAM"],
  ["integrated-gradients", "Integrated gradients"],
  ["input-x-gradient", "Input × gradient"],
  ["lrp", "LRP"],
  ["rise", "RISE"],
  ["legrad", "LeGrad"],
  ["some-new-cam", "Some-New-CAM"],
])("%s is called %s", (name, title) => {
  expect(methodTitle(name)).toBe(title);
});

test("a choice is described by what is set about it", () => {
  expect(describeChoice(chosen("grad-cam"))).toBe("Grad-CAM");
  expect(describeChoice(chosen("relevance-cam"))).toBe("Relevance-CAM (balanced)");
  const few = { ...chosen("rise"), parameters: { masks: "50" } };
  expect(describeChoice(few)).toBe("RISE (masks 50)");
});

test("a caption says where the map comes from", () => {
  const map = resultOf("x", [1, 2]);
  expect(mapCaption(chosen("relevance-cam"), map)).toBe("1 × 2, balanced");
  expect(mapCaption(chosen("lrp"), map)).toBe("input, 1 × 2, logit");
  expect(mapCaption(chosen("score-cam"), map)).toBe("last stage, 1 × 2, one-hot");
  expect(mapCaption(chosen("refine-cam"), map)).toBe("product of all stages, 1 × 2, one-hot");
  expect(mapCaption(chosen("eigen-cam"), map)).toBe("1 × 2");
});

test("the words about depth say which figure it moves", () => {
  const deep = { title: "A", follows: true };
  const flat = { title: "B", follows: false };
  expect(depthWords(deep, deep)).toBe("above A, below A");
  expect(depthWords(deep, flat)).toMatch(/^A only: B/);
  expect(depthWords(flat, deep)).toMatch(/^A only: B/);
  expect(depthWords(flat, flat)).toMatch(/does not apply/);
});

test("amounts have four digits and a minus sign, very small ones two", () => {
  expect(amount(-1.2345e-8)).toBe("−1.2e−8");
  expect(amount(0.123456)).toBe("0.1235");
  expect(amount(-1.5)).toBe("−1.5");
  expect(amount(0)).toBe("0");
});

test("a layer's grid is that of its image, or of its tokens", () => {
  expect(gridSize({ shape: [1, 64, 28, 14] })).toBe("28 × 14");
  const tokens = { prefix: 1, rows: 8, columns: 6 };
  expect(gridSize({ shape: [1, 49, 192], tokens })).toBe("8 × 6");
});

test("stages of one grid are told apart by their place", () => {
  const stage = (rows: number): LayerInfo => ({
    ...{ name: "", opType: "LayerNormalization", shape: [1, 65, 48], macs: 0, parameters: 0 },
    ...{ spatial: true, stage: true, attention: false, tokens: { prefix: 1, rows, columns: rows } },
  });
  const stages = [stage(16), stage(8), stage(8)];
  expect(stages.map((_, depth) => stageTitle(stages, depth))).toEqual([
    ...["16 × 16", "2: 8 × 8", "3: 8 × 8"],
  ]);
});
