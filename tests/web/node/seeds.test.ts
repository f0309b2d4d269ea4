import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Explainer, type Tensor } from "relevance-cam";
import { afterAll, describe, expect, test } from "vitest";

import { readNpy, writeNpy } from "../../../web/src/npy.js";
import { modelWithWeight } from "../support/onnx-writer.js";
import { expectClose } from "../support/reference.js";

const CHANNELS = 3;
const FEATURES = 4;
const PIXELS = 64;
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const options = { runtime: "simd", threads: 1 } as const;

/** Row k: what feature k takes of the three channels. */
const weight = Float32Array.of(1, -2, 0.5, -1, 1, 1, 0.25, 0.5, -0.75, 2, 0, -1);

/** A picture without two equal pixels. */
function noise(seed: number): Tensor {
  const data = Float32Array.from({ length: CHANNELS * PIXELS }, (_, i) => Math.sin(seed * (i + 1)));
  return { data, shape: [1, CHANNELS, 8, 8] };
}

const weightOf = (feature: number, channel: number): number =>
  weight[feature * CHANNELS + channel]!;

function scoreAt({ data }: Tensor, feature: number, pixel: number): number {
  let sum = 0;
  for (let c = 0; c < CHANNELS; c++) sum += weightOf(feature, c) * data[c * PIXELS + pixel]!;
  return sum;
}

function embeddingOf(image: Tensor): number[] {
  return Array.from({ length: FEATURES }, (_, k) => {
    let sum = 0;
    for (let p = 0; p < PIXELS; p++) sum += Math.max(scoreAt(image, k, p), 0);
    return sum / PIXELS;
  });
}

/** Gradient of the sum of `seed` times the embedding of `image`, by hand. */
function gradientOfSimilarity(image: Tensor, seed: readonly number[]): Tensor {
  const data = image.data.map((_, i) => {
    const [channel, pixel] = [Math.floor(i / PIXELS), i % PIXELS];
    const active = seed.map((s, k) =>
      scoreAt(image, k, pixel) > 0 ? s * weightOf(k, channel) : 0,
    );
    return active.reduce((a, b) => a + b) / PIXELS;
  });
  return { data, shape: image.shape };
}

const folder = mkdtempSync(join(tmpdir(), "seeds-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string): string => join(folder, name);

/** The one array that the command line writes. */
function explainedByCommandLine(...args: readonly string[]): Tensor {
  const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
  const question = ["--runtime", "simd", "--raw", file("raw"), "--json"];
  const text = execFileSync(process.execPath, [cli, "explain", ...args, ...question], {
    encoding: "utf8",
  });
  const { results } = JSON.parse(text) as { results: { file: string }[] };
  expect(results).toHaveLength(1);
  return readNpy(readFileSync(results[0]!.file), results[0]!.file);
}

describe("similarity of embeddings: the seed is the other image's embedding", () => {
  const model = modelWithWeight(weight, "embedding");
  const [image, other] = [noise(0.7), noise(1.9)];
  const wanted = gradientOfSimilarity(image, embeddingOf(other));

  test("by the package", async () => {
    const explainer = await Explainer.load(Uint8Array.from(model), options);
    const { outputs } = await explainer.run(other);
    const seed = outputs["embedding"]!.data;
    Array.from(seed).forEach((x, k) => expect(x).toBeCloseTo(embeddingOf(other)[k]!, 5));
    const question = { output: "embedding", seed, layers: "input" } as const;
    const { results, ...about } = await explainer.explain(image, {
      ...question,
      method: "gradient",
    });
    expect(about).toMatchObject({ target: -1, targets: [] });
    expectClose(results[0]!, wanted, TOLERANCE);
    const parts = await explainer.explain(image, { ...question, method: "input-x-gradient" });
    const sum = parts.results[0]!.data.reduce((a, b) => a + b, 0);
    explainer.dispose();
    // Without biases, shares of the input add up to the similarity itself.
    const similarity = embeddingOf(image).reduce((s, x, k) => s + x * embeddingOf(other)[k]!, 0);
    expect(sum).toBeCloseTo(similarity, 5);
  });

  test("by the command line, with an embedding that it wrote itself", () => {
    writeFileSync(file("embedding.onnx"), model);
    writeFileSync(file("image.npy"), writeNpy(image));
    writeFileSync(file("other.npy"), writeNpy(other));
    const emit = ["--method", "gradient", "--layer", "embedding", "--emit", "activation"];
    const seed = explainedByCommandLine(file("embedding.onnx"), file("other.npy"), ...emit);
    writeFileSync(file("seed.npy"), writeNpy(seed));
    const map = explainedByCommandLine(
      ...[file("embedding.onnx"), file("image.npy"), "--output", "embedding"],
      ...["--seed", file("seed.npy"), "--method", "gradient", "--layer", "input"],
    );
    expectClose(map, wanted, TOLERANCE);
  });
});

describe("a region of a segmentation: the seed has ones in it", () => {
  const model = modelWithWeight(weight, "scores");
  const image = noise(0.3);
  const feature = 2;
  /** Rows 2 and 3, columns 5 to 7. */
  const inRegion = (pixel: number): boolean => [2, 3].includes(pixel >> 3) && (pixel & 7) >= 5;
  const elements = Array.from({ length: PIXELS }, (_, p) => p)
    .filter(inRegion)
    .map((p) => feature * PIXELS + p);
  const wanted: Tensor = {
    data: image.data.map((_, i) =>
      inRegion(i % PIXELS) ? weightOf(feature, Math.floor(i / PIXELS)) : 0,
    ),
    shape: image.shape,
  };

  test("by the package", async () => {
    const explainer = await Explainer.load(Uint8Array.from(model), options);
    const seed = Object.fromEntries(elements.map((element) => [element, 1]));
    const question = { output: "scores", seed, layers: "input", method: "gradient" } as const;
    const { results } = await explainer.explain(image, question);
    explainer.dispose();
    expectClose(results[0]!, wanted, TOLERANCE);
  });

  test("by the command line", () => {
    writeFileSync(file("segmentation.onnx"), model);
    writeFileSync(file("picture.npy"), writeNpy(image));
    const seed = elements.map((element) => `${element}=1`).join();
    const map = explainedByCommandLine(
      ...[file("segmentation.onnx"), file("picture.npy"), "--output", "scores", "--seed", seed],
      ...["--method", "gradient", "--layer", "input"],
    );
    expectClose(map, wanted, TOLERANCE);
  });
});
