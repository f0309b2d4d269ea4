import type { ModelInfo, RuleRow } from "relevance-cam";
import { CATALOG } from "./choice.js";
import { complaintAbout } from "./setting.js";

/** Operators whose nodes a table must cover. */
const LINEAR: readonly string[] = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

/** A table to begin with: z-plus for convolutions, epsilon for what else is linear. */
export function firstRules({ layers }: Pick<ModelInfo, "layers">): readonly RuleRow[] {
  const types = new Set(layers.map(({ opType }) => opType));
  return LINEAR.filter((opType) => types.has(opType)).map((opType) => ({
    opType,
    rule: opType.startsWith("Conv") ? "z-plus" : "epsilon",
  }));
}

/** The table with one row put in the place of another. */
export function moved(rows: readonly RuleRow[], from: number, to: number): readonly RuleRow[] {
  const row = rows[from];
  if (!row || to < 0 || to >= rows.length) return rows;
  const others = rows.filter((_, i) => i !== from);
  return [...others.slice(0, to), row, ...others.slice(to)];
}

/** The row without what says nothing, as it is saved. */
export function tidied({ opType, tensor, position, rule, parameters = {} }: RuleRow): RuleRow {
  const set = Object.entries(parameters).filter(([, value]) => value !== "");
  return {
    ...(opType && { opType }),
    ...(tensor && { tensor }),
    ...(position && position !== "any" && { position }),
    rule,
    ...(set.length > 0 && { parameters: Object.fromEntries(set) }),
  };
}

/** What is wrong with the table; empty: nothing. */
export function complaintAboutRules(rows: readonly RuleRow[]): string {
  if (rows.length === 0) return "A table needs at least one row.";
  const complaints = rows.map(complaintAboutRow);
  const bad = complaints.findIndex((complaint) => complaint !== "");
  return bad < 0 ? "" : `Row ${bad + 1}: ${complaints[bad] ?? ""}`;
}

function complaintAboutRow({ rule, parameters = {} }: RuleRow): string {
  const entry = CATALOG.rules.find(({ name }) => name === rule);
  if (!entry) return `there is no rule “${rule}”.`;
  for (const [name, value] of Object.entries(parameters)) {
    const parameter = entry.parameters.find((one) => one.name === name);
    if (!parameter) return `the rule ${rule} has no setting “${name}”.`;
    const complaint = complaintAbout(parameter, String(value), Infinity);
    if (complaint) return `${name}: ${complaint}`;
  }
  return "";
}
