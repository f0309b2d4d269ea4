import type { CallOptions, ComparedMethod, Comparison, ComparisonDiagnosis } from "relevance-cam";
import { describeChoice } from "../words.js";
import type { Analysis } from "./analysis.js";
import {
  chosen,
  fusionOf,
  makesMaps,
  methodOf,
  optionsOf,
  SIDES,
  type Choices,
  type Evidence,
} from "./choice.js";
import { inputTensors, type GivenInputs } from "./inputs.js";
import type { LoadedModel } from "./model.js";
import type { Picture } from "./picture.js";

/** What is to be compared. */
export interface ComparisonRequest {
  readonly methods: readonly string[];
  /** Tensor names or `input`; empty: each method's own. */
  readonly layers: readonly string[];
  readonly targets: readonly number[];
  readonly scale: "shared" | "each";
}

/** A comparison and what it is of. */
export interface ComparisonShown {
  readonly comparison: Comparison;
  readonly picture: Picture;
  readonly model: LoadedModel;
  readonly inputs: GivenInputs;
}

/** Whether a comparison is of what is shown. */
export function isOfSame(
  { picture, model, inputs }: ComparisonShown,
  shown: Pick<Analysis, "picture" | "model" | "inputs">,
): boolean {
  return picture === shown.picture && model === shown.model && inputs === shown.inputs;
}

/** Methods, layers and classes in one call; a method that a figure shows has the figure's settings. */
export async function compareAll(
  { model, picture, inputs, choices }: Analysis,
  request: ComparisonRequest,
  evidence: Evidence,
  call: CallOptions,
): Promise<ComparisonShown> {
  const { methods, layers, targets, scale } = request;
  const comparison = await model.explainer.compare(picture.bitmap, {
    ...call,
    inputs: inputTensors(inputs),
    methods: comparedMethods(methods, choices, evidence),
    layers: layers.length > 0 ? layers : undefined,
    targets,
    scale,
  });
  return { comparison, picture, model, inputs };
}

/** One for each name; two where the figures show it with different settings. */
export function comparedMethods(
  names: readonly string[],
  choices: Choices,
  evidence: Evidence,
): ComparedMethod[] {
  return names.flatMap((name) => {
    const shown = SIDES.map((side) => choices[side]).filter(({ method }) => method === name);
    const titled = new Map(shown.map((choice) => [describeChoice(choice), choice]));
    if (titled.size === 0) titled.set(describeChoice(chosen(name)), chosen(name));
    return [...titled].map(([title, choice]) => {
      const asksSign = makesMaps(methodOf(choice)) && !fusionOf(choice);
      return { ...optionsOf(choice, evidence), title, ...(asksSign && { evidence }) };
    });
  });
}

/** Each sentence once, with the methods it is about. */
export function groupedRemarks(
  diagnoses: readonly ComparisonDiagnosis[],
): readonly (readonly [message: string, methods: readonly string[]])[] {
  const methods = new Map<string, string[]>();
  for (const { message, method } of diagnoses) {
    const named = methods.get(message) ?? [];
    methods.set(message, named.includes(method) ? named : [...named, method]);
  }
  return [...methods];
}
