import { RelevanceCamError, type ErrorCode } from "../error.js";
import { isPainted, isSigned } from "../heatmap/kinds.js";
import { strongest } from "../heatmap/layer.js";
import type {
  ComparedMethod,
  CompareOptions,
  Comparison,
  ComparisonCell,
  ExplainOptions,
  Explanation,
  Timings,
} from "../types.js";

/** One method's answer: an explanation, or why there is none. */
interface Answer {
  readonly title: string;
  readonly evidence: ComparedMethod["evidence"];
  readonly explanation?: Explanation;
  readonly failure?: RelevanceCamError;
}

/** Errors that concern every method alike. */
const COMMON: readonly ErrorCode[] = [
  "invalid-image",
  "invalid-input",
  "unknown-class",
  "worker-died",
  "disposed",
];

/**
 * Asks every method in turn. One that fails leaves its message in its cells.
 * @param explain explains the image to be compared
 * @param layers every layer of the model, shallow to deep
 * @throws RelevanceCamError where no method at all has an answer
 */
export async function compare(
  explain: (options: ExplainOptions) => Promise<Explanation>,
  options: CompareOptions,
  layers: readonly string[],
): Promise<Comparison> {
  if (options.methods.length === 0) {
    throw new RelevanceCamError(
      "invalid-option",
      "The option methods is empty; name at least one method.",
      "methods",
    );
  }
  const scale = options.scale ?? "each";
  if (!["shared", "each"].includes(scale)) {
    throw new RelevanceCamError(
      "invalid-option",
      `The option scale is "${scale}"; choose one of: shared, each.`,
      "scale",
    );
  }
  const answers: Answer[] = [];
  for (const choice of options.methods) {
    const method = typeof choice === "string" ? { method: choice } : choice;
    answers.push(await answerOf(method, explain, options));
  }
  return gridOf(answers, scale, layers);
}

async function answerOf(
  { title, kind, ...method }: ComparedMethod,
  explain: (options: ExplainOptions) => Promise<Explanation>,
  { signal, onProgress, inputs, layers, targets, output }: CompareOptions,
): Promise<Answer> {
  const named = { title: title ?? titleOf(method), evidence: method.evidence };
  const emit = kind === undefined ? undefined : [kind];
  const common = { signal, onProgress, inputs, layers, target: targets, output };
  try {
    return { ...named, explanation: await explain({ ...method, ...common, emit }) };
  } catch (failure) {
    const isOwn = failure instanceof RelevanceCamError && !COMMON.includes(failure.code);
    if (!isOwn) throw failure;
    return { ...named, failure };
  }
}

/** The method's name, and those options that it was given; rows of rules as results name them. */
function titleOf({ method, parameters = {}, ...options }: ComparedMethod): string {
  const given = Object.entries({ ...options, ...parameters }).filter(([, value]) => value);
  const words = given.map(
    ([name, value]) => `${name}=${typeof value === "object" ? "custom" : value}`,
  );
  return [method, ...words].join(" ");
}

function gridOf(
  answers: readonly Answer[],
  scale: "shared" | "each",
  order: readonly string[],
): Comparison {
  const explanations = answers.flatMap(({ explanation }) => explanation ?? []);
  const [first] = explanations;
  if (!first) throw answers[0]?.failure;
  const { targets, labels, logits, probabilities, reusedForward } = first;
  const layers = layersOf(explanations, order);
  const cells = answers.flatMap((answer) =>
    targets.flatMap((target) => layers.map((layer) => cellOf(answer, target, layer))),
  );
  const most = cells.reduce((scale, cell) => Math.max(scale, cell.scale), 0);
  return {
    logits,
    probabilities,
    reusedForward,
    timings: explanations.map(({ timings }) => timings).reduce(sum),
    methods: answers.map(({ title }) => title),
    targets,
    labels,
    layers,
    diagnoses: answers.flatMap(({ title, explanation }) =>
      (explanation?.diagnoses ?? []).map((diagnosis) => ({ method: title, ...diagnosis })),
    ),
    cells: scale === "each" ? cells : cells.map((cell) => ({ ...cell, scale: most })),
  };
}

/** The layers of all results in the model's order; names that it does not list come last. */
function layersOf(explanations: readonly Explanation[], order: readonly string[]): string[] {
  const found = explanations.flatMap(({ results }) => results.map(({ layer }) => layer));
  const position = new Map(order.map((name, index) => [name, index]));
  const depth = (name: string): number => position.get(name) ?? order.length;
  return [...new Set(found)].sort((a, b) => depth(a) - depth(b));
}

function cellOf(
  { title, evidence, explanation, failure }: Answer,
  target: number,
  layer: string,
): ComparisonCell {
  const result = explanation?.results.find((one) => one.target === target && one.layer === layer);
  const signed = result !== undefined && isSigned(result, evidence);
  return {
    method: title,
    target,
    layer,
    result: result ?? null,
    error: failure?.message ?? null,
    scale: result && isPainted(result) ? strongest(result, signed) : 0,
    signed,
  };
}

function sum(a: Timings, b: Timings): Timings {
  return {
    preprocess: a.preprocess + b.preprocess,
    forward: a.forward + b.forward,
    backward: a.backward + b.backward,
    total: a.total + b.total,
  };
}
