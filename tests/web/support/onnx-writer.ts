// As much of ONNX's protobuf as a test model needs.

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function integer(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function message(field: number, ...parts: readonly number[][]): number[] {
  const content = parts.flat();
  return [...varint(field * 8 + 2), ...varint(content.length), ...content];
}

function text(field: number, value: string): number[] {
  return message(field, Array.from(new TextEncoder().encode(value)));
}

function node(type: string, inputs: readonly string[], output: string): number[] {
  const names = inputs.map((name) => text(1, name));
  return message(1, ...names, text(2, output), text(3, output), text(4, type));
}

/** Sizes that are left open have a name. */
function floats(field: number, name: string, shape: readonly (number | string)[]): number[] {
  const dimensions = shape.map((size) =>
    message(1, typeof size === "number" ? integer(1, size) : text(2, size)),
  );
  const type = message(2, message(1, integer(1, 1), message(2, ...dimensions)));
  return message(field, text(1, name), type);
}

function tensor(name: string, shape: readonly number[], data: Float32Array): number[] {
  const sizes = shape.map((size) => integer(1, size));
  const raw = message(9, Array.from(new Uint8Array(data.buffer)));
  return message(5, ...sizes, integer(2, 1), text(8, name), raw);
}

function externalTensor(name: string, shape: readonly number[], file: string): number[] {
  const sizes = shape.map((size) => integer(1, size));
  const location = message(13, text(1, "location"), text(2, file));
  return message(5, ...sizes, integer(2, 1), text(8, name), location, integer(14, 1));
}

/**
 * A classifier of 3 x 8 x 8 inputs: a 1x1 convolution of 3 channels to 4, ReLU, global average.
 * Its weight [4, 3, 1, 1] lies in `file`.
 */
export function modelWithExternalWeight(file: string): Uint8Array {
  const graph = message(
    7,
    node("Conv", ["input", "weight"], "conv"),
    node("Relu", ["conv"], "relu"),
    node("GlobalAveragePool", ["relu"], "pool"),
    node("Flatten", ["pool"], "logits"),
    text(2, "external"),
    externalTensor("weight", [4, 3, 1, 1], file),
    floats(11, "input", [1, 3, 8, 8]),
    floats(12, "logits", [1, 4]),
  );
  return modelOf(graph);
}

function modelOf(
  graph: readonly number[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(metadata).flatMap(([key, value]) =>
    message(14, text(1, key), text(2, value)),
  );
  return Uint8Array.from([
    ...[...integer(1, 8), ...message(8, integer(2, 13)), ...graph],
    ...entries,
  ]);
}

/** What else a test model's file says. */
export interface FileOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Height and width of its input, or names where they are left open. */
  readonly size?: readonly (number | string)[];
  /** What pixels are multiplied by before anything else. */
  readonly scale?: number;
}

/**
 * A network of 3 x 8 x 8 inputs without biases: a 1x1 convolution `scores` [1, 4, 8, 8] with the
 * given weight [4, 3, 1, 1], ReLU, and the average `embedding` [1, 4, 1, 1]. Its one output is
 * called `output`: `scores` makes a segmentation of it, `embedding` an embedding.
 */
export function modelWithWeight(
  weight: Float32Array,
  output: "scores" | "embedding",
  { metadata = {}, size = [8, 8], scale }: FileOptions = {},
): Uint8Array {
  const shape = output === "scores" ? [1, 4, 8, 8] : [1, 4, 1, 1];
  const behind = [
    node("Relu", ["scores"], "relu"),
    node("GlobalAveragePool", ["relu"], "embedding"),
  ];
  return modelOf(
    message(
      7,
      ...(scale === undefined ? [] : [node("Mul", ["input", "scale"], "scaled")]),
      node("Conv", [scale === undefined ? "input" : "scaled", "weight"], "scores"),
      ...(output === "scores" ? [] : behind),
      text(2, "small"),
      tensor("weight", [4, 3, 1, 1], weight),
      tensor("scale", [], Float32Array.of(scale ?? 1)),
      floats(11, "input", [1, 3, ...size]),
      floats(12, output, shape),
    ),
    metadata,
  );
}

/**
 * A classifier of two inputs: `gains` [1, 4], and behind it in the file `photo` [1, 3, 8, 8]. A 1x1
 * convolution of the photo with the given weight [4, 3, 1, 1], ReLU and average give four features;
 * the gains times these are the `logits`.
 */
export function modelWithGains(weight: Float32Array): Uint8Array {
  return modelOf(
    message(
      7,
      node("Conv", ["photo", "weight"], "conv"),
      node("Relu", ["conv"], "relu"),
      node("GlobalAveragePool", ["relu"], "pool"),
      node("Flatten", ["pool"], "features"),
      node("Mul", ["features", "gains"], "logits"),
      text(2, "gains"),
      tensor("weight", [4, 3, 1, 1], weight),
      floats(11, "gains", [1, 4]),
      floats(11, "photo", [1, 3, 8, 8]),
      floats(12, "logits", [1, 4]),
    ),
  );
}

/**
 * A classifier of two pictures: `photo` [1, 3, 8, 8] times `mask` [1, 1, 8, 8]. A 1x1 convolution of
 * the product with the given weight [4, 3, 1, 1], ReLU and average give the `logits`.
 */
export function modelWithMask(weight: Float32Array): Uint8Array {
  return modelOf(
    message(
      7,
      node("Mul", ["photo", "mask"], "masked"),
      node("Conv", ["masked", "weight"], "conv"),
      node("Relu", ["conv"], "relu"),
      node("GlobalAveragePool", ["relu"], "pool"),
      node("Flatten", ["pool"], "logits"),
      text(2, "mask"),
      tensor("weight", [4, 3, 1, 1], weight),
      floats(11, "photo", [1, 3, 8, 8]),
      floats(11, "mask", [1, 1, 8, 8]),
      floats(12, "logits", [1, 4]),
    ),
  );
}
