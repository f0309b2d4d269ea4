import { expect, test } from "vitest";

import { compare } from "../../../web/src/comparison/compare.js";
import { comparisonSheet } from "../../../web/src/comparison/sheet.js";
import { renderOverlay } from "../../../web/src/heatmap/overlay.js";
import type { Comparison, Explanation, PixelImage } from "../../../web/src/types.js";
import { explanationOf, resultOf } from "../support/results.js";

const targets = [0, 1];
const map = [1, 0.5];

function explain({ method = "" }): Promise<Explanation> {
  const kind = method === "gradient" ? "attribution" : "cam";
  const layers = method === "gradient" ? ["input"] : ["shallow", "deep"];
  const results = targets.flatMap((target) =>
    layers.map((layer) => resultOf(layer, map, { target, kind })),
  );
  return Promise.resolve(explanationOf(results, targets));
}

function comparison(): Promise<Comparison> {
  const methods = ["grad-cam", "gradient"];
  return compare(explain, { methods }, ["input", "shallow", "deep"]);
}

function grey(width: number, height: number): PixelImage {
  return { data: new Uint8ClampedArray(width * height * 4).fill(100), width, height };
}

/** A rectangle of a picture. */
function cut(image: PixelImage, x: number, y: number, width: number, height: number): number[] {
  return Array.from({ length: height }, (_, row) => {
    const from = ((y + row) * image.width + x) * 4;
    return Array.from(image.data.subarray(from, from + width * 4));
  }).flat();
}

test("has a row for every method and target and a column for every layer", async () => {
  const image = grey(4, 2);
  const grid = await comparison();
  const sheet = comparisonSheet(image, grid, { gap: 3 });
  expect([sheet.width, sheet.height]).toEqual([3 * 7 + 3, 4 * 5 + 3]);
  grid.cells.forEach(({ result, signed, scale }, index) => {
    const [column, row] = [index % 3, Math.floor(index / 3)];
    const drawn = result ? renderOverlay(image, result, { signed, scale }) : undefined;
    const expected = drawn ? Array.from(drawn.data) : new Array<number>(4 * 2 * 4).fill(255);
    expect(cut(sheet, 3 + column * 7, 3 + row * 5, 4, 2)).toEqual(expected);
  });
  expect(new Set(cut(sheet, 0, 0, sheet.width, 3))).toEqual(new Set([255]));
});

test("shrinks large pictures, heatmaps with them", async () => {
  const sheet = comparisonSheet(grey(400, 200), await comparison(), { gap: 0, tile: 40 });
  expect([sheet.width, sheet.height]).toEqual([120, 80]);
  const small = comparisonSheet(grey(40, 20), await comparison(), { gap: 0, tile: 40 });
  expect(sheet.data).toEqual(small.data);
});

test("a palette colours the cells of its kind", async () => {
  const grid = await comparison();
  const plain = comparisonSheet(grey(4, 2), grid, { gap: 0 });
  const greys = comparisonSheet(grey(4, 2), grid, { gap: 0, palette: "greys" });
  const camRow = cut(plain, 0, 0, 12, 2);
  const attributionRow = cut(plain, 0, 4, 12, 2);
  expect(cut(greys, 0, 0, 12, 2)).not.toEqual(camRow);
  expect(cut(greys, 0, 4, 12, 2)).toEqual(attributionRow);
  expect(() => comparisonSheet(grey(4, 2), grid, { palette: "jet" })).toThrow(/jet/);
});

test("too large a sheet is refused before it is drawn", async () => {
  const grid = await comparison();
  expect(() => comparisonSheet(grey(6000, 10), grid, { tile: 6000 })).toThrow(/The sheet has/);
  expect(() => comparisonSheet(grey(4, 2), grid, { tile: 0 })).toThrow(/tile|side/);
});
