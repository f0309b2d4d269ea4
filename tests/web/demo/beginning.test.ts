import type { ModelInfo } from "relevance-cam";
import { describe, expect, test } from "vitest";
import { readBeginning, type WrittenBeginning } from "../../../web/demo/src/state/beginning.js";

const info = {
  logits: "logits",
  classes: 3,
  layers: [
    { name: "features", shape: [1, 2, 4, 5] },
    { name: "logits", shape: [1, 3] },
  ],
  outputs: [{ name: "logits", shape: [1, 3] }],
} as unknown as ModelInfo;

const written = (part: Partial<WrittenBeginning>): WrittenBeginning => ({
  ...{ output: "", elements: "weights", weights: "1:1" },
  ...{ channel: "0", left: "0", top: "0", width: "1", height: "1" },
  ...part,
});
const read = (part: Partial<WrittenBeginning>) => readBeginning(written(part), info);

test("weights of class scores, of which the name need not be written", () => {
  const wanted = {
    output: "",
    seed: { 0: 0.5, 2: -1 },
    words: "2 weighted elements of the class scores",
  };
  expect(read({ weights: "0:0.5, 2=-1" })).toEqual(wanted);
  expect(read({ weights: "0 : 0.5\n2:-1,", output: "logits" })).toEqual(wanted);
});

test("a region of a channel, in ONNX order", () => {
  const region = {
    output: "features",
    elements: "region",
    channel: "1",
    left: "3",
    top: "2",
  } as const;
  expect(read({ ...region, width: "2", height: "2" })).toEqual({
    output: "features",
    seed: { 33: 1, 34: 1, 38: 1, 39: 1 },
    words: "2 × 2 positions of channel 1 of features",
  });
});

test("the largest element has no seed", () => {
  expect(read({ output: "features", elements: "largest" })).toEqual({
    output: "features",
    words: "the largest element of features",
  });
});

describe("is refused in words:", () => {
  test.each<[string, Partial<WrittenBeginning>]>([
    ["no tensor “nowhere”", { output: "nowhere" }],
    ["at least one", { weights: " , " }],
    ["index from 0 to 2", { weights: "3:1" }],
    ["“1:x” does not do", { weights: "1:x" }],
    ["“1” does not do", { weights: "1" }],
    ["no rows and columns", { elements: "region" }],
    [
      "channel is a whole number from 0 to 1",
      { output: "features", elements: "region", channel: "2" },
    ],
    [
      "width is a whole number from 1 to 2",
      { output: "features", elements: "region", left: "3", width: "3" },
    ],
    ["top is a whole number", { output: "features", elements: "region", top: "" }],
  ])("%s", (words, part) => {
    expect(() => read(part)).toThrow(words);
  });
});
