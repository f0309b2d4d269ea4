import type { ExplainRequest } from "./backend.js";
import { compositeOf, settingsOf } from "./composite.js";
import { RelevanceCamError } from "./error.js";
import { classIndex, className } from "./labels.js";
import type { ArrayKind, ExplainOptions, ModelInfo, SeedChoice, TargetChoice } from "./types.js";

/** The tensor that relevance begins at, as far as targets and seeds are concerned. */
interface Beginning {
  /** Empty: the logits. */
  readonly output: string;
  readonly elements: number;
  /** Names of its elements: those of the classes where it has one element per class. */
  readonly names: readonly string[];
}

/**
 * What the caller asked for with names looked up and seeds written out, in a form that can be
 * posted to a worker.
 * @throws RelevanceCamError `invalid-option`, `unknown-class` or `unknown-layer`
 */
export function explainRequest(
  options: ExplainOptions,
  info: ModelInfo,
  labels: readonly string[],
): ExplainRequest {
  const { layers = [], parameters = {} } = options;
  const beginning = beginningOf(options.output ?? "", info, labels);
  return {
    method: textOf(options.method ?? "relevance-cam"),
    layers: listOf(layers),
    targets: targetsOf(options.target ?? "top", beginning),
    start: textOf(options.start ?? ""),
    ...compositeOf(options.composite ?? ""),
    parameters: settingsOf(parameters),
    emit: listOf(options.emit ?? []) as ArrayKind[],
    output: beginning.output,
    seed: seedOf(options.seed, beginning),
    fusion: textOf(options.fusion ?? ""),
    evidence: textOf(options.evidence ?? ""),
    ledger: options.ledger ?? false,
  };
}

/** Callers without a compiler may pass anything: the engine refuses it as a name, listing the valid ones. */
function textOf(value: unknown): string {
  return String(value);
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}

/** Names of the targets of an explanation that began at `output`. */
export function targetNames(
  targets: readonly number[],
  output: string | undefined,
  info: ModelInfo,
  labels: readonly string[],
): string[] {
  const { elements } = beginningOf(output ?? "", info, labels);
  return targets.map((index) =>
    elements === info.classes ? className(labels, index) : `element ${index}`,
  );
}

function beginningOf(output: string, info: ModelInfo, labels: readonly string[]): Beginning {
  if (["", "logits", info.logits].includes(output)) {
    return { output, elements: info.classes, names: labels };
  }
  const tensor = [...info.layers, ...info.outputs].find(({ name }) => name === output);
  if (!tensor) {
    throw new RelevanceCamError(
      "unknown-layer",
      `There is no tensor "${output}" at which relevance could begin; layers() lists those there are.`,
      output,
    );
  }
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  return { output, elements, names: elements === info.classes ? labels : [] };
}

function targetsOf(
  choice: TargetChoice,
  { output, elements, names }: Beginning,
): (number | "top")[] {
  const list = typeof choice === "object" ? choice : [choice];
  if (list.length === 0) throw emptyList("target", 'name a class, or "top"');
  const targets = list.map((target) => classIndex(target, names, elements, output) ?? "top");
  return targets.every((target) => target === "top") ? [] : [...new Set(targets)];
}

/** Empty without a seed; whether its length is right, the engine says. */
function seedOf(choice: SeedChoice | undefined, beginning: Beginning): Float32Array {
  if (choice === undefined) return new Float32Array(0);
  const seed = isDense(choice) ? Float32Array.from(choice) : writtenOut(choice, beginning);
  if (seed.length > 0) return seed;
  throw emptyList("seed", "give a weight for at least one element");
}

function isDense(seed: SeedChoice): seed is Float32Array | readonly number[] {
  return seed instanceof Float32Array || Array.isArray(seed);
}

/** Empty where no element has a weight. */
function writtenOut(weights: Readonly<Record<number, number>>, beginning: Beginning): Float32Array {
  const entries = Object.entries(weights);
  const seed = new Float32Array(entries.length > 0 ? beginning.elements : 0);
  for (const [element, weight] of entries) {
    const index = Number(element);
    if (!Number.isInteger(index) || index < 0 || index >= seed.length) {
      throw new RelevanceCamError(
        "invalid-option",
        `The option seed names the element ${element}; ` +
          `"${beginning.output || "logits"}" has elements 0 to ${seed.length - 1}.`,
        "seed",
      );
    }
    seed[index] = weight;
  }
  return seed;
}

function emptyList(option: string, advice: string): RelevanceCamError {
  return new RelevanceCamError(
    "invalid-option",
    `The option ${option} is empty; ${advice}.`,
    option,
  );
}
