import { catalog, palettes, validValues, type CatalogParameter } from "relevance-cam";
import { expect, test } from "vitest";

test("lists what there is, each name once, with a sentence about it", () => {
  const { methods, starts, composites, rules, palettes: colors } = catalog();
  for (const list of [methods, starts, composites, rules, colors]) {
    const names = list.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(list.every(({ summary }) => summary.length > 0)).toBe(true);
  }
  expect(methods.map(({ name }) => name)).toContain("relevance-cam");
  expect(colors).toEqual(palettes());
});

test("a method's defaults are entries of the catalogue", () => {
  const { methods, starts, composites } = catalog();
  for (const { start, composite, kinds } of methods) {
    expect(starts.map(({ name }) => name)).toContain(start);
    expect(composites.map(({ name }) => name)).toContain(composite);
    expect(kinds.length).toBeGreaterThan(0);
  }
});

test("settings say what they take", () => {
  const { methods, starts, composites, rules } = catalog();
  const entries = [...methods, ...starts, ...composites, ...rules];
  const settings = entries.flatMap(({ parameters }) => parameters);
  expect(settings.map(({ name }) => name)).toContain("conv-bias");
  for (const { type, choices, fallback, least, most } of settings) {
    if (type === "choice") expect(choices).toContain(fallback);
    if (type === "number" || type === "integer") {
      expect(Number(fallback)).toBeGreaterThanOrEqual(least ?? -Infinity);
      expect(Number(fallback)).toBeLessThanOrEqual(most ?? Infinity);
    }
  }
});

test.each<[Partial<CatalogParameter>, string]>([
  [{ type: "choice", choices: ["twice", "ignore"] }, "twice, ignore"],
  [{ type: "number" }, "number"],
  [{ type: "number", least: 0, most: 1 }, "number from 0 to 1"],
  [{ type: "integer", least: 1 }, "whole number from 1"],
  [{ type: "classes" }, "class indices with commas"],
])("%j takes %s", (parameter, words) => {
  const rest = { name: "x", type: "number", fallback: "", choices: [], summary: "" } as const;
  expect(validValues({ ...rest, ...parameter })).toBe(words);
});
