import type { CallOptions, LedgerEntry } from "relevance-cam";
import { askedOf, type Analysis, type Answer } from "./analysis.js";
import { methodOf, type Choice, type Side } from "./choice.js";

/** Where relevance went on the way to what an answer shows. */
export interface Account {
  readonly answer: Answer;
  /** In the order of the backward sweep. */
  readonly entries: readonly LedgerEntry[];
}

/** The ways in which relevance is lost. */
export const LOSSES = [
  "zeros",
  "bias",
  "epsilon",
  "padding",
  "other",
] as const satisfies readonly (keyof LedgerEntry)[];

/** Every sum of an entry: those that were lost between what came and what went. */
export const SUMS = [
  "received",
  "sent",
  ...LOSSES,
  "aside",
] as const satisfies readonly (keyof LedgerEntry)[];

/** Whether the method has a backward sweep to account for. */
export function isAccountable(choice: Choice): boolean {
  return methodOf(choice).signal !== "";
}

/** Explains once more, accounting node by node. */
export async function accountFor(
  analysis: Analysis,
  side: Side,
  call: CallOptions,
): Promise<Account> {
  const answer = analysis.answers[side];
  const { ledger } = await analysis.model.explainer.explain(analysis.picture.bitmap, {
    ...call,
    ...askedOf(analysis, answer.choice),
    ledger: true,
  });
  return { answer, entries: ledger };
}

/** What was lost at all nodes together, by the way it was lost. */
export function totalLosses(
  entries: readonly LedgerEntry[],
): Readonly<Record<(typeof LOSSES)[number], number>> {
  const sum = (key: (typeof LOSSES)[number]): number =>
    entries.reduce((total, entry) => total + entry[key], 0);
  return {
    zeros: sum("zeros"),
    bias: sum("bias"),
    epsilon: sum("epsilon"),
    padding: sum("padding"),
    other: sum("other"),
  };
}
