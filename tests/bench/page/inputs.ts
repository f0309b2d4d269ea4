import type { Tensor } from "relevance-cam";

const MULTIPLIER = 1664525;
const INCREMENT = 1013904223;

/** Uniform noise from -2 to 2, the range of a normalised picture, by a linear congruence. */
function noise(shape: readonly number[], seed: number): Tensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, MULTIPLIER) + INCREMENT) >>> 0;
    data[i] = (state / 2 ** 32) * 4 - 2;
  }
  return { data, shape };
}

/**
 * Inputs in turn, so that no engine meets the one it has just seen: enough of them that not even the
 * calls of the other engines in between bring it back.
 */
export class Inputs {
  readonly #tensors: readonly Tensor[];
  #next = 0;

  constructor(shape: readonly number[]) {
    this.#tensors = [1, 2, 3, 4, 5].map((seed) => noise(shape, seed));
  }

  next(): Tensor {
    const tensor = this.#tensors[this.#next] as Tensor;
    this.#next = (this.#next + 1) % this.#tensors.length;
    return tensor;
  }
}
