import type { LayerInfo, ModelInfo } from "relevance-cam";

type Tensor = Pick<LayerInfo, "name" | "shape">;

/** Where relevance begins, other than at the score of a class. */
export interface Beginning {
  /** A tensor's name; empty: the class scores. */
  readonly output: string;
  /** Weights of its elements; absent: its largest element. */
  readonly seed?: Readonly<Record<number, number>> | undefined;
  /** What is explained then. */
  readonly words: string;
}

/** Which elements of the tensor count, as the form has it. */
export type Elements = "largest" | "weights" | "region";

/** What the form says, as it was written. */
export interface WrittenBeginning {
  readonly output: string;
  readonly elements: Elements;
  /** INDEX:WEIGHT with commas between. */
  readonly weights: string;
  readonly channel: string;
  readonly left: string;
  readonly top: string;
  readonly width: string;
  readonly height: string;
}

/** Tensors that relevance can begin at, deepest first. */
export function tensorsOf({ outputs, layers }: ModelInfo): readonly Tensor[] {
  const all = [...layers, ...outputs.filter(({ name }) => layers.every((l) => l.name !== name))];
  return all.reverse();
}

/**
 * Looks up what was written.
 * @throws Error in words for beside the form
 */
export function readBeginning(written: WrittenBeginning, info: ModelInfo): Beginning {
  const tensor = tensorOf(written.output, info);
  const { elements } = written;
  const place = tensor.name === info.logits ? "the class scores" : tensor.name;
  const output = tensor.name === info.logits ? "" : tensor.name;
  if (elements === "largest") return { output, words: `the largest element of ${place}` };
  if (elements === "region") return { output, ...regionOf(written, tensor, place) };
  const seed = weightsOf(written.weights, sizeOf(tensor));
  const count = Object.keys(seed).length;
  const words = `${count} weighted ${count === 1 ? "element" : "elements"} of ${place}`;
  return { output, seed, words };
}

function tensorOf(name: string, info: ModelInfo): Tensor {
  const wanted = name.trim() || info.logits;
  const found = tensorsOf(info).find((tensor) => tensor.name === wanted);
  if (found) return found;
  if (wanted === info.logits) return { name: wanted, shape: [1, info.classes] };
  throw new Error(`The model has no tensor “${wanted}”; choose one of the list.`);
}

function sizeOf({ shape }: Tensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

function weightsOf(text: string, size: number): Record<number, number> {
  const pairs = text.split(/[,\n]/).filter((part) => part.trim() !== "");
  if (pairs.length === 0) {
    throw new Error("Write at least one INDEX:WEIGHT, such as 281:1, 967:-1.");
  }
  return Object.fromEntries(pairs.map((pair) => weightOf(pair.trim(), size)));
}

function weightOf(pair: string, size: number): [index: number, weight: number] {
  const [index = "", weight = ""] = pair.split(/[:=]/).map((part) => part.trim());
  const isWeight = weight !== "" && Number.isFinite(Number(weight));
  if (/^\d+$/.test(index) && Number(index) < size && isWeight) {
    return [Number(index), Number(weight)];
  }
  throw new Error(`“${pair}” does not do: write INDEX:WEIGHT with an index from 0 to ${size - 1}.`);
}

/** Ones in a rectangle of one channel. */
function regionOf(
  written: WrittenBeginning,
  { shape }: Tensor,
  place: string,
): Pick<Beginning, "seed" | "words"> {
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (shape.length < 3 || rows * columns < 2) {
    throw new Error(`${place} has no rows and columns: choose weights instead of a region.`);
  }
  const channels = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const channel = numberOf("channel", written.channel, 0, channels - 1);
  const left = numberOf("left", written.left, 0, columns - 1);
  const top = numberOf("top", written.top, 0, rows - 1);
  const width = numberOf("width", written.width, 1, columns - left);
  const height = numberOf("height", written.height, 1, rows - top);
  const seed: Record<number, number> = {};
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) seed[(channel * rows + y) * columns + x] = 1;
  }
  return { seed, words: `${width} × ${height} positions of channel ${channel} of ${place}` };
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new Error(`The ${name} is a whole number from ${least} to ${most}.`);
}
