import type { ModelInfo } from "relevance-cam";
import { describe, expect, test } from "vitest";
import {
  complaintAboutRules,
  firstRules,
  moved,
  tidied,
} from "../../../web/demo/src/state/rules.js";

test("a table begins with a row for every linear operator of the model", () => {
  const layers = ["Conv", "Relu", "Conv", "Gemm"].map((opType) => ({ opType }));
  expect(firstRules({ layers } as unknown as ModelInfo)).toEqual([
    { opType: "Conv", rule: "z-plus" },
    { opType: "Gemm", rule: "epsilon" },
  ]);
});

test("rows change places; beyond the ends nothing happens", () => {
  const rows = ["a", "b", "c"].map((rule) => ({ rule }));
  const names = (from: number, to: number) =>
    moved(rows, from, to)
      .map(({ rule }) => rule)
      .join("");
  expect([names(0, 2), names(2, 0), names(1, 0), names(0, -1), names(2, 3)]).toEqual([
    ...["bca", "cab", "bac", "abc", "abc"],
  ]);
});

test("what says nothing is not saved", () => {
  const row = { opType: "", tensor: undefined, position: "any", rule: "gamma" } as const;
  expect(tidied({ ...row, parameters: { gamma: "" } })).toEqual({ rule: "gamma" });
  expect(tidied({ ...row, position: "last", parameters: { gamma: "1" } })).toEqual({
    ...{ position: "last", rule: "gamma", parameters: { gamma: "1" } },
  });
});

describe("complaints name the row:", () => {
  test.each([
    ["at least one row", []],
    ["Row 2: there is no rule “gama”", [{ rule: "flat" }, { rule: "gama" }]],
    ["Row 1: the rule flat has no setting “gamma”", [{ rule: "flat", parameters: { gamma: 1 } }]],
    ["Row 1: gamma: “-1” does not do", [{ rule: "gamma", parameters: { gamma: "-1" } }]],
  ])("%s", (words, rows) => {
    expect(complaintAboutRules(rows)).toContain(words);
  });

  test("there is none about a good table", () => {
    expect(complaintAboutRules([{ rule: "gamma", parameters: { gamma: "0.5" } }])).toBe("");
  });
});
