import { engineCatalog } from "./engine/generated-catalog.js";
import { palettes, type Palette } from "./heatmap/palettes.js";
import type { ArrayKind } from "./types.js";

/** A setting of a method, start, composite or rule: a name in {@link ExplainOptions.parameters}. */
export interface CatalogParameter {
  readonly name: string;
  /** `classes`: class indices, separated by commas. */
  readonly type: "number" | "integer" | "choice" | "classes";
  /** The default, as it would be written. */
  readonly fallback: string;
  /** Smallest valid number; absent: not bounded. */
  readonly least?: number;
  /** Largest valid number; absent: not bounded. */
  readonly most?: number;
  /** The valid words of a `choice`; else empty. */
  readonly choices: readonly string[];
  readonly summary: string;
}

/** A start, a composite or a rule. */
export interface CatalogEntry {
  readonly name: string;
  readonly summary: string;
  /** Where it was published. */
  readonly paper: string;
  readonly parameters: readonly CatalogParameter[];
}

export interface CatalogMethod extends CatalogEntry {
  /** `cam`: one map per layer; `attribution`: one value per element of the layer. */
  readonly family: "cam" | "attribution";
  /** What it looks at beside the activations; empty: nothing. */
  readonly signal: "" | "gradient" | "relevance";
  /** The start that holds when none is named. */
  readonly start: string;
  /** The composite that holds when none is named. */
  readonly composite: string;
  /** The layers that are explained when none is named. */
  readonly layer: string;
  /** How the maps of its layers are joined when nothing is said; empty: they are not. */
  readonly fusion: "" | "mean" | "max" | "product";
  /** What `emit` may ask for; the first is the default. */
  readonly kinds: readonly ArrayKind[];
}

/** The part of the catalogue that the engine has. */
export interface EngineCatalog {
  readonly methods: readonly CatalogMethod[];
  readonly starts: readonly CatalogEntry[];
  readonly composites: readonly CatalogEntry[];
  /** For composites of one's own. */
  readonly rules: readonly CatalogEntry[];
}

/** Everything that options can name, each list in the order of its roster. */
export interface Catalog extends EngineCatalog {
  readonly palettes: readonly Palette[];
}

/**
 * Every method, start, composite, rule and palette there is, with what menus need to offer them. The
 * engine wrote it down when the package was built: nothing is loaded, nothing computed.
 */
export function catalog(): Catalog {
  return { ...engineCatalog, palettes: palettes() };
}

/** The values that a setting takes, in words: `twice, ignore`, or `number from 0 to 1`. */
export function validValues({ type, least, most, choices }: CatalogParameter): string {
  if (type === "choice") return choices.join(", ");
  if (type === "classes") return "class indices with commas";
  const noun = type === "integer" ? "whole number" : "number";
  const from = least === undefined ? "" : ` from ${least}`;
  const to = most === undefined ? "" : ` to ${most}`;
  return noun + from + to;
}
