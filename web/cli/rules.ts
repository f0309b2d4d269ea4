import type { Command } from "commander";

import { parseRules } from "../src/composite.js";
import { RelevanceCamError } from "../src/error.js";
import type { RuleRow } from "../src/types.js";
import { readBytes } from "./files.js";

/** A composite by name, or the rows of a file. */
export interface RulesOptions {
  readonly composite?: string | undefined;
  readonly rules?: string | undefined;
}

export type Composite = string | readonly RuleRow[] | undefined;

/** Adds the option that names a file of rows. */
export function addRulesOption(command: Command): Command {
  return command.option(
    "--rules <file.json>",
    "a table of relevance rules of your own, in place of a composite",
  );
}

/**
 * The composite that was named, or the rows of a file.
 * @throws RelevanceCamError as `readRules`, and where both are given
 */
export async function readComposite({ composite, rules }: RulesOptions): Promise<Composite> {
  if (rules === undefined) return composite;
  if (composite === undefined) return readRules(rules);
  throw new RelevanceCamError(
    "invalid-option",
    "Give either a composite or a file of rules, not both.",
    "rules",
  );
}

/**
 * The rows of a JSON file.
 * @throws RelevanceCamError `invalid-option`, naming the file and the row, or `invalid-input` for a
 * file that cannot be read.
 */
export async function readRules(path: string): Promise<readonly RuleRow[]> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return parseRules(text);
  } catch (cause) {
    throw new RelevanceCamError("invalid-option", `${path}: ${reasonOf(cause)}`, path, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
