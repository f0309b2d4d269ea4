import type {
  CallOptions,
  ClassScore,
  Diagnosis,
  Explanation,
  ResultArray,
  RuntimeInfo,
} from "relevance-cam";
import {
  layersOf,
  optionsOf,
  SIDES,
  type Choice,
  type Choices,
  type Evidence,
  type Side,
} from "./choice.js";
import type { LoadedModel } from "./model.js";
import type { Picture } from "./picture.js";

/** What is asked of a model. */
export interface Question {
  readonly model: LoadedModel;
  readonly picture: Picture;
  /** Class index or name, or `top`. */
  readonly target: number | string;
  readonly choices: Choices;
  readonly evidence: Evidence;
}

/** What one method says. */
export interface Answer {
  readonly choice: Choice;
  readonly explanation: Explanation;
  /** The sign that was asked for; absent: the maps have both. */
  readonly evidence: Evidence | undefined;
}

/** The answer, complete: whatever is shown together was computed together. */
export interface Analysis extends Question {
  readonly top: readonly ClassScore[];
  readonly chosen: ClassScore;
  readonly answers: Readonly<Record<Side, Answer>>;
  /** Milliseconds; `undefined` when the forward pass before was still good. */
  readonly forward: number | undefined;
  readonly runtime: RuntimeInfo;
}

/** The layer name of a map that joins those of all layers. */
const FUSED = "fusion";

/** Diagnoses of a layer's map; the others are about the model, the class or the way back. */
const ABOUT_MAPS: readonly Diagnosis["code"][] = [
  "empty-map",
  "flat-map",
  "no-positive-evidence",
  "saturated-map",
  "not-finite",
];

/**
 * Classes and heatmaps by both methods.
 * @param before what it says of the same question is not computed again
 */
export async function analyse(
  question: Question,
  call: CallOptions,
  before?: Analysis,
): Promise<Analysis> {
  const { explainer } = question.model;
  const { bitmap } = question.picture;
  const classification = await explainer.classify(bitmap, { ...call, topK: 5 });
  const left = await answerOf({ ...question, side: "left" }, call, before);
  const { target } = left.explanation;
  const right = await answerOf({ ...question, target, side: "right" }, call, before);
  return {
    ...question,
    target,
    top: classification.top,
    chosen: scoreOf(left.explanation),
    answers: { left, right },
    forward: classification.reusedForward ? undefined : classification.timings.forward,
    runtime: await explainer.runtimeInfo(),
  };
}

async function answerOf(
  question: Question & { readonly side: Side },
  call: CallOptions,
  before: Analysis | undefined,
): Promise<Answer> {
  const { model, picture, target, choices, evidence, side } = question;
  const choice = choices[side];
  const options = optionsOf(choice, evidence);
  const isSame = before?.model === model && before.picture === picture && before.target === target;
  const kept = isSame ? before.answers[side] : undefined;
  if (kept?.choice === choice && kept.evidence === options.evidence) return kept;
  const explanation = await model.explainer.explain(picture.bitmap, {
    ...call,
    ...options,
    layers: layersOf(choice),
    target,
  });
  return { choice, explanation, evidence: options.evidence };
}

function scoreOf({ target, label, logits, probabilities }: Explanation): ClassScore {
  return {
    index: target,
    label,
    logit: logits[target] ?? 0,
    probability: probabilities[target] ?? 0,
  };
}

/** The map of an answer at one stage, if it has one. */
export function stageMap({ explanation }: Answer, layer: string): ResultArray | undefined {
  return explanation.results.find((result) => result.layer === layer);
}

/** Whether what is shown large depends on the depth. */
export function followsDepth({ explanation: { results } }: Answer): boolean {
  return results.length > 1 && results.every(({ layer }) => layer !== FUSED);
}

/** The map that is shown large: of all layers joined, of the stage at that depth, or the only one. */
export function shownMap(analysis: Analysis, side: Side, depth: number): ResultArray | undefined {
  const answer = analysis.answers[side];
  const { results } = answer.explanation;
  const fused = results.find(({ layer }) => layer === FUSED);
  if (fused) return fused;
  const layer = analysis.model.stages[depth]?.name;
  return results.length > 1 ? results.find((result) => result.layer === layer) : results[0];
}

/** The sides that depend on the depth. */
export function sidesByDepth({ answers }: Analysis): readonly Side[] {
  return SIDES.filter((side) => followsDepth(answers[side]));
}

/** Sentences about what is shown, and about the maps of other layers. */
export interface Remarks {
  readonly here: readonly string[];
  readonly elsewhere: readonly string[];
}

/** Every diagnosis of an answer, sorted by whether it concerns the map of `layer`. */
export function remarksOn({ explanation }: Answer, layer: string | undefined): Remarks {
  const { diagnoses } = explanation;
  const isElsewhere = (one: Diagnosis): boolean =>
    ABOUT_MAPS.includes(one.code) && one.layer !== layer;
  return {
    here: sentences(diagnoses.filter((one) => !isElsewhere(one))),
    elsewhere: sentences(diagnoses.filter(isElsewhere)),
  };
}

function sentences(diagnoses: readonly Diagnosis[]): string[] {
  return [...new Set(diagnoses.map(({ message }) => message))];
}
