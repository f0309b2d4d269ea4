import {
  catalog,
  type CatalogEntry,
  type CatalogMethod,
  type CatalogParameter,
  type ComparedMethod,
  type ExplainOptions,
  type RuleRow,
} from "relevance-cam";
import type { LoadedModel } from "./model.js";

/** The two figures. */
export const SIDES = ["left", "right"] as const;
export type Side = (typeof SIDES)[number];

export type Evidence = NonNullable<ExplainOptions["evidence"]>;
export type Fusion = NonNullable<ExplainOptions["fusion"]>;

/** A method and what is set about it; an empty text leaves it to the method. */
export interface Choice {
  readonly method: string;
  readonly start: string;
  /** {@link OWN_RULES}: `rules` hold. */
  readonly composite: string;
  readonly rules: readonly RuleRow[];
  readonly layers: string;
  readonly fusion: Fusion | "";
  /** Only what is not the default. */
  readonly parameters: Readonly<Record<string, string>>;
}

export type Choices = Readonly<Record<Side, Choice>>;

/** The catalogue, read once. */
export const CATALOG = catalog();

/** What a table of the visitor's own is called, as results call it. */
export const OWN_RULES = "custom";

/** As if it stood in the catalogue. */
export const OWN_RULES_ENTRY: CatalogEntry = {
  name: OWN_RULES,
  summary: "the table of rules under Advanced, as it stands when you choose it",
  paper: "",
  parameters: [],
};

export const FUSIONS: readonly Fusion[] = ["none", "mean", "max", "product"];

/** Unlike CLRP, it tells classes apart at shallow layers of mobile networks, the default among them. */
const STARTS_OF_THE_PAGE: Readonly<Record<string, string>> = { "relevance-cam": "balanced" };

/** A method as the page first offers it. */
export function chosen(method: string): Choice {
  const start = STARTS_OF_THE_PAGE[method] ?? "";
  return { method, start, composite: "", rules: [], layers: "", fusion: "", parameters: {} };
}

export const FIRST_CHOICES: Choices = { left: chosen("relevance-cam"), right: chosen("grad-cam") };

/** For models that have nodes without a relevance rule: gradients pass through every node. */
export const GRADIENT_CHOICES: Choices = { left: chosen("grad-cam"), right: chosen("layer-cam") };

/** @throws Error when the catalogue does not have it. */
export function methodOf({ method }: Pick<Choice, "method">): CatalogMethod {
  return entryOf(CATALOG.methods, method);
}

export function startOf(choice: Choice): CatalogEntry {
  return entryOf(CATALOG.starts, choice.start || methodOf(choice).start);
}

export function compositeOf(choice: Choice): CatalogEntry {
  if (choice.composite === OWN_RULES) return OWN_RULES_ENTRY;
  return entryOf(CATALOG.composites, choice.composite || methodOf(choice).composite);
}

/** Whether the method begins anywhere: those that look at activations alone do not. */
export function takesStart(method: CatalogMethod): boolean {
  return method.kinds.includes("seed");
}

/** Whether the method looks at a transformer's attention: other models have none. */
export function looksAtAttention({ layer }: Pick<CatalogMethod, "layer">): boolean {
  return layer === "attention";
}

/** What the method needs and the model lacks, as words; empty: nothing. */
export function lackedBy(
  model: Pick<LoadedModel, "attends"> | undefined,
  method: Pick<CatalogMethod, "layer">,
): string {
  const lacks = looksAtAttention(method) && model?.attends === false;
  return lacks ? "this model has no attention of all tokens to all" : "";
}

export function takesComposite(method: CatalogMethod): boolean {
  return method.signal === "relevance";
}

/** Whether there are maps to join, or to take a sign of: attributions are none. */
export function makesMaps(method: CatalogMethod): boolean {
  return method.kinds.includes("cam");
}

/** How the maps of all layers become one; empty: they do not. */
export function fusionOf(choice: Choice): Exclude<Fusion, "none"> | "" {
  const fusion = choice.fusion || methodOf(choice).fusion;
  return fusion === "none" ? "" : fusion;
}

/** Every parameter that has a say, as it stands. */
export function parametersOf(choice: Choice): readonly CatalogParameter[] {
  const method = methodOf(choice);
  return [
    ...method.parameters,
    ...(takesStart(method) ? startOf(choice).parameters : []),
    ...(takesComposite(method) ? compositeOf(choice).parameters : []),
  ];
}

/** The choice with another start or composite; parameters that nothing takes any more are dropped. */
export function rechosen(choice: Choice, change: Partial<Omit<Choice, "parameters">>): Choice {
  const next = { ...choice, ...change };
  const names = parametersOf(next).map(({ name }) => name);
  const kept = Object.entries(choice.parameters).filter(([name]) => names.includes(name));
  return { ...next, parameters: Object.fromEntries(kept) };
}

/** The choice with a parameter set; the default, or nothing, is not kept. */
export function withParameter(
  choice: Choice,
  { name, fallback }: CatalogParameter,
  text: string,
): Choice {
  const others = Object.entries(choice.parameters).filter(([other]) => other !== name);
  const isDefault = text === "" || text === fallback;
  const entries = isDefault ? others : [...others, [name, text] as const];
  return { ...choice, parameters: Object.fromEntries(entries) };
}

/** The layers to explain, as the package takes them. */
export function layersOf(choice: Choice): string {
  return choice.layers || methodOf(choice).layer;
}

/**
 * What the package is asked for. Maps are drawn of either sign without asking again, unless layers
 * are joined: then the sign comes first. A product has none, and is of positive evidence.
 */
export function optionsOf(choice: Choice, evidence: Evidence): ComparedMethod {
  const fusion = fusionOf(choice);
  const sign = fusion === "product" && evidence === "signed" ? "positive" : evidence;
  return {
    method: choice.method,
    ...(choice.start && { start: choice.start }),
    ...(choice.composite && { composite: writtenComposite(choice) }),
    ...(choice.fusion && { fusion: choice.fusion }),
    ...(fusion && { evidence: sign }),
    parameters: choice.parameters,
  };
}

function writtenComposite({ composite, rules }: Choice): string | readonly RuleRow[] {
  return composite === OWN_RULES ? rules : composite;
}

/** The choice for a seed, which says itself where relevance begins. */
export function withoutStart(choice: Choice): Choice {
  const method = methodOf(choice);
  const owners = [method, ...(takesComposite(method) ? [compositeOf(choice)] : [])];
  const names = owners.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  const kept = Object.entries(choice.parameters).filter(([name]) => names.includes(name));
  return { ...choice, start: "", parameters: Object.fromEntries(kept) };
}

function entryOf<Entry extends CatalogEntry>(entries: readonly Entry[], name: string): Entry {
  const entry = entries.find((one) => one.name === name);
  if (entry) return entry;
  throw new Error(`The catalogue has no "${name}".`);
}
