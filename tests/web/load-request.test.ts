import { expect, test } from "vitest";

import { loadRequest } from "../../web/src/load-request.js";
import type { LoadOptions } from "../../web/src/types.js";

test("addresses become absolute, buffers plain bytes", () => {
  expect(loadRequest("https://example.org/m.onnx", {}).model).toBe("https://example.org/m.onnx");
  expect(loadRequest(new URL("file:///m.onnx"), {}).model).toBe("file:///m.onnx");
  expect(loadRequest(new ArrayBuffer(3), {}).model).toEqual(new Uint8Array(3));
});

test.each<[string, LoadOptions]>([
  ["threads", { threads: 0 }],
  ["threads", { threads: 1.5 }],
  ["runtime", { runtime: "avx" as "simd" }],
  ["batchNorm", { batchNorm: "drop" as "keep" }],
  ["N", { dimensions: { N: -1 } }],
  ["x", { inputShapes: { x: [1, NaN] } }],
  ["wasm", { wasm: "http://" }],
])("a bad %s is refused by name", (node, options) => {
  expect(() => loadRequest(new ArrayBuffer(1), options)).toThrow(
    expect.objectContaining({ code: "invalid-option", node }),
  );
});

test("a model that is none of the kinds is refused", () => {
  expect(() => loadRequest(42 as unknown as string, {})).toThrow(/model is neither/);
});
