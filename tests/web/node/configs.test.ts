import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import {
  Explainer,
  type ConfigSource,
  type LoadOptions,
  type PreprocessOptions,
} from "relevance-cam";
import { afterAll, describe, expect, test } from "vitest";

import { modelWithWeight } from "../support/onnx-writer.js";

const options = { runtime: "simd", threads: 1 } as const;
/** Class k of the first three sees channel k alone. */
const weight = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1);
const names = ["red", "green", "blue", "all"];

const processor = {
  ...{ image_mean: [0.25, 0.5, 0.75], image_std: [0.5, 0.25, 0.125], resample: 3 },
  size: { height: 8, width: 8 },
};
const config = { id2label: Object.fromEntries(names.map((name, i) => [i, name])) };

const folder = mkdtempSync(join(tmpdir(), "configs-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A picture of one colour. */
function plain(...color: readonly number[]): { data: Uint8Array; width: number; height: number } {
  const data = Uint8Array.from({ length: 10 * 10 * 4 }, (_, i) => [...color, 255][i % 4]!);
  return { data, width: 10, height: 10 };
}

async function logitsFor(
  more: LoadOptions,
  metadata: Record<string, string> = {},
): Promise<number[]> {
  const model = modelWithWeight(weight, "scores", { metadata });
  const explainer = await Explainer.load(model, { ...options, ...more });
  const { outputs } = await explainer.run(plain(255, 204, 102));
  explainer.dispose();
  const { data } = outputs["scores"]!;
  return [0, 1, 2].map((channel) => data[channel * 64]!);
}

const closeTo = (values: readonly number[]): number[] =>
  values.map((value) => expect.closeTo(value, 4) as number);

describe("pre-processing", () => {
  // (1 - 0.25) / 0.5, (0.8 - 0.5) / 0.25, (0.4 - 0.75) / 0.125
  const wanted = closeTo([1.5, 1.2, -2.8]);

  test.each<[string, () => ConfigSource]>([
    ["an object", () => processor],
    ["a Blob", () => new Blob([JSON.stringify(processor)])],
    [
      "an address",
      () => pathToFileURL(file("preprocessor_config.json", JSON.stringify(processor))),
    ],
  ])("is found in a configuration given as %s", async (_, source) => {
    expect(await logitsFor({ configs: [source()] })).toEqual(wanted);
  });

  test("is found in metadata", async () => {
    const metadata = { image_mean: "0.25, 0.5, 0.75", image_std: "0.5, 0.25, 0.125" };
    expect(await logitsFor({}, metadata)).toEqual(wanted);
    const windows = { "Image.NominalPixelRange": "NominalRange_0_255" };
    expect(await logitsFor({}, windows)).toEqual(closeTo([255, 204, 102]));
    const bgr = { ...windows, "Image.BitmapPixelFormat": "Bgr8" };
    expect(await logitsFor({}, bgr)).toEqual(closeTo([102, 204, 255]));
  });

  test("is found in a graph that scales pixels itself", async () => {
    const model = modelWithWeight(weight, "scores", { scale: 1 / 255 });
    const explainer = await Explainer.load(model, options);
    const { outputs } = await explainer.run(plain(255, 204, 102));
    const { preprocess } = explainer.info();
    explainer.dispose();
    const scores = [0, 1, 2].map((channel) => outputs["scores"]!.data[channel * 64]!);
    expect(scores).toEqual(closeTo([1, 0.8, 0.4]));
    const why = preprocess.find(({ field }) => field === "range");
    expect(why).toMatchObject({ value: 255, confidence: "inferred" });
    expect(why?.source).toContain("begins with Mul on the input");
  });

  test.each<[PreprocessOptions, readonly number[]]>([
    [{ preset: "zero-to-one" }, [1, 0.8, 0.4]],
    [{ range: 255 }, [255, 204, 102]],
    [{ channels: "bgr" }, [(0.4 - 0.75) / 0.125, 1.2, 1.5]],
    [{ preset: "caffe-bgr" }, [102 - 103.939, 204 - 116.779, 255 - 123.68]],
  ])("is overridden by %j", async (preprocess, logits) => {
    expect(await logitsFor({ configs: [processor], preprocess })).toEqual(closeTo(logits));
  });

  test("is said with its reasons", async () => {
    const explainer = await Explainer.load(modelWithWeight(weight, "embedding"), {
      ...options,
      configs: [processor],
      preprocess: { resize: 9 },
    });
    const found = Object.fromEntries(explainer.info().preprocess.map((one) => [one.field, one]));
    explainer.dispose();
    expect(found["resize"]).toMatchObject({ value: 9, source: "The option preprocess says so." });
    expect(found["interpolation"]).toMatchObject({ value: "bicubic", confidence: "stated" });
    expect(Object.keys(found)).toHaveLength(6);
  });

  test("knows the size of images that the model leaves open", async () => {
    const open = modelWithWeight(weight, "embedding", { size: ["height", "width"] });
    const shapeOf = async (more: LoadOptions): Promise<readonly number[] | undefined> => {
      const explainer = await Explainer.load(Uint8Array.from(open), { ...options, ...more });
      const [input] = explainer.info().inputs;
      explainer.dispose();
      return input?.shape;
    };
    expect(await shapeOf({})).toEqual([1, 3, 224, 224]);
    const configs = [{ ...processor, size: { height: 12, width: 16 } }];
    expect(await shapeOf({ configs })).toEqual([1, 3, 12, 16]);
    expect(await shapeOf({ configs, dimensions: { width: 9 } })).toEqual([1, 3, 12, 9]);
  });

  test("of a file that holds no object is refused by its name", async () => {
    const path = file("odd/config.json", "[1]");
    const loading = logitsFor({ configs: [pathToFileURL(path)] });
    await expect(loading).rejects.toMatchObject({ code: "invalid-option", node: "config.json" });
    const missing = logitsFor({ configs: [new URL("file:///no/such/config.json")] });
    await expect(missing).rejects.toMatchObject({ code: "unreadable" });
  });
});

describe("class names", () => {
  const labelsOf = async (more: LoadOptions, metadata = {}): Promise<readonly string[]> => {
    const model = modelWithWeight(weight, "embedding", { metadata });
    const explainer = await Explainer.load(model, { ...options, ...more });
    const labels = explainer.labels();
    explainer.dispose();
    return labels;
  };

  test("are those of config.json, of metadata, or of the caller", async () => {
    expect(await labelsOf({ configs: [config] })).toEqual(names);
    expect(await labelsOf({}, { names: "{0: 'w', 1: 'x', 2: 'y', 3: 'z'}" })).toEqual([
      ...["w", "x", "y", "z"],
    ]);
    expect(await labelsOf({ configs: [config], labels: ["own"] })).toEqual(["own"]);
    expect(await labelsOf({})).toEqual([]);
  });
});

describe("the command line", () => {
  const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
  const run = (...args: readonly string[]): Promise<{ stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [cli, ...args], (_, stdout, stderr) => {
        resolve({ stdout, stderr });
      });
    });
  const model = (name: string): string => file(name, modelWithWeight(weight, "embedding"));

  test("finds configurations beside the model, and above a folder called onnx", async () => {
    file("repository/config.json", JSON.stringify(config));
    file("repository/preprocessor_config.json", JSON.stringify(processor));
    for (const path of [model("repository/model.onnx"), model("repository/onnx/model.onnx")]) {
      const { stdout } = await run("inspect", path);
      expect(stdout).toMatch(/^mean +0\.25, 0\.5, 0\.75 +stated +preprocessor_config\.json says/m);
      expect(stdout).toContain("labels 4, with the model");
    }
    const { stdout } = await run("inspect", model("repository/model.onnx"), "--config", "none");
    expect(stdout).toMatch(/^mean +0\.485, 0\.456, 0\.406 +guessed/m);
    const elsewhere = await run("inspect", model("other/onnx-files/model.onnx"));
    expect(elsewhere.stdout).toMatch(/^mean .+ guessed/m);
  });

  test("takes them by name, and fields one by one", async () => {
    const named = file("named.json", JSON.stringify(processor));
    const path = model("alone/model.onnx");
    const { stdout } = await run(
      ...["inspect", path, "--config", named, "--json"],
      ...["--preprocess", "minus-one-to-one", "--preprocess", "resize=9"],
    );
    const { preprocess } = JSON.parse(stdout) as {
      preprocess: { field: string; value: unknown }[];
    };
    const values = Object.fromEntries(preprocess.map(({ field, value }) => [field, value]));
    expect(values).toMatchObject({ resize: 9, mean: [0.5], interpolation: "bicubic" });
  });

  test.each([
    ["no field", "size=3"],
    ['its "mean"', "mean=a,b"],
    ["no-such", "no-such"],
  ])("refuses what makes no sense: %s", async (words, choice) => {
    const { stderr } = await run("inspect", model("alone/model.onnx"), "--preprocess", choice);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(words);
  });
});
