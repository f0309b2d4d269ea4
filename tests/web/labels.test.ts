import { describe, expect, test } from "vitest";

import { classIndex, className, readLabels } from "../../web/src/labels.js";

const labels = ["tench, Tinca tinca", "Goldfish", "hammerhead, hammerhead shark"];

describe("readLabels", () => {
  test("takes a list or a text with one name per line", () => {
    expect(readLabels(["a", "b"])).toEqual(["a", "b"]);
    expect(readLabels("a\r\n b \nc\n\n")).toEqual(["a", "b", "c"]);
    expect(readLabels(undefined)).toEqual([]);
  });
});

describe("classIndex", () => {
  test.each([
    [2, 2],
    ["2", 2],
    ["goldfish", 1],
    ["Tinca tinca", 0],
    ["hammerhead, hammerhead shark", 2],
    ["top", undefined],
  ])("%j is class %j", (target, index) => {
    expect(classIndex(target, labels, 3)).toBe(index);
  });

  test.each([[3], [-1], [0.5], [NaN], ["3"], ["shark"], [""]])("there is no class %j", (target) => {
    expect(() => classIndex(target, labels, 3)).toThrow(
      expect.objectContaining({ code: "unknown-class" }),
    );
  });

  test("without labels a name is refused with a hint", () => {
    expect(() => classIndex("cat", [], 10)).toThrow(/No labels were given.*0 to 9/);
  });
});

test("a class without a label is called by its index", () => {
  expect(className(labels, 1)).toBe("Goldfish");
  expect(className([], 7)).toBe("class 7");
});
