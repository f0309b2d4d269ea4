import { describe, expect, test } from "vitest";

import { checkedRows, compositeOf } from "../../web/src/composite.js";
import { RelevanceCamError } from "../../web/src/error.js";

test("a name is passed on as it is", () => {
  expect(compositeOf("epsilon-plus")).toEqual({ composite: "epsilon-plus", rules: [] });
});

test("rows get their defaults, numbers become texts", () => {
  const { composite, rules } = compositeOf([
    { position: "first", rule: "flat" },
    { opType: "Conv", tensor: "/layer1/*", rule: "gamma", parameters: { gamma: 0.5 } },
  ]);
  expect(composite).toBe("");
  expect(rules).toEqual([
    { opType: "", tensor: "", position: "first", rule: "flat", parameters: {} },
    {
      opType: "Conv",
      tensor: "/layer1/*",
      position: "any",
      rule: "gamma",
      parameters: { gamma: "0.5" },
    },
  ]);
});

describe("malformed rows are refused by number", () => {
  test.each<[unknown, string]>([
    [[], "at least one row"],
    [{ rule: "flat" }, "at least one row"],
    [["flat"], "row 1 of the rules: it is no object"],
    [[{ rule: "flat" }, {}], 'row 2 of the rules: "rule" is missing'],
    [[{ rule: "flat", op: "Conv" }], 'row 1 of the rules: there is no "op"; valid: opType'],
    [[{ rule: "flat", tensor: 3 }], '"tensor" is no text'],
    [[{ rule: "flat", parameters: [1] }], '"parameters" is no object'],
    [[{ rule: "gamma", parameters: { gamma: null } }], 'parameter "gamma" is neither'],
  ])("%j", (rows, words) => {
    let error: unknown;
    try {
      checkedRows(rows);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(RelevanceCamError);
    expect(error).toMatchObject({ code: "invalid-option", node: "composite" });
    expect((error as Error).message).toContain(words);
  });
});
