import { readFileSync } from "node:fs";

import * as relevanceCam from "relevance-cam";
import { expect, test } from "vitest";

import { page, withTables } from "../../scripts/docs-tables.mjs";

test("the tables of docs/catalogue.md are those of the catalogue: else run scripts/docs-tables.mjs", () => {
  const text = readFileSync(page, "utf8");
  expect(text).toBe(withTables(text, relevanceCam));
});

test("every entry of the catalogue has a row", () => {
  const text = readFileSync(page, "utf8");
  const { methods, starts, composites, rules, palettes } = relevanceCam.catalog();
  for (const { name } of [...methods, ...starts, ...composites, ...rules, ...palettes]) {
    expect(text).toContain(`\n| \`${name}\` |`);
  }
});
