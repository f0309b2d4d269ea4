import { expect, test } from "vitest";
import { describeMap, hasEvidence } from "../../../web/demo/src/describe.js";

const map = (rows: readonly (readonly number[])[]) => ({
  data: Float32Array.from(rows.flat()),
  shape: [1, 1, rows.length, rows[0]?.length ?? 0],
});

test.each([
  [0, 0, "upper left"],
  [0, 2, "upper right"],
  [1, 1, "centre"],
  [1, 0, "middle left"],
  [2, 1, "lower centre"],
])("the peak in row %i and column %i lies in the %s", (row, column, place) => {
  const rows = [0, 1, 2].map((y) => [0, 1, 2].map((x) => (y === row && x === column ? 2 : -1)));
  expect(describeMap(map(rows))).toContain(`lies in the ${place};`);
});

test("half of the evidence is counted from the strongest value down", () => {
  // 4 of 4 + 2 + 1 + 1 is half: one cell of ten.
  const values = [1, 4, 2, 1, 0, 0, -9, -9, 0, 0];
  expect(describeMap(map([values]))).toContain("half of all lies in 10 %");
});

test("a map that speaks against the class has no evidence for it", () => {
  expect(hasEvidence(map([[-1, 0]]))).toBe(false);
  expect(describeMap(map([[-1, 0]]))).toBe("There is no evidence for the class.");
  expect(hasEvidence(map([[-1, 1]]))).toBe(true);
});

test("channels are summed, as they are when painted", () => {
  const channels = { data: Float32Array.of(3, 0, 0, -1, 0, 4, -4, 0, 0), shape: [1, 3, 1, 3] };
  // 3 + -1 + -4, 0 + 0 + 0, 0 + 4 + 0
  expect(describeMap(channels)).toContain("lies in the upper right;");
  const against = { data: Float32Array.of(3, -3, 0, 0), shape: [1, 2, 1, 2] };
  expect(hasEvidence(against)).toBe(true);
  expect(hasEvidence({ ...against, data: Float32Array.of(3, -3, -3, 0) })).toBe(false);
});

test("evidence against the class is named so", () => {
  expect(describeMap(map([[1, 0]]), "against")).toContain("strongest evidence against the class");
  expect(describeMap(map([[0, 0]]), "against")).toBe("There is no evidence against the class.");
});
