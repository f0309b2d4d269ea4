import { existsSync, readFileSync } from "node:fs";

import { Explainer, type PixelImage, type Tensor } from "relevance-cam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { decodePicture } from "../../../web/cli/picture.js";
import { expectClose } from "../support/reference.js";

/** A real network and photos that are not ours to commit: test data beside the project. */
const shared = (path: string): URL => new URL(`../../../../shared/${path}`, import.meta.url);

const photos = [
  ...["both", "bridge", "coyote", "dog_cat", "elephant"],
  ...["flamingo", "hot_dog", "labrador", "parrot"],
];

interface Expected {
  readonly photos: Readonly<
    Record<string, { readonly top5: readonly { index: number; logit: number }[] }>
  >;
}

/** Two levels of 255, after division by imagenet's smallest deviation: what JPEG decoders differ by. */
const DECODER_ATOL = 2.01 / 255 / 0.224;

describe.skipIf(!existsSync(shared("models/squeezenet1_1.onnx")))("SqueezeNet 1.1", () => {
  /** Resizes and crops. */
  let explainer: Explainer;
  /** Takes pictures that are crops already. */
  let taking: Explainer;

  beforeAll(async () => {
    const model = shared("models/squeezenet1_1.onnx");
    explainer = await Explainer.load(model, { runtime: "simd" });
    taking = await Explainer.load(model, { runtime: "simd", preprocess: { resize: "none" } });
  });

  afterAll(() => {
    explainer.dispose();
    taking.dispose();
  });

  const pictureOf = (path: string): Promise<PixelImage> =>
    decodePicture(readFileSync(shared(path)), path);

  /** What the model gets of a picture. */
  async function inputOf(explainer: Explainer, picture: PixelImage): Promise<Tensor> {
    const { results } = await explainer.explain(picture, {
      method: "gradient",
      layers: "input",
      emit: ["activation"],
    });
    return results[0]!;
  }

  test.each(["both", "elephant"])("logits of the stored tensor %s", async (name) => {
    const stored = (file: string): Promise<Tensor> =>
      explainer.readTensor(readFileSync(shared(`models/squeezenet1_1/${name}/${file}.pb`)));
    const { outputs } = await explainer.run(await stored("input_0"));
    expectClose(outputs["logits"]!, await stored("output_0"), { atol: 2e-4, rtol: 1e-5 });
  });

  test.each(photos)("the five best classes of %s", async (name) => {
    const expected = JSON.parse(
      readFileSync(shared("models/squeezenet1_1.expected.json"), "utf8"),
    ) as Expected;
    const want = expected.photos[`${name}.jpg`]!.top5;
    const { top } = await taking.classify(await pictureOf(`images/crop224/${name}.png`));
    expect(top.map(({ index }) => index)).toEqual(want.map(({ index }) => index));
    top.forEach(({ logit }, place) => {
      expect(logit).toBeCloseTo(want[place]!.logit, 3);
    });
  });

  test.each(photos)("%s is resized and cropped as stored", async (name) => {
    const made = await inputOf(explainer, await pictureOf(`images/${name}.jpg`));
    const stored = await inputOf(taking, await pictureOf(`images/crop224/${name}.png`));
    expectClose(made, stored, { atol: DECODER_ATOL, rtol: 0 });
  });
});
