import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";
import { Explainer } from "relevance-cam";

import { writeNpy } from "../../../web/src/npy.js";
import { modelWithExternalWeight } from "../support/onnx-writer.js";

const model = modelWithExternalWeight("weights.bin");
/** Row k picks k times the first channel. */
const weights = Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0);
const input = { data: new Float32Array(3 * 64).fill(0.5), shape: [1, 3, 8, 8] };
const wanted = [0, 0.5, 1, 1.5];
const options = { threads: 1 };

test("a file that the model needs is asked for by name", async () => {
  await expect(Explainer.load(model, options)).rejects.toMatchObject({
    code: "missing-external-data",
    node: "weights.bin",
  });
});

test.each([
  ["a Blob", new Blob([weights])],
  ["bytes", new Uint8Array(weights.buffer)],
  ["a buffer", weights.buffer],
])("it may be given as %s", async (_, file) => {
  const explainer = await Explainer.load(model, {
    ...options,
    externalData: { "weights.bin": file },
  });
  const { logits } = await explainer.classify(input);
  explainer.dispose();
  expect(Array.from(logits)).toEqual(wanted);
});

test("a file that is too short is refused", async () => {
  const externalData = { "weights.bin": weights.slice(0, 5).buffer };
  await expect(Explainer.load(model, { ...options, externalData })).rejects.toMatchObject({
    code: "invalid-model",
  });
});

test("the command line finds it beside the model", () => {
  const folder = mkdtempSync(join(tmpdir(), "relevance-cam-"));
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("model.onnx"), model);
  writeFileSync(path("weights.bin"), new Uint8Array(weights.buffer));
  writeFileSync(path("input.npy"), writeNpy(input));
  const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
  const args = [cli, "classify", path("model.onnx"), path("input.npy"), "--json"];
  const { results } = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as {
    results: { top: { index: number; logit: number }[] }[];
  };
  rmSync(folder, { recursive: true });
  expect(results[0]?.top.map(({ index, logit }) => [index, logit])).toEqual([
    ...[3, 2, 1, 0].map((index) => [index, wanted[index]]),
  ]);
});
