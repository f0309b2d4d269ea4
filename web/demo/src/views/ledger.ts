import type { LedgerEntry } from "relevance-cam";
import { byId, create } from "../dom.js";
import type { Analysis } from "../state/analysis.js";
import { SIDES, type Side } from "../state/choice.js";
import { isAccountable, LOSSES, SUMS, totalLosses, type Account } from "../state/ledger.js";
import type { AppStore } from "../state/state.js";
import type { Workbench } from "../state/workbench.js";
import { amount, methodTitle } from "../words.js";

const HEADINGS: Readonly<Record<(typeof SUMS)[number], string>> = {
  received: "in",
  sent: "out",
  zeros: "zeros",
  bias: "bias",
  epsilon: "epsilon",
  padding: "padding",
  other: "other",
  aside: "aside",
};

/** Where relevance went, node by node; computed once the panel is opened. */
export function showLedger(store: AppStore, workbench: Workbench): void {
  const panel = byId("ledger", HTMLDetailsElement);
  const select = byId("ledger-side", HTMLSelectElement);
  const side = (): Side => SIDES[select.selectedIndex] ?? "left";
  const refresh = (): void => {
    const { analysis, account } = store.state;
    if (!analysis || !panel.open) return;
    const answer = analysis.answers[side()];
    if (isAccountable(answer.choice) && account?.answer !== answer) void workbench.account(side());
    showEntries(analysis, account, side());
  };
  panel.addEventListener("toggle", refresh);
  select.addEventListener("change", refresh);
  store.watch(
    (s) => [s.analysis?.answers],
    (answers) => {
      const { selectedIndex } = select;
      const titles = SIDES.map((one) => (answers ? methodTitle(answers[one].choice.method) : one));
      select.replaceChildren(...titles.map((title) => create("option", {}, title)));
      select.selectedIndex = Math.max(selectedIndex, 0);
      refresh();
    },
  );
  store.watch(
    (s) => [s.account],
    (account) => {
      showEntries(store.state.analysis, account, side());
    },
  );
}

function showEntries(
  analysis: Analysis | undefined,
  account: Account | undefined,
  side: Side,
): void {
  const words = byId("ledger-words", HTMLParagraphElement);
  const frame = byId("ledger-table", HTMLDivElement);
  const answer = analysis?.answers[side];
  const entries = account?.answer === answer ? (account?.entries ?? []) : [];
  frame.hidden = entries.length === 0;
  frame.replaceChildren(...(entries.length > 0 ? [tableOf(entries)] : []));
  if (!answer) return;
  const title = methodTitle(answer.choice.method);
  if (!isAccountable(answer.choice)) {
    words.textContent = `${title} has no backward sweep, so that there is nothing to account for.`;
  } else {
    words.textContent = entries.length > 0 ? summaryOf(title, entries) : "";
  }
}

function summaryOf(title: string, entries: readonly LedgerEntry[]): string {
  const count = `${entries.length} ${entries.length === 1 ? "node" : "nodes"}`;
  return `${title}: ${count}, from the class scores down to the shallowest layer that is shown.`;
}

function tableOf(entries: readonly LedgerEntry[]): HTMLElement {
  const head = create(
    "thead",
    {},
    create(
      "tr",
      {},
      ...["node", "operator", "rule", ...SUMS.map((sum) => HEADINGS[sum])].map(columnHead),
    ),
  );
  const totals = totalLosses(entries);
  const foot = create("tr", {}, create("th", { scope: "row", colSpan: 5 }, "lost at all nodes"));
  foot.append(...LOSSES.map((loss) => numberCell(totals[loss])), create("td"));
  const caption = create("caption", { className: "visually-hidden" }, "Relevance node by node");
  const body = create("tbody", {}, ...entries.map(rowOf));
  return create("table", {}, caption, head, body, create("tfoot", {}, foot));
}

function rowOf(entry: LedgerEntry): HTMLElement {
  return create(
    "tr",
    {},
    create("th", { scope: "row", title: entry.node }, entry.node),
    create("td", {}, entry.opType),
    create("td", {}, entry.rule),
    ...SUMS.map((sum) => numberCell(entry[sum])),
  );
}

function columnHead(text: string): HTMLElement {
  return create("th", { scope: "col" }, text);
}

function numberCell(value: number): HTMLElement {
  return create("td", { className: value === 0 ? "number nothing" : "number" }, amount(value));
}
