import { readNpy, type ModelInfo, type Tensor, type TensorInfo } from "relevance-cam";

/** What is given for an input beside the picture. */
export interface GivenInput {
  readonly from: "number" | "file";
  /** The number as it was written, or the file's name. */
  readonly words: string;
  readonly tensor: Tensor;
}

/** By the inputs' names. */
export type GivenInputs = ReadonlyMap<string, GivenInput>;

export const NO_INPUTS: GivenInputs = new Map();

type Inputs = Pick<ModelInfo, "inputs">;

/** More than the header of any .npy file that NumPy writes. */
const MOST_HEADER_BYTES = 2 ** 16;

/** Those that the model reads beside the picture. */
export function furtherInputs({ inputs }: Inputs): readonly TensorInfo[] {
  return inputs.slice(1);
}

/** Those that can take a picture: that which does first. */
export function pictureInputs({ inputs }: Inputs): readonly TensorInfo[] {
  return inputs.filter((input, place) => place === 0 || looksLikePicture(input));
}

function looksLikePicture({ shape: [batch, first = 0, , last = 0, ...rest] }: TensorInfo): boolean {
  return batch === 1 && rest.length === 0 && last > 0 && Math.min(first, last) <= 4;
}

/** Names of those that still need a value. */
export function lackedInputs(info: Inputs, given: GivenInputs): readonly string[] {
  return furtherInputs(info).flatMap(({ name }) => (given.has(name) ? [] : [name]));
}

/** Of what is given that which another loading of the model can still read. */
export function keptInputs(info: Inputs, given: GivenInputs): GivenInputs {
  const kept = furtherInputs(info).flatMap(({ name, shape }): [string, GivenInput][] => {
    const one = given.get(name);
    return one && isSameShape(one.tensor.shape, shape) ? [[name, one]] : [];
  });
  return new Map(kept);
}

/** As the package takes them. */
export function inputTensors(given: GivenInputs): Readonly<Record<string, Tensor>> {
  return Object.fromEntries([...given].map(([name, { tensor }]) => [name, tensor]));
}

/** What was given, in words and by name, for a manifest. */
export function inputWords(given: GivenInputs): Readonly<Record<string, string>> {
  return Object.fromEntries([...given].map(([name, { words }]) => [name, words]));
}

/** "float32, 1 × 4". */
export function describeInput({ type, shape }: TensorInfo): string {
  return `${type}, ${sizeText(shape)}`;
}

/**
 * The input with every element the number that was written.
 * @throws Error in words for beside the field
 */
export function filledInput(text: string, { name, type, shape }: TensorInfo): GivenInput {
  if (text === "") throw new Error(`“${name}” needs a value: the model has none of its own.`);
  const value = Number(text);
  if (!isElement(value, type)) {
    throw new Error(`“${text}” does not do here: give one ${elementWords(type, "number")}.`);
  }
  const data = new Float32Array(countOf(shape)).fill(value);
  return { from: "number", words: text, tensor: { data, shape } };
}

/**
 * The input as a .npy file has it.
 * @throws Error in words for beside the field
 */
export async function inputFromFile(file: File, input: TensorInfo): Promise<GivenInput> {
  const { name, type, shape } = input;
  // What cannot be it is not read.
  if (file.size > MOST_HEADER_BYTES + countOf(shape) * 8) throw new Error(tooLarge(file, input));
  const tensor = readNpy(new Uint8Array(await file.arrayBuffer()), `“${file.name}”`);
  if (!isSameShape(tensor.shape, shape)) {
    throw new Error(
      `“${file.name}” has the shape ${sizeText(tensor.shape)}, but “${name}” takes ` +
        `${sizeText(shape)}.`,
    );
  }
  const place = tensor.data.findIndex((value) => !isElement(value, type));
  if (place < 0) return { from: "file", words: file.name, tensor };
  throw new Error(
    `“${file.name}” holds ${tensor.data[place]} at element ${place}, but “${name}” takes ` +
      `${elementWords(type, "numbers")}.`,
  );
}

/**
 * Files that were opened without saying what for: each is the input that is called like it, or the
 * only one.
 * @throws Error in words
 */
export async function inputsFromFiles(files: readonly File[], info: Inputs): Promise<GivenInputs> {
  const given = files.map(async (file): Promise<[string, GivenInput]> => {
    const input = inputFor(file, files.length, info);
    return [input.name, await inputFromFile(file, input)];
  });
  return new Map(await Promise.all(given));
}

/** The input beside the picture that a file is called like. */
export function namedInput(file: File, info: Inputs): TensorInfo | undefined {
  return furtherInputs(info).find(({ name }) => `${name}.npy` === file.name);
}

function inputFor(file: File, count: number, info: Inputs): TensorInfo {
  const inputs = furtherInputs(info);
  const only = count === 1 && inputs.length === 1 ? inputs[0] : undefined;
  const input = namedInput(file, info) ?? only;
  if (input) return input;
  if (inputs.length === 0) {
    throw new Error(`“${file.name}” is of no use here: the model reads nothing but the picture.`);
  }
  const names = inputs.map(({ name }) => `“${name}.npy”`).join(", ");
  throw new Error(
    `It is not clear which input “${file.name}” is for: open it beside that input, or call it one ` +
      `of ${names}.`,
  );
}

function tooLarge(file: File, { name, shape }: TensorInfo): string {
  return `“${file.name}” is too large: “${name}” takes ${sizeText(shape)} numbers.`;
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** "1 × 4"; of a scalar, which has no axes, "a single number". */
function sizeText(shape: readonly number[]): string {
  return shape.length === 0 ? "a single number" : shape.join(" × ");
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function isElement(value: number, type: string): boolean {
  const range = wholeRange(type);
  if (!range) return Number.isFinite(Math.fround(value));
  return Number.isInteger(value) && value >= range.least && value <= range.most;
}

function elementWords(type: string, noun: "number" | "numbers"): string {
  const range = wholeRange(type);
  if (!range) return `finite ${noun}`;
  const { least, most } = range;
  return most > 2 ** 32 ? `whole ${noun}` : `whole ${noun} from ${least} to ${most}`;
}

/** Which whole numbers an ONNX type holds; `undefined` where it holds others too. */
function wholeRange(type: string): { readonly least: number; readonly most: number } | undefined {
  if (type === "bool") return { least: 0, most: 1 };
  const [, unsigned, bits] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (bits === undefined) return undefined;
  const count = 2 ** Number(bits);
  return unsigned ? { least: 0, most: count - 1 } : { least: -count / 2, most: count / 2 - 1 };
}
