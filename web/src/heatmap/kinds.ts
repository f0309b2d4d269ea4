import type { ArrayKind, ExplainOptions, ResultArray } from "../types.js";

/** Kinds that are a map over the picture, or several channels of one. */
const PAINTED: readonly ArrayKind[] = [
  "cam",
  "scaled",
  "attribution",
  "relevance",
  "gradient",
  "activation",
];

/** Kinds whose negative half means as much as the positive one. */
const SIGNED: readonly ArrayKind[] = ["attribution", "relevance", "gradient"];

/** Whether a result can be painted. */
export function isPainted({ kind, shape }: Pick<ResultArray, "kind" | "shape">): boolean {
  return shape.length === 4 && PAINTED.includes(kind);
}

/** Whether a result is better painted with its negative half. */
export function isSigned(
  { kind }: Pick<ResultArray, "kind">,
  evidence: ExplainOptions["evidence"],
): boolean {
  return SIGNED.includes(kind) || evidence === "signed";
}
