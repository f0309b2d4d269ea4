import { describe, expect, test } from "vitest";

import { planeOf, resample, type Placement, type Plane } from "../../../web/src/heatmap/plane.js";

/** Straight from the formula of half-pixel bilinear interpolation, one pixel at a time. */
function slowSample(plane: Plane, { window, region }: Placement, x: number, y: number): number {
  const clamp = (v: number, high: number): number => Math.min(Math.max(v, 0), high);
  const u = clamp(
    ((window.x + x + 0.5 - region.x) / region.width) * plane.columns - 0.5,
    plane.columns - 1,
  );
  const v = clamp(
    ((window.y + y + 0.5 - region.y) / region.height) * plane.rows - 0.5,
    plane.rows - 1,
  );
  let sum = 0;
  for (let row = 0; row < plane.rows; row++) {
    for (let column = 0; column < plane.columns; column++) {
      const weight = Math.max(0, 1 - Math.abs(u - column)) * Math.max(0, 1 - Math.abs(v - row));
      sum += weight * (plane.values[row * plane.columns + column] ?? NaN);
    }
  }
  return sum;
}

function randomPlane(rows: number, columns: number, seed: number): Plane {
  let state = seed;
  const values = Float32Array.from({ length: rows * columns }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  });
  return { values, rows, columns };
}

describe("resample", () => {
  test.each([
    [1, 1, 5, 4, 0],
    [7, 7, 30, 20, 0],
    [3, 5, 11, 13, 2.5],
    [14, 14, 6, 6, 1],
  ])("a %ix%i map over %ix%i pixels equals the formula", (rows, columns, width, height, margin) => {
    const plane = randomPlane(rows, columns, rows * 31 + columns);
    const region = { x: -margin, y: margin, width: width + margin, height: height - margin };
    const placement = { window: { x: 0, y: 0, width, height }, region };
    const fast = resample(plane, placement);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        expect(fast[y * width + x]).toBeCloseTo(slowSample(plane, placement, x, y), 5);
      }
    }
  });

  test("a map of the window's own size is copied", () => {
    const plane = randomPlane(4, 6, 1);
    const window = { x: 0, y: 0, width: 6, height: 4 };
    expect(resample(plane, { window, region: window })).toEqual(plane.values);
  });
});

describe("planeOf", () => {
  test("sums channels", () => {
    const data = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
    expect(planeOf({ data, shape: [1, 2, 2, 2] }).values).toEqual(Float32Array.of(11, 22, 33, 44));
  });

  test.each([[[4]], [[1, 1, 0, 2]], [[1, 1, 3, 2]]])(
    "refuses shape %j for four values",
    (shape) => {
      expect(() => planeOf({ data: new Float32Array(4), shape })).toThrow(/cannot be painted/);
    },
  );
});
