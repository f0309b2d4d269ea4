import { describe, expect, test } from "vitest";

import { readNpy, writeNpy } from "../../web/src/npy.js";

/** The bytes that NumPy itself writes for np.arange(6, dtype="<f4").reshape(2, 3). */
const NUMPY_FILE = Buffer.concat([
  Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"),
  Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117) + "\n"),
  Buffer.from(Float32Array.of(0, 1, 2, 3, 4, 5).buffer),
]);

test("reads what NumPy writes", () => {
  const { data, shape } = readNpy(NUMPY_FILE, "x.npy");
  expect(shape).toEqual([2, 3]);
  expect(data).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
});

test("writes what NumPy writes", () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5);
  expect(Buffer.from(writeNpy({ data, shape: [2, 3] })).equals(NUMPY_FILE)).toBe(true);
});

test.each([[[]], [[7]], [[1, 2, 3]], [[0, 4]]])(
  "shape %j survives the way there and back",
  (shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = Float32Array.from({ length: size }, (_, i) => i - 1.5);
    const bytes = writeNpy({ data, shape });
    expect(bytes.length - data.byteLength).toSatisfy((start: number) => start % 64 === 0);
    expect(readNpy(bytes, "x.npy")).toEqual({ data, shape });
  },
);

describe("refuses", () => {
  const changed = (from: string, to: string): Buffer =>
    Buffer.from(NUMPY_FILE.toString("latin1").replace(from, to), "latin1");

  test.each([
    ["an empty file", Buffer.alloc(0), /no \.npy file/],
    ["a text", Buffer.from("not an array at all"), /no \.npy file/],
    ["float64", changed("<f4", "<f8"), /type <f8, not float32/],
    ["Fortran order", changed("False", "True "), /Fortran order/],
    ["a cut file", NUMPY_FILE.subarray(0, -4), /6 float32 numbers, but has 20 bytes/],
    ["a cut header", NUMPY_FILE.subarray(0, 40), /x\.npy cannot be read/],
    ["an absurd shape", changed("(2, 3)", "(9999999999, 9)"), /x\.npy cannot be read/],
  ])("%s", (_, bytes, message) => {
    expect(() => readNpy(bytes, "x.npy")).toThrow(message);
  });
});
