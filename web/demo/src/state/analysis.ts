import type {
  CallOptions,
  ClassScore,
  Diagnosis,
  ExplainOptions,
  Explanation,
  ResultArray,
  RuntimeInfo,
} from "relevance-cam";
import type { Beginning } from "./beginning.js";
import {
  layersOf,
  optionsOf,
  SIDES,
  withoutStart,
  type Choice,
  type Choices,
  type Evidence,
  type Side,
} from "./choice.js";
import { inputTensors, type GivenInputs } from "./inputs.js";
import type { LoadedModel } from "./model.js";
import type { Picture } from "./picture.js";

/** What is asked of a model. */
export interface Question {
  readonly model: LoadedModel;
  readonly picture: Picture;
  /** What the model reads beside the picture: all of it. */
  readonly inputs: GivenInputs;
  /** Class index or name, or `top`. */
  readonly target: number | string;
  /** Absent: the class's score. */
  readonly beginning: Beginning | undefined;
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
  /** Its index is -1 where no class is explained. */
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
  const classification = await explainer.classify(bitmap, {
    ...call,
    inputs: inputTensors(question.inputs),
    topK: 5,
  });
  const left = await answerOf({ ...question, side: "left" }, call, before);
  const target = question.beginning?.seed ? question.target : left.explanation.target;
  const right = await answerOf({ ...question, target, side: "right" }, call, before);
  return {
    ...question,
    target,
    top: classification.top,
    chosen: scoreOf(left.explanation, question.beginning),
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
  const { model, picture, inputs, target, beginning, choices, side } = question;
  const choice = choices[side];
  const options = askedOf(question, choice);
  const isSame =
    before?.model === model &&
    before.picture === picture &&
    before.inputs === inputs &&
    before.target === target &&
    before.beginning === beginning;
  const kept = isSame ? before.answers[side] : undefined;
  if (kept?.choice === choice && kept.evidence === options.evidence) return kept;
  const explanation = await model.explainer.explain(picture.bitmap, { ...call, ...options });
  return { choice, explanation, evidence: options.evidence };
}

/** What the package is asked about one figure. */
export function askedOf(
  { model, inputs: given, target, beginning, evidence }: Omit<Question, "picture" | "choices">,
  choice: Choice,
): ExplainOptions {
  const inputs = inputTensors(given);
  if (!beginning) {
    return { ...optionsOf(choice, evidence), inputs, layers: layersOf(choice), target };
  }
  const { output, seed } = beginning;
  const options = { ...optionsOf(seed ? withoutStart(choice) : choice, evidence), inputs };
  const layers = layersBefore(output, model, layersOf(choice));
  return { ...options, layers, output: output || undefined, ...(seed ? { seed } : { target }) };
}

/** Only stages before a tensor can be seen from there. */
function layersBefore(
  output: string,
  { explainer, stages }: LoadedModel,
  layers: string,
): string | readonly string[] {
  if (output === "" || layers === "input") return layers;
  const names = explainer.layers().map(({ name }) => name);
  const end = names.indexOf(output);
  const before = stages.filter(({ name }) => end < 0 || names.indexOf(name) < end);
  if (before.length === 0) throw new Error(`No stage of the model lies before “${output}”.`);
  return before.map(({ name }) => name).slice(layers === "last-stage" ? -1 : 0);
}

function scoreOf(
  { target, label, logits, probabilities }: Explanation,
  beginning: Beginning | undefined,
): ClassScore {
  if (beginning) return { index: -1, label: beginning.words, logit: NaN, probability: NaN };
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

/** The deepest stage that a figure has a map of; where relevance begins inside, not the last. */
export function deepestShown({ model, answers }: Analysis): number {
  const shown = model.stages.map(({ name }) => SIDES.some((side) => stageMap(answers[side], name)));
  return shown.includes(true) ? shown.lastIndexOf(true) : Math.max(model.stages.length - 1, 0);
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
