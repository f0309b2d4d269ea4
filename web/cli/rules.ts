import { checkedRows } from "../src/composite.js";
import { RelevanceCamError } from "../src/error.js";
import type { RuleRow } from "../src/types.js";
import { readBytes } from "./files.js";

/**
 * The rows of a JSON file.
 * @throws RelevanceCamError `invalid-option`, naming the file and the row, or `invalid-input` for a
 * file that cannot be read.
 */
export async function readRules(path: string): Promise<readonly RuleRow[]> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return checkedRows(JSON.parse(text));
  } catch (cause) {
    throw new RelevanceCamError("invalid-option", `${path}: ${reasonOf(cause)}`, path, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) return `this is no JSON: ${cause.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}
