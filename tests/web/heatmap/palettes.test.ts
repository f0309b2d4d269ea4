import { expect, test } from "vitest";

import {
  colorTable,
  paletteByName,
  palettes,
  TABLE_SIZE,
} from "../../../web/src/heatmap/palettes.js";

test.each(palettes())("$name begins and ends with its control points", (palette) => {
  const table = colorTable(palette);
  const hex = (step: number): string =>
    "#" + Buffer.from(table.subarray(step * 3, step * 3 + 3)).toString("hex");
  expect(hex(0)).toBe(palette.colors.at(0));
  expect(hex(TABLE_SIZE - 1)).toBe(palette.colors.at(-1));
});

test("names are unique, and each kind has a default", () => {
  const names = palettes().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(paletteByName(undefined, "sequential").kind).toBe("sequential");
  expect(paletteByName(undefined, "diverging").kind).toBe("diverging");
});

test("a diverging palette is symmetric in its number of points and palest in the middle", () => {
  for (const palette of palettes().filter(({ kind }) => kind === "diverging")) {
    expect(palette.colors.length % 2).toBe(1);
    const table = colorTable(palette);
    const brightness = (step: number): number =>
      table.subarray(step * 3, step * 3 + 3).reduce((sum, byte) => sum + byte, 0);
    expect(brightness(127)).toBeGreaterThan(brightness(0));
    expect(brightness(127)).toBeGreaterThan(brightness(TABLE_SIZE - 1));
  }
});

test("an unknown name is refused with the names there are", () => {
  expect(() => paletteByName("jet", "sequential")).toThrow(/"jet".*turbo.*viridis/);
  expect(() => paletteByName("turbo", "diverging")).toThrow(/blue-white-red/);
});
