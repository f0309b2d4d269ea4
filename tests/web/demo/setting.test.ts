import { catalog, type CatalogParameter } from "relevance-cam";
import { expect, test } from "vitest";
import { complaintAbout } from "../../../web/demo/src/state/setting.js";

const parameter = (part: Partial<CatalogParameter>): CatalogParameter => ({
  ...{ name: "x", type: "number", fallback: "1", choices: [], summary: "" },
  ...part,
});

test.each<[Partial<CatalogParameter>, readonly string[], readonly string[]]>([
  [{ least: 0, most: 1 }, ["0", "1", "0.5", "1e-6"], ["-0.1", "1.1", "half", "0,5", "Infinity"]],
  [{ type: "integer", least: 1 }, ["1", "200"], ["0", "1.5", "NaN", "one"]],
  [{ type: "choice", choices: ["no", "yes"] }, ["no", "yes"], ["maybe"]],
  [{ type: "classes" }, ["0", "9", "1, 2"], ["10", "-1", "1,", "cat", "1 2"]],
])("%j takes what is valid and names the rest", (part, good, bad) => {
  for (const text of good) expect(complaintAbout(parameter(part), text, 10)).toBe("");
  for (const text of bad) expect(complaintAbout(parameter(part), text, 10)).toContain(`“${text}”`);
});

test("a complaint says what is valid", () => {
  expect(complaintAbout(parameter({ type: "integer", least: 1, most: 9 }), "0", 10)).toMatch(
    /give a whole number from 1 to 9\.$/,
  );
  expect(complaintAbout(parameter({ type: "classes" }), "99", 10)).toMatch(/from 0 to 9\.$/);
});

test("every default of the catalogue is valid, and so is no text at all", () => {
  const { methods, starts, composites } = catalog();
  for (const { parameters } of [...methods, ...starts, ...composites]) {
    for (const one of parameters) {
      expect(complaintAbout(one, one.fallback, 1000)).toBe("");
      expect(complaintAbout(one, "", 1000)).toBe("");
    }
  }
});
