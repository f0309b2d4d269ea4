import {
  Explainer,
  RelevanceCamError,
  type InputOptions,
  type PixelImage,
  type Tensor,
} from "relevance-cam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { modelWithGains, modelWithMask } from "../support/onnx-writer.js";
import { expectClose } from "../support/reference.js";

const CHANNELS = 3;
const PIXELS = 64;
const TOLERANCE = { atol: 1e-6, rtol: 1e-5 };
const options = { runtime: "simd", threads: 1 } as const;

/** Row k: what feature k takes of the three channels. */
const weight = Float32Array.of(1, -2, 0.5, -1, 1, 1, 0.25, 0.5, -0.75, 2, 0, -1);
const model = modelWithGains(weight);

const photo: Tensor = {
  data: Float32Array.from({ length: CHANNELS * PIXELS }, (_, i) => Math.sin(7 * i + 1)),
  shape: [1, CHANNELS, 8, 8],
};

function gains(...data: number[]): Tensor {
  return { data: Float32Array.from(data), shape: [1, data.length] };
}

const GAINS = [0.5, 2, -1, 3];
const inputs = { gains: gains(...GAINS) };

/** Feature `k` at a pixel, before the ReLU. */
function convolved(k: number, pixel: number): number {
  let sum = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    sum += weight[k * CHANNELS + channel]! * photo.data[channel * PIXELS + pixel]!;
  }
  return sum;
}

function logitOf(k: number, gain: number): number {
  let sum = 0;
  for (let pixel = 0; pixel < PIXELS; pixel++) sum += Math.max(convolved(k, pixel), 0);
  return (gain * sum) / PIXELS;
}

function gradientOf(k: number, gain: number): Tensor {
  const data = photo.data.map((_, i) => {
    const channel = Math.floor(i / PIXELS);
    const passes = convolved(k, i % PIXELS) > 0;
    return passes ? (gain * weight[k * CHANNELS + channel]!) / PIXELS : 0;
  });
  return { data, shape: photo.shape };
}

const logits: Tensor = {
  data: Float32Array.from(GAINS, (gain, k) => logitOf(k, gain)),
  shape: [1, 4],
};

let explainer: Explainer;

beforeAll(async () => {
  explainer = await Explainer.load(model, options);
});

afterAll(() => {
  explainer.dispose();
});

describe("beside the image", () => {
  test("the image's input stands first, wherever the file has it", () => {
    expect(explainer.info().inputs.map(({ name }) => name)).toEqual(["photo", "gains"]);
    expect(explainer.info().preprocess).not.toHaveLength(0);
  });

  test("classify takes further inputs", async () => {
    const classified = await explainer.classify(photo, { inputs });
    expectClose({ data: classified.logits, shape: [1, 4] }, logits, TOLERANCE);
  });

  test("explain holds them fixed, and the input is the image's", async () => {
    const asked = { inputs, target: [1, 2], layers: "input", emit: ["gradient"] } as const;
    const { results } = await explainer.explain(photo, { ...asked, method: "gradient" });
    expect(results.map(({ layer }) => layer)).toEqual(["photo", "photo"]);
    expectClose(results[0]!, gradientOf(1, GAINS[1]!), TOLERANCE);
    expectClose(results[1]!, gradientOf(2, GAINS[2]!), TOLERANCE);
  });

  test("so does compare, with methods that run the model again", async () => {
    const methods = ["relevance-cam", "score-cam", "rise", "occlusion", "smoothgrad"];
    const { cells, logits: scores } = await explainer.compare(photo, { methods, inputs });
    expectClose({ data: scores, shape: [1, 4] }, logits, TOLERANCE);
    expect(cells.map(({ error }) => error).filter(Boolean)).toEqual([]);
  });

  test("pictures take further inputs as well", async () => {
    const picture: PixelImage = {
      data: Uint8ClampedArray.from({ length: 20 * 16 * 4 }, (_, i) => (i * 7) % 256),
      width: 20,
      height: 16,
    };
    const { results } = await explainer.explain(picture, { inputs });
    expect(results[0]?.region?.height).toBeCloseTo((16 * 8) / 9, 5);
  });

  test("run takes one image and the others, or all by name", async () => {
    for (const { outputs } of [
      await explainer.run(photo, { inputs }),
      await explainer.run({ photo, ...inputs }),
      await explainer.run({ photo }, { inputs }),
    ]) {
      expectClose(outputs["logits"]!, logits, TOLERANCE);
    }
  });

  test("the forward pass is repeated where one of them changes, and only there", async () => {
    await explainer.explain(photo, { inputs, target: 0 });
    const again = { inputs: { gains: gains(...GAINS) }, target: 1 };
    expect((await explainer.explain(photo, again)).reusedForward).toBe(true);
    const other = { inputs: { gains: gains(1, 1, 1, 1) }, target: 1 };
    const changed = await explainer.explain(photo, other);
    expect(changed.reusedForward).toBe(false);
    expect(changed.logits[1]).toBeCloseTo(logitOf(1, 1), 5);
  });
});

describe("are refused by name, and the explainer stays usable:", () => {
  const classify = (given: InputOptions["inputs"]): Promise<unknown> =>
    explainer.classify(photo, { inputs: given });

  test.each<[string, string, () => Promise<unknown>]>([
    ["missing", "'gains' was not given", () => classify(undefined)],
    ["missing", "'gains' was not given", () => explainer.explain(photo)],
    ["missing", "'gains' was not given", () => explainer.compare(photo, { methods: ["lrp"] })],
    ["missing", "'photo' was not given", () => explainer.run(inputs)],
    ["unknown", '"gain"; valid: gains', () => classify({ ...inputs, gain: inputs.gains })],
    ["unknown", '"x"; valid: photo, gains', () => explainer.run({ photo, x: photo })],
    ["the image's", '"photo" is the one that the image', () => classify({ ...inputs, photo })],
    [
      "of a wrong shape",
      '"gains" takes a tensor of shape 1x4',
      () => classify({ gains: gains(1) }),
    ],
    ["not finite", "'gains' holds NaN", () => classify({ gains: gains(1, NaN, 1, 1) })],
    ["no tensor", '"gains" is no {', () => classify({ gains: [1, 2] as unknown as Tensor })],
  ])("%s, %s", async (_, culprit, call) => {
    await explainer.classify(photo, { inputs });
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RelevanceCamError);
    expect(error).toMatchObject({ code: "invalid-input" });
    expect((error as Error).message).toContain(culprit);
    const classified = await explainer.classify(photo, { inputs });
    expectClose({ data: classified.logits, shape: [1, 4] }, logits, TOLERANCE);
  });

  test("cam, whose maps are the last layer's weights", async () => {
    await expect(explainer.explain(photo, { inputs, method: "cam" })).rejects.toThrow(
      /method 'cam' needs .* joins several values/,
    );
  });
});

test("a mask that the picture is multiplied by is no pre-processing", async () => {
  const masked = await Explainer.load(modelWithMask(weight), options);
  const range = masked.info().preprocess.find(({ field }) => field === "range");
  masked.dispose();
  expect(range).toMatchObject({ value: 1, confidence: "guessed" });
});

describe("the input for the image", () => {
  test("can be named", async () => {
    const named = await Explainer.load(model, { ...options, imageInput: "gains" });
    expect(named.info().inputs.map(({ name }) => name)).toEqual(["gains", "photo"]);
    const asked = { inputs: { photo }, target: 1, layers: "input", emit: ["gradient"] } as const;
    const { results } = await named.explain(inputs.gains, { ...asked, method: "lrp" });
    named.dispose();
    const feature = logitOf(1, 1);
    expectClose(results[0]!, gains(0, feature, 0, 0), TOLERANCE);
  });

  test("must be one of the model's", async () => {
    const loading = Explainer.load(model, { ...options, imageInput: "image" });
    await expect(loading).rejects.toMatchObject({ code: "invalid-option", node: "image" });
    await expect(loading).rejects.toThrow(/'gains', 'photo'/);
  });
});
