import type { CallOptions, ClassScore, Explanation, ResultArray, RuntimeInfo } from "relevance-cam";
import type { LoadedModel } from "./model.js";
import type { Picture } from "./picture.js";

/** The methods side by side; `starts`: whether relevance begins where the visitor says. */
export const METHODS = [
  { name: "relevance-cam", title: "Relevance-CAM", starts: true },
  { name: "grad-cam", title: "Grad-CAM", starts: false },
] as const;

export type MethodName = (typeof METHODS)[number]["name"];

/** What is asked of a model. */
export interface Question {
  readonly model: LoadedModel;
  readonly picture: Picture;
  /** Class index or name, or `top`. */
  readonly target: number | string;
  readonly start: string;
}

/** The answer, complete: whatever is shown together was computed together. */
export interface Analysis extends Question {
  readonly top: readonly ClassScore[];
  readonly chosen: ClassScore;
  readonly explanations: Readonly<Record<MethodName, Explanation>>;
  /** Milliseconds; `undefined` when the forward pass before was still good. */
  readonly forward: number | undefined;
  readonly runtime: RuntimeInfo;
}

/** Classes and heatmaps at every stage, by every method. */
export async function analyse(question: Question, call: CallOptions): Promise<Analysis> {
  const { model, picture, start } = question;
  const { explainer } = model;
  const classification = await explainer.classify(picture.bitmap, { ...call, topK: 5 });
  const explain = (target: number | string, own: string | undefined, method: MethodName) =>
    explainer.explain(picture.bitmap, { ...call, method, target, start: own, layers: "stages" });

  const relevance = await explain(question.target, start, "relevance-cam");
  const gradient = await explain(relevance.target, undefined, "grad-cam");
  return {
    ...question,
    target: relevance.target,
    top: classification.top,
    chosen: scoreOf(relevance),
    explanations: { "relevance-cam": relevance, "grad-cam": gradient },
    forward: classification.reusedForward ? undefined : classification.timings.forward,
    runtime: await explainer.runtimeInfo(),
  };
}

function scoreOf({ target, label, logits, probabilities }: Explanation): ClassScore {
  return {
    index: target,
    label,
    logit: logits[target] ?? 0,
    probability: probabilities[target] ?? 0,
  };
}

/** The map of one method at one stage. */
export function mapAt(
  analysis: Analysis,
  method: MethodName,
  depth: number,
): ResultArray | undefined {
  const layer = analysis.model.stages[depth]?.name;
  return analysis.explanations[method].results.find((result) => result.layer === layer);
}
