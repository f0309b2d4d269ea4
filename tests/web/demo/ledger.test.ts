import type { LedgerEntry } from "relevance-cam";
import { expect, test } from "vitest";
import { chosen } from "../../../web/demo/src/state/choice.js";
import { isAccountable, totalLosses } from "../../../web/demo/src/state/ledger.js";

const entry = (part: Partial<LedgerEntry>): LedgerEntry => ({
  ...{ target: 0, node: "n", opType: "Conv", rule: "z-plus", received: 1, sent: 1 },
  ...{ zeros: 0, bias: 0, epsilon: 0, padding: 0, aside: 0, other: 0 },
  ...part,
});

test("losses are summed by the way they happened; what went aside is not lost", () => {
  const entries = [entry({ bias: 0.5, aside: 2 }), entry({ bias: -0.25, zeros: 1, other: 0.125 })];
  expect(totalLosses(entries)).toEqual({
    ...{ zeros: 1, bias: 0.25, epsilon: 0, padding: 0, other: 0.125 },
  });
});

test("methods without a backward sweep have nothing to account for", () => {
  expect(isAccountable(chosen("relevance-cam"))).toBe(true);
  expect(isAccountable(chosen("grad-cam"))).toBe(true);
  expect(isAccountable(chosen("eigen-cam"))).toBe(false);
  expect(isAccountable(chosen("score-cam"))).toBe(false);
});
