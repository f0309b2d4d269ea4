import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PNG } from "pngjs";
import { Explainer } from "relevance-cam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readNpy, writeNpy } from "../../../web/src/npy.js";
import { ReferenceCase } from "../support/reference.js";

const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const vgg = new ReferenceCase("rcam_vgg16_bias");
const model = vgg.path("model.onnx");
const input = vgg.path("input.pb");
const layer = "/features/features.23/MaxPool_output_0";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "relevance-cam-"));
  const png = new PNG({ width: 90, height: 70 });
  png.data.forEach((_, i) => (png.data[i] = (i * 13) % 256));
  writeFileSync(join(folder, "picture.png"), PNG.sync.write(png));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function runJson<T>(...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await run(...args, "--runtime", "simd", "--json");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout) as T;
}

test("inspect lists inputs, layers and stages", async () => {
  const info = await runJson<{
    inputs: { name: string; shape: number[] }[];
    layers: { name: string; opType: string; shape: number[]; macs: number; stage: boolean }[];
    stages: string[];
  }>("inspect", model);
  expect(info.inputs).toEqual([{ name: "input", shape: [1, 3, 64, 64] }]);
  const first = info.layers[0];
  expect(first).toMatchObject({ opType: "Conv", macs: 64 * 64 * 7 * 27 });
  const sizes = info.stages.map((name) => info.layers.find((l) => l.name === name)!.shape.at(-1)!);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => b - a));
  const { stdout } = await run("inspect", model);
  expect(stdout).toContain(layer);
});

test("run writes what the reference has", async () => {
  const file = join(folder, "logits.npy");
  const { outputs } = await runJson<{ outputs: { name: string; file: string }[] }>(
    ...["run", model, "--input", input, "--output", file],
  );
  expect(outputs).toMatchObject([{ name: "logits", shape: [1, 10], file }]);
  const { data } = readNpy(readFileSync(file), file);
  expect(data).toHaveLength(10);
  const named = await runJson("run", model, "--input", `input=${input}`);
  expect(named).toMatchObject({ outputs: [{ name: "logits", file: null }] });
});

test("classify takes several images and labels", async () => {
  const labels = join(folder, "labels.txt");
  writeFileSync(labels, Array.from({ length: 10 }, (_, i) => `name ${i}\n`).join(""));
  const picture = join(folder, "picture.png");
  const { results } = await runJson<{ results: { image: string; top: { label: string }[] }[] }>(
    ...["classify", model, picture, input, "--labels", labels, "--top", "2"],
  );
  expect(results.map(({ image }) => image)).toEqual([picture, input]);
  expect(results.every(({ top }) => top.length === 2)).toBe(true);
  expect(results[0]?.top[0]?.label).toMatch(/^name \d$/);
});

describe("explain", () => {
  interface Listing {
    readonly kind: string;
    readonly file: string;
    readonly overlay: string;
    readonly shape: number[];
  }

  test("lists every result with its file", async () => {
    const raw = join(folder, "raw");
    const { results } = await runJson<{ results: Listing[] }>(
      ...["explain", model, input, "--layer", layer, "--layer", "input", "--layer", "logits"],
      ...["--composite", "relevance-cam-code", "--set", "conv-bias=twice", "--start", "clrp"],
      ...["--target", "6", "--emit", "relevance", "--raw", raw],
    );
    expect(results).toHaveLength(3);
    for (const result of results) {
      expect(result).toMatchObject({
        method: "relevance-cam",
        kind: "relevance",
        target: 6,
        start: "clrp",
        composite: "relevance-cam-code",
      });
      expect(readNpy(readFileSync(result.file), result.file).shape).toEqual(result.shape);
    }
    expect(readdirSync(raw)).toHaveLength(3);
  });

  test("draws overlays of the picture's size", async () => {
    const out = join(folder, "out");
    const { results } = await runJson<{ results: Listing[] }>(
      ...["explain", model, join(folder, "picture.png"), "--method", "grad-cam", "--out", out],
      ...["--emit", "cam,scaled,weights"],
    );
    const drawn = results.filter(({ overlay }) => overlay !== null);
    expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(["cam", "scaled"]));
    const { width, height } = PNG.sync.read(readFileSync(drawn[0]!.overlay));
    expect([width, height]).toEqual([90, 70]);
  });

  test("a .npy input and the same TensorProto give the same map", async () => {
    const npy = join(folder, "input.npy");
    const explainer = await Explainer.load(vgg.url("model.onnx"));
    writeFileSync(npy, writeNpy(await explainer.readTensor(vgg.bytes("input.pb"))));
    explainer.dispose();
    const raw = join(folder, "same");
    await runJson("explain", model, npy, "--layer", layer, "--raw", join(raw, "npy"));
    await runJson("explain", model, input, "--layer", layer, "--raw", join(raw, "pb"));
    const [a, b] = ["npy", "pb"].map((part) => {
      const [file] = readdirSync(join(raw, part));
      return readFileSync(join(raw, part, file!));
    });
    expect(a!.equals(b!)).toBe(true);
  });
});

describe("bad usage and bad input: status 2 and one line naming", () => {
  const bad = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  test.each<[string, () => string[]]>([
    ["name a command", () => []],
    ["unknown command", () => ["paint"]],
    ["model", () => ["inspect"]],
    ["no/such.onnx", () => ["inspect", "no/such.onnx"]],
    ["empty", () => ["inspect", bad("empty.onnx", "")]],
    ["--no-such", () => ["inspect", model, "--no-such"]],
    ["--threads", () => ["inspect", model, "--threads", "0"]],
    ["--runtime", () => ["inspect", model, "--runtime", "avx"]],
    ["no-such.png", () => ["classify", model, "no-such.png"]],
    ["text.png", () => ["classify", model, bad("text.png", "no picture")]],
    [
      "cut.png",
      () => [
        ...["classify", model],
        bad("cut.png", readFileSync(join(folder, "picture.png")).subarray(0, 200)),
      ],
    ],
    ["cut.npy", () => ["classify", model, bad("cut.npy", "\x93NUMPY")]],
    ["bad.pb", () => ["classify", model, bad("bad.pb", "\x0a\xff\xff")]],
    ["no-such.txt", () => ["classify", model, input, "--labels", "no-such.txt"]],
    ["--top", () => ["classify", model, input, "--top", "none"]],
    ["no-such", () => ["classify", model, input, "--preprocess", "no-such"]],
    ["nowhere", () => ["explain", model, input, "--layer", "nowhere"]],
    ["no-such", () => ["explain", model, input, "--method", "no-such"]],
    ["99", () => ["explain", model, input, "--target", "99"]],
    ["a cat", () => ["explain", model, input, "--target", "a cat"]],
    ["NAME=VALUE", () => ["explain", model, input, "--set", "conv-bias"]],
    ["no-such", () => ["explain", model, input, "--emit", "cam,no-such"]],
    ["jet", () => ["explain", model, input, "--out", folder, "--palette", "jet"]],
    ["--opacity", () => ["explain", model, input, "--opacity", "2"]],
    ["cannot be written", () => ["explain", model, input, "--raw", bad("file", "")]],
    ["--input", () => ["run", model]],
  ])("%s", async (culprit, args) => {
    const { status, stdout, stderr } = await run(...args());
    expect(stderr).toContain(culprit);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
    expect(stdout).toBe("");
  });
});

test("--help and --version are no errors", async () => {
  for (const argument of ["--help", "--version"]) {
    expect(await run(argument)).toMatchObject({ status: 0, stderr: "" });
  }
});
