import type { TensorInfo } from "../types.js";

/** What the model's first input looks like, as far as pictures are concerned. */
export interface InputFormat {
  readonly name: string;
  readonly type: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly layout: "NCHW" | "NHWC";
}

/** `undefined` where no picture fits in. */
export function inputFormat(input: TensorInfo | undefined): InputFormat | undefined {
  if (input?.shape.length !== 4) return undefined;
  const [, a = 0, b = 0, c = 0] = input.shape;
  const { name, type } = input;
  if (isColorCount(a)) return { name, type, channels: a, height: b, width: c, layout: "NCHW" };
  if (isColorCount(c)) return { name, type, channels: c, height: a, width: b, layout: "NHWC" };
  return undefined;
}

function isColorCount(size: number): boolean {
  return size === 1 || size === 3;
}
