import type { LedgerEntry } from "../src/types.js";
import { printTable } from "./print.js";

const SUMS = [
  "received",
  "sent",
  "zeros",
  "bias",
  "epsilon",
  "padding",
  "aside",
  "other",
] as const satisfies readonly (keyof LedgerEntry)[];

export const LEDGER_COLUMNS: readonly string[] = ["class", "node", "operator", "rule", ...SUMS];

/** One row per entry, sums with four digits. */
export function ledgerRows(ledger: readonly LedgerEntry[]): string[][] {
  return ledger.map((entry) => [
    entry.target < 0 ? "seed" : String(entry.target),
    entry.node,
    entry.opType,
    entry.rule,
    ...SUMS.map((sum) => String(Number(entry[sum].toPrecision(4)))),
  ]);
}

/** A table under the image's name. */
export function printLedger(image: string, ledger: readonly LedgerEntry[]): void {
  console.log(`\nledger of ${image}`);
  printTable(LEDGER_COLUMNS, ledgerRows(ledger));
}
