import { expect, test } from "vitest";

import { collectShape, collectSize } from "../../../web/cli/option-values.js";

test("sizes and shapes are collected by name", () => {
  expect(collectSize("width=32", collectSize("height=16"))).toEqual({ height: 16, width: 32 });
  expect(collectShape("x=1x3x8x8", collectShape("y=4"))).toEqual({ y: [4], x: [1, 3, 8, 8] });
});

test.each(["width", "width=", "width=0", "width=-1", "width=1.5", "width=1x2", "=3"])(
  "%s is no size",
  (text) => {
    expect(() => collectSize(text)).toThrow();
  },
);

test.each(["x", "x=", "x=1x", "x=1xa", "x=1,2", "x=0x3"])("%s is no shape", (text) => {
  expect(() => collectShape(text)).toThrow();
});
