import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { afterAll, describe, expect, test } from "vitest";
import { Explainer, type LoadOptions } from "relevance-cam";

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

const bytes = new Uint8Array(weights.buffer);

async function logitsOf(
  source: Parameters<typeof Explainer.load>[0],
  more: LoadOptions,
): Promise<number[]> {
  const explainer = await Explainer.load(source, { ...options, ...more });
  const { logits } = await explainer.classify(input);
  explainer.dispose();
  return Array.from(logits);
}

test("of a list of files that which the model names is taken, and no other is read", async () => {
  const other = new File(["x"], "other.bin");
  other.stream = () => {
    throw new Error("read although nobody asked for it");
  };
  const externalData = [other, new File([bytes], "weights.bin")];
  expect(await logitsOf(model, { externalData })).toEqual(wanted);
  await expect(logitsOf(model, { externalData: [other] })).rejects.toMatchObject({
    ...{ code: "missing-external-data", node: "weights.bin" },
  });
});

test("a path of a record counts by its base name", async () => {
  expect(await logitsOf(model, { externalData: { "folder/weights.bin": bytes } })).toEqual(wanted);
});

test("a folder is asked for the file by its name", async () => {
  const asked: string[] = [];
  const getFile = () => Promise.resolve(new File([bytes], "weights.bin"));
  const folder = {
    getFileHandle: (name: string) => {
      asked.push(name);
      return name === "weights.bin" ? Promise.resolve({ getFile }) : Promise.reject(new Error());
    },
  } as unknown as FileSystemDirectoryHandle;
  expect(await logitsOf(model, { externalData: folder })).toEqual(wanted);
  expect(asked).toEqual(["weights.bin"]);
  const other = modelWithExternalWeight("other.bin");
  await expect(logitsOf(other, { externalData: folder })).rejects.toMatchObject({
    ...{ code: "missing-external-data", node: "other.bin" },
  });
});

describe("of a model by address", () => {
  const folder = mkdtempSync(join(tmpdir(), "relevance-cam-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const saved = (name: string, content: Uint8Array): URL => {
    writeFileSync(join(folder, name), content);
    return pathToFileURL(join(folder, name));
  };

  test("it lies beside the model, unless that is forbidden", async () => {
    const address = saved("model.onnx", model);
    await expect(logitsOf(address, {})).rejects.toMatchObject({
      ...{ code: "missing-external-data", node: "weights.bin" },
    });
    saved("weights.bin", bytes);
    expect(await logitsOf(address, {})).toEqual(wanted);
    await expect(logitsOf(address, { externalData: {} })).rejects.toMatchObject({
      code: "missing-external-data",
    });
  });

  test("a name with strange characters is a name, not a part of an address", async () => {
    const name = "we#ights?a=b%2e.bin";
    const address = saved("strange.onnx", modelWithExternalWeight(name));
    saved(name, bytes);
    expect(await logitsOf(address, {})).toEqual(wanted);
  });

  test.each(["../weights.bin", "/etc/hostname", "a/../../weights.bin", "..", "C:\\weights.bin"])(
    "%s leads out of the folder and is refused",
    async (name) => {
      const address = saved("outside.onnx", modelWithExternalWeight(name));
      await expect(logitsOf(address, {})).rejects.toMatchObject({ code: "invalid-model" });
    },
  );
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
