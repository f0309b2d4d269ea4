import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { exportCells, networks, page } from "../../scripts/docs-models.mjs";

test("docs/models.md has a row for every network of the matrix, in order", () => {
  const rows = readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"));
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  const described = networks().map(exportCells);
  expect(described.length).toBeGreaterThan(0);
  const columns = described[0]?.length ?? 0;
  expect(cells.map((row) => row.slice(1, columns + 1))).toEqual(described);
});
