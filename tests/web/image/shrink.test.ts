import { expect, test } from "vitest";

import { shrink } from "../../../web/src/image/shrink.js";

test("a small image stays as it is", () => {
  const image = { data: new Uint8ClampedArray(2 * 3 * 4), width: 2, height: 3 };
  expect(shrink(image, 3)).toBe(image);
});

test("every pixel is the mean of those it stands for", () => {
  const grey = (value: number): number[] => [value, value, value, 255];
  const data = Uint8ClampedArray.from([10, 20, 30, 40, 50, 60, 70, 80].flatMap(grey));
  const small = shrink({ data, width: 4, height: 2 }, 2);
  expect([small.width, small.height]).toEqual([2, 1]);
  expect(Array.from(small.data)).toEqual([...grey(35), ...grey(55)]);
});

test("proportions stay, and no side vanishes", () => {
  const image = { data: new Uint8ClampedArray(1000 * 4), width: 1000, height: 1 };
  const { width, height } = shrink(image, 10);
  expect([width, height]).toEqual([10, 1]);
});

test.each([0, -1, 1.5, NaN])("a side of %s is refused", (side) => {
  expect(() => shrink({ data: new Uint8ClampedArray(4), width: 1, height: 1 }, side)).toThrow(
    expect.objectContaining({ code: "invalid-option" }),
  );
});
