import type { RuleSettings } from "./backend.js";
import { RelevanceCamError } from "./error.js";
import type { RuleRow } from "./types.js";

const TEXTS = ["opType", "tensor", "position", "rule"] as const;
const KEYS: readonly string[] = [...TEXTS, "parameters"];

/** A composite by its name (empty: the method's own) or by rows, as the engine takes it. */
export function compositeOf(composite: string | readonly RuleRow[]): {
  composite: string;
  rules: readonly RuleSettings[];
} {
  if (typeof composite === "string") return { composite, rules: [] };
  return { composite: "", rules: checkedRows(composite).map(ruleSettings) };
}

/**
 * Rows of rules from a source that no compiler has checked, JSON for one.
 * @throws RelevanceCamError `invalid-option`, naming the row, counted from 1.
 */
export function checkedRows(rows: unknown): readonly RuleRow[] {
  if (!Array.isArray(rows) || rows.length === 0) {
    throw invalid("rules are a list of at least one row, such as { rule: 'epsilon' }");
  }
  return rows.map((row: unknown, index) => {
    const complaint = complaintAbout(row);
    if (complaint) throw invalid(`row ${index + 1} of the rules: ${complaint}`);
    return row as RuleRow;
  });
}

/**
 * Reads rows of rules from JSON, as they stand in a file.
 * @throws RelevanceCamError `invalid-option` where it is no JSON, or naming the row
 */
export function parseRules(json: string): readonly RuleRow[] {
  return checkedRows(parsed(json));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new RelevanceCamError(
      "invalid-option",
      `this is no JSON: ${String(cause)}`,
      "composite",
      {
        cause,
      },
    );
  }
}

/** Numbers and texts are passed on as texts, as users of the command line write them. */
export function settingsOf(
  parameters: Readonly<Record<string, string | number>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
}

function ruleSettings(row: RuleRow): RuleSettings {
  const { opType = "", tensor = "", position = "any", rule, parameters = {} } = row;
  return { opType, tensor, position, rule, parameters: settingsOf(parameters) };
}

function complaintAbout(row: unknown): string | undefined {
  if (!isRecord(row)) return "it is no object";
  const unknown = Object.keys(row).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `there is no "${unknown}"; valid: ${KEYS.join(", ")}`;
  if (row["rule"] === undefined) return `"rule" is missing`;
  const noText = TEXTS.find((key) => row[key] !== undefined && typeof row[key] !== "string");
  if (noText) return `"${noText}" is no text`;
  const { parameters = {} } = row;
  if (!isRecord(parameters)) return `"parameters" is no object`;
  const strange = Object.entries(parameters).find(([, value]) => !isSetting(value));
  return strange && `the parameter "${strange[0]}" is neither a number nor a text`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSetting(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string";
}

function invalid(message: string): RelevanceCamError {
  return new RelevanceCamError("invalid-option", message, "composite");
}
