import { describe, expect, test } from "vitest";

import { about, optionsFor } from "./support.js";

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

// What the image processors of Transformers do with these files, read off their documentation.
describe("a preprocessor_config.json", () => {
  test("of a ViT: stretched, bilinear, -1 to 1", () => {
    const config = {
      ...{ do_normalize: true, do_rescale: true, do_resize: true, resample: 2 },
      ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] },
      ...{ image_processor_type: "ViTImageProcessor", rescale_factor: 0.00392156862745098 },
      size: { height: 224, width: 224 },
    };
    expect(optionsFor({ configs: [config] })).toEqual({
      ...{ resize: "stretch", interpolation: "bilinear", channels: "rgb", range: 1 },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
    expect(about({ configs: [config] }, "mean")).toMatchObject({ confidence: "stated" });
    expect(about({ configs: [config] }, "resize").source).toContain("file 0 says an exact size");
  });

  test("of an old ViT, whose size is one number, is exact as well", () => {
    const config = { do_resize: true, image_mean: [0.5], image_std: [0.5], resample: 2, size: 224 };
    expect(optionsFor({ configs: [config] })).toMatchObject({ resize: "stretch", range: 1 });
  });

  test("of a ConvNeXt: the crop's share below 384, stretched from there on", () => {
    const config = (size: number) => ({
      ...{ crop_pct: 0.875, do_resize: true, resample: 3, size: { shortest_edge: size } },
      ...{ image_processor_type: "ConvNextImageProcessor" },
      ...{ image_mean: IMAGENET.mean, image_std: IMAGENET.std },
    });
    expect(optionsFor({ configs: [config(224)] })).toMatchObject({
      ...{ resize: 256, interpolation: "bicubic", ...IMAGENET },
    });
    const large = { configs: [config(384)], shape: [1, 3, 384, 384] };
    expect(optionsFor(large)).toMatchObject({ resize: "stretch" });
  });

  test("of CLIP: shortest edge and crop", () => {
    const config = {
      ...{ do_center_crop: true, do_normalize: true, do_resize: true, resample: 3 },
      ...{ crop_size: { height: 224, width: 224 }, size: { shortest_edge: 224 } },
      ...{ image_mean: [0.48, 0.46, 0.41], image_std: [0.27, 0.26, 0.28] },
    };
    expect(optionsFor({ configs: [config] })).toMatchObject({
      resize: 224,
      mean: [0.48, 0.46, 0.41],
    });
    // A model exported at another size crops the same share.
    const other = { ...config, size: { shortest_edge: 256 } };
    expect(optionsFor({ configs: [other], shape: [1, 3, 448, 448] })).toMatchObject({
      resize: 512,
    });
  });

  test("of a MobileViT flips the channels and does not normalise", () => {
    const config = {
      ...{ do_flip_channel_order: true, do_resize: true, do_center_crop: true, resample: 2 },
      ...{ crop_size: { height: 256, width: 256 }, size: { shortest_edge: 288 } },
    };
    expect(optionsFor({ configs: [config], shape: [1, 3, 256, 256] })).toEqual({
      ...{ resize: 288, interpolation: "bilinear", channels: "bgr", range: 1, mean: [0], std: [1] },
    });
  });

  test("with do_rescale false takes bytes, with an offset -1 to 1", () => {
    const bytes = { do_rescale: false, image_mean: [127.5], image_std: [127.5] };
    expect(optionsFor({ configs: [bytes] })).toMatchObject({ range: 255, mean: [127.5] });
    const offset = { do_normalize: false, rescale_factor: 1 / 127.5, rescale_offset: true };
    expect(optionsFor({ configs: [offset] })).toMatchObject({ range: 2, mean: [1], std: [1] });
  });

  test("says where it is followed by approximation only", () => {
    const config = { image_mean: [0.5], image_std: [0.5], resample: 1 };
    expect(about({ configs: [config] }, "interpolation")).toMatchObject({
      ...{ value: "bicubic", confidence: "inferred" },
    });
    const deit = {
      do_center_crop: true,
      do_resize: true,
      size: { height: 256, width: 256 },
      crop_size: 224,
    };
    expect(about({ configs: [deit] }, "resize")).toMatchObject({
      value: 256,
      confidence: "inferred",
    });
  });
});

describe("a timm config.json", () => {
  const pretrained = {
    ...{ input_size: [3, 224, 224], crop_pct: 0.9, crop_mode: "center", interpolation: "bicubic" },
    ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  };

  test("resizes by floor(224 / crop_pct), as timm does", () => {
    expect(optionsFor({ configs: [{ architecture: "x", pretrained_cfg: pretrained }] })).toEqual({
      ...{ resize: 248, interpolation: "bicubic", channels: "rgb", range: 1 },
      ...{ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    });
    const old = { default_cfg: { ...pretrained, crop_pct: 0.95 } };
    expect(optionsFor({ configs: [old] })).toMatchObject({ resize: 235 });
    const whole = { pretrained_cfg: { ...pretrained, crop_pct: 1 } };
    expect(optionsFor({ configs: [whole] })).toMatchObject({ resize: 224 });
  });

  test("squashes where it says so; other modes are said to be read as center", () => {
    const mode = (crop_mode: string) => ({
      configs: [{ pretrained_cfg: { ...pretrained, crop_mode } }],
    });
    expect(about(mode("squash"), "resize")).toMatchObject({ value: "stretch" });
    expect(about(mode("border"), "resize")).toMatchObject({ value: 248, confidence: "inferred" });
    expect(about(mode("border"), "resize").source).toContain("border");
  });
});

test("a file that says nothing about pictures leaves everything open", () => {
  const { source, confidence } = about({ configs: [{ id2label: {}, model_type: "vit" }] }, "mean");
  expect([source, confidence]).toEqual([
    expect.stringContaining("Nothing says otherwise"),
    "guessed",
  ]);
});
