import { describe, expect, test } from "vitest";

import { heatmapLayer } from "../../../web/src/heatmap/layer.js";
import { renderOverlay } from "../../../web/src/heatmap/overlay.js";
import type { ArrayKind, PixelImage } from "../../../web/src/types.js";

const size = { width: 2, height: 1 };

function alphas(data: readonly number[], options = {}): number[] {
  const heatmap = { data: Float32Array.from(data), shape: [1, 1, 1, 2] };
  const layer = heatmapLayer(heatmap, size, size, options);
  return [layer.data[3] ?? NaN, layer.data[7] ?? NaN];
}

function grey(width: number, height: number): PixelImage {
  return { data: new Uint8ClampedArray(width * height * 4).fill(100), width, height };
}

describe("opacity", () => {
  test("follows the value", () => {
    expect(alphas([2, 1], { opacity: 1 })).toEqual([255, 128]);
    expect(alphas([2, 1], { opacity: 0.5 })).toEqual([128, 64]);
  });

  test("of negative evidence is zero unless signed", () => {
    expect(alphas([1, -2], { opacity: 1 })).toEqual([255, 0]);
    expect(alphas([1, -2], { opacity: 1, signed: true })).toEqual([128, 255]);
  });

  test("is zero below the threshold", () => {
    expect(alphas([2, 0.9], { opacity: 1, threshold: 0.5 })).toEqual([255, 0]);
  });

  test("uses a given scale", () => {
    expect(alphas([2, 1], { opacity: 1, scale: 4 })).toEqual([128, 64]);
  });

  test("of an attribution is full from the 99th percentile on", () => {
    const data = Float32Array.from({ length: 201 }, (_, i) => (i === 200 ? -1e6 : i));
    const wide = { width: 201, height: 1 };
    const alphasOf = (kind: ArrayKind, signed: boolean): number[] => {
      const heatmap = { data, shape: [1, 201], kind };
      const layer = heatmapLayer(heatmap, wide, wide, { opacity: 1, signed });
      return [99, 198, 200].map((i) => layer.data[i * 4 + 3] ?? NaN);
    };
    expect(alphasOf("attribution", true)).toEqual([128, 255, 255]);
    expect(alphasOf("attribution", false)).toEqual([128, 255, 0]);
    expect(alphasOf("cam", true)).toEqual([0, 0, 255]);
  });

  test("of an attribution follows the largest value where few are not zero", () => {
    const data = new Float32Array(201);
    data[7] = 3;
    const heatmap = { data, shape: [1, 201], kind: "attribution" as const };
    const wide = { width: 201, height: 1 };
    expect(heatmapLayer(heatmap, wide, wide, { opacity: 1 }).data[7 * 4 + 3]).toBe(255);
  });

  test("is zero everywhere for an empty, negative or NaN map", () => {
    expect(alphas([0, 0])).toEqual([0, 0]);
    expect(alphas([-1, -2])).toEqual([0, 0]);
    expect(alphas([NaN, NaN])).toEqual([0, 0]);
  });

  test("between 0 and 1 only", () => {
    expect(() => alphas([1, 1], { opacity: 1.5 })).toThrow(/opacity is 1.5/);
    expect(() => alphas([1, 1], { threshold: NaN })).toThrow(/threshold is NaN/);
  });
});

test("the signed view shows for and against in the two colours of a diverging palette", () => {
  const heatmap = { data: Float32Array.of(1, -1), shape: [1, 2] };
  const { data } = heatmapLayer(heatmap, size, size, { signed: true });
  expect(Array.from(data.subarray(0, 3))).toEqual([0xb2, 0x18, 0x2b]);
  expect(Array.from(data.subarray(4, 7))).toEqual([0x21, 0x66, 0xac]);
});

test("only the part of the image that the model saw is painted over", () => {
  const region = { x: 2, y: 0, width: 2, height: 2 };
  const heatmap = { data: Float32Array.of(1), shape: [1, 1], region };
  const { data } = renderOverlay(grey(6, 2), heatmap, { opacity: 1 });
  const painted = Array.from({ length: 12 }, (_, i) => data[i * 4] !== 100);
  const row = [false, false, true, true, false, false];
  expect(painted).toEqual([...row, ...row]);
});

test("an overlay is opaque and leaves the image it was given alone", () => {
  const image = grey(2, 2);
  const { data } = renderOverlay(image, { data: Float32Array.of(1), shape: [1, 1] });
  expect([3, 7, 11, 15].map((i) => data[i])).toEqual([255, 255, 255, 255]);
  expect(image.data.every((byte) => byte === 100)).toBe(true);
});

test("half opacity lies half-way between image and colour", () => {
  const options = { opacity: 0.5, palette: "greys" };
  const { data } = renderOverlay(grey(1, 1), { data: Float32Array.of(1), shape: [1, 1] }, options);
  expect(data[0]).toBeCloseTo((100 + 255) / 2, -1);
});
