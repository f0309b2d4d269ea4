import { expect, test, vi } from "vitest";

import { LEDGER_COLUMNS, ledgerRows, printLedger } from "../../../web/cli/ledger.js";
import type { LedgerEntry } from "../../../web/src/types.js";

const entry: LedgerEntry = {
  target: 6,
  node: "/conv1/Conv",
  opType: "Conv",
  rule: "z-plus",
  received: 1,
  sent: -0.123456,
  zeros: 0,
  bias: 1.1234561,
  epsilon: 1.23456e-9,
  padding: 0,
  aside: 0,
  other: -5e-8,
};

test("a row holds what the columns are called, sums with four digits", () => {
  const [row] = ledgerRows([entry]);
  expect(row).toHaveLength(LEDGER_COLUMNS.length);
  expect(Object.fromEntries(LEDGER_COLUMNS.map((column, i) => [column, row?.[i]]))).toEqual({
    class: "6",
    node: "/conv1/Conv",
    operator: "Conv",
    rule: "z-plus",
    received: "1",
    sent: "-0.1235",
    zeros: "0",
    bias: "1.123",
    epsilon: "1.235e-9",
    padding: "0",
    aside: "0",
    other: "-5e-8",
  });
});

test("a ledger of a seed has no class", () => {
  expect(ledgerRows([{ ...entry, target: -1 }])[0]?.[0]).toBe("seed");
});

test("negative and tiny sums stand to the right", () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  printLedger("a.png", [entry, { ...entry, other: 0.25 }]);
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  expect(lines).toHaveLength(4);
  expect(lines[2]?.endsWith("-5e-8")).toBe(true);
  expect(lines[3]?.endsWith(" 0.25")).toBe(true);
  expect(lines[2]?.length).toBe(lines[3]?.length);
});
