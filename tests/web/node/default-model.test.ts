import { readFileSync } from "node:fs";

import { Explainer } from "relevance-cam";
import { afterAll, beforeAll, expect, test } from "vitest";

import { decodePicture } from "../../../web/cli/picture.js";

interface Expected {
  readonly photos: Readonly<Record<string, readonly { index: number; logit: number }[]>>;
}

const project = (path: string): URL => new URL(`../../../${path}`, import.meta.url);
const { photos } = JSON.parse(
  readFileSync(project("scripts/models/expected.json"), "utf8"),
) as Expected;

/** What float32 runtimes differ by, and what decoders of JPEG do. */
const ATOL = 2e-3;
const JPEG_ATOL = 0.1;

let explainer: Explainer;

beforeAll(async () => {
  explainer = await Explainer.load(project(".cache/models/efficientnet-lite0.onnx"), {
    runtime: "simd",
  });
});

afterAll(() => {
  explainer.dispose();
});

test.each(Object.entries(photos))(
  "the default model names the classes of %s",
  async (name, want) => {
    const picture = await decodePicture(readFileSync(project(`.cache/photos/${name}`)), name);
    const { top, logits } = await explainer.classify(picture);
    expect(top.map(({ index }) => index)).toEqual(want.map(({ index }) => index));
    const atol = name.endsWith(".jpg") ? JPEG_ATOL : ATOL;
    for (const { index, logit } of want) {
      expect(Math.abs(logits[index]! - logit)).toBeLessThanOrEqual(atol);
    }
  },
);
