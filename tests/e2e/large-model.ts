// A file as large as those of VGG's kind, written piece by piece.
import { bytesField, integerField, lengthHeader } from "../../web/src/engine/protobuf.js";

const CHANNELS = 64;
const SIDE = 32;
const CLASSES = 512;
/** 134 MB: one matrix after a convolution, as VGG-16 has them. */
export const MATRIX_SIZE = CLASSES * CHANNELS * SIDE * SIDE * Float32Array.BYTES_PER_ELEMENT;

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function node(
  type: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Uint8Array[]
): Uint8Array {
  const names = inputs.map((name) => bytesField(1, name));
  return bytesField(1, joined(...names, bytesField(2, output), bytesField(4, type), ...attributes));
}

function integers(name: string, values: readonly number[]): Uint8Array {
  const items = values.map((value) => integerField(8, value));
  return bytesField(5, joined(bytesField(1, name), ...items, integerField(20, 7)));
}

function value(field: number, name: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.map((size) => bytesField(1, integerField(1, size)));
  const tensor = joined(integerField(1, 1), bytesField(2, joined(...sizes)));
  return bytesField(field, joined(bytesField(1, name), bytesField(2, bytesField(1, tensor))));
}

function tensorHead(name: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.map((size) => integerField(1, size));
  return joined(...sizes, integerField(2, 1), bytesField(8, name));
}

function noise(count: number, seed: number): Uint8Array {
  let state = seed;
  const values = Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  return new Uint8Array(values.buffer);
}

/** The file before and behind the matrix, whose elements may be anything. */
export function largeModel(): { readonly before: Uint8Array; readonly after: Uint8Array } {
  const convolution = bytesField(
    5,
    joined(tensorHead("w", [CHANNELS, 3, 3, 3]), bytesField(9, noise(CHANNELS * 27, 1))),
  );
  const nodes = joined(
    node("Conv", ["input", "w"], "conv", integers("pads", [1, 1, 1, 1])),
    node("Relu", ["conv"], "relu"),
    node("Flatten", ["relu"], "flat"),
    node(
      "Gemm",
      ["flat", "matrix"],
      "logits",
      bytesField(5, joined(bytesField(1, "transB"), integerField(3, 1), integerField(20, 2))),
    ),
  );
  const head = joined(
    tensorHead("matrix", [CLASSES, CHANNELS * SIDE * SIDE]),
    lengthHeader(9, MATRIX_SIZE),
  );
  const matrixHead = joined(lengthHeader(5, head.length + MATRIX_SIZE), head);
  const ends = joined(value(11, "input", [1, 3, SIDE, SIDE]), value(12, "logits", [1, CLASSES]));
  const size = nodes.length + convolution.length + matrixHead.length + MATRIX_SIZE + ends.length;
  const opset = bytesField(8, integerField(2, 17));
  return {
    before: joined(integerField(1, 8), lengthHeader(7, size), nodes, convolution, matrixHead),
    after: joined(ends, opset),
  };
}
