import { describe, expect, test } from "vitest";

import { about, found, optionsFor } from "./support.js";

const NHWC = [1, 224, 224, 3];

describe("metadata of the model file", () => {
  test("under our own key comes before everything else in the file", () => {
    const metadata = {
      "relevance-cam.preprocess": '{"preset": "caffe-bgr", "resize": 230}',
      "Image.NominalPixelRange": "Normalized_0_1",
    };
    expect(optionsFor({ metadata })).toMatchObject({
      ...{ resize: 230, channels: "bgr", range: 255, mean: [103.939, 116.779, 123.68], std: [1] },
    });
    expect(() => found({ metadata: { "relevance-cam.preprocess": "{" } })).toThrow(
      /cannot be used/,
    );
  });

  test.each([
    ["NominalRange_0_255", { range: 255, mean: [0], std: [1] }],
    ["Normalized_0_1", { range: 1, mean: [0], std: [1] }],
    ["Normalized_1_1", { range: 2, mean: [1], std: [1] }],
    ["NominalRange_16_235", { range: 219, mean: [-16], std: [1] }],
  ])("of Windows ML: %s", (range, wanted) => {
    const metadata = { "Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": range };
    expect(optionsFor({ metadata })).toMatchObject({ ...wanted, channels: "bgr" });
  });

  test("as one JSON text, or key by key", () => {
    const config = { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6], crop_pct: 1 };
    const json = { pretrained_cfg: JSON.stringify(config) };
    const keys = {
      mean: "[0.1, 0.2, 0.3]",
      std: "(0.4, 0.5, 0.6)",
      crop_pct: "1.0",
      input_size: "x",
    };
    for (const metadata of [json, keys]) {
      expect(optionsFor({ metadata })).toMatchObject({
        ...{ mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6], range: 1, resize: 224 },
      });
    }
    const huggingFace = { image_mean: "0.1, 0.2, 0.3", image_std: "[0.4, 0.5, 0.6]" };
    expect(optionsFor({ metadata: huggingFace })).toMatchObject({ mean: [0.1, 0.2, 0.3] });
  });

  test("of Ultralytics' classifiers", () => {
    const metadata = { author: "Ultralytics", task: "classify", imgsz: "[224, 224]" };
    expect(optionsFor({ metadata })).toMatchObject({ resize: 224, range: 1, mean: [0], std: [1] });
    const { mean } = optionsFor({ metadata: { ...metadata, task: "detect" } });
    expect(mean).not.toEqual([0]);
  });
});

describe("the graph", () => {
  test("that takes uint8 takes bytes", () => {
    const model = { type: "uint8", shape: NHWC };
    expect(optionsFor(model)).toMatchObject({ range: 255, mean: [0], std: [1] });
    expect(about(model, "range")).toMatchObject({ confidence: "stated" });
  });

  test.each([
    [["Mul", "Add", "Conv"], NHWC, 255],
    [["Transpose", "Sub", "Mul", "Conv"], NHWC, 255],
    [["Sub", "Div", "Conv"], [1, 3, 224, 224], 1],
    [["Div", "Sub", "Conv"], [1, 3, 224, 224], 255],
    [["BatchNormalization", "Conv"], [1, 3, 224, 224], 1],
  ])("that begins with %j normalises by itself", (begins, shape, range) => {
    const model = { begins, shape };
    expect(optionsFor(model)).toMatchObject({ range, mean: [0], std: [1] });
    expect(about(model, "mean").source).toContain("normalises by itself");
  });

  test("of MXNet has normalised input before its batch normalization", () => {
    const model = { begins: ["BatchNormalization", "Conv"], input: "data" };
    expect(optionsFor(model)).toMatchObject({ mean: [0.485, 0.456, 0.406] });
  });

  test("that begins with two inputs joined says nothing", () => {
    const model = { begins: ["Mul", "Conv"], parameters: 0 };
    expect(about(model, "mean")).toMatchObject({ confidence: "guessed" });
    expect(optionsFor(model)).toMatchObject({ range: 1, mean: [0.485, 0.456, 0.406] });
  });

  test("that adds something behind its first layer says nothing", () => {
    expect(about({ begins: ["Conv", "Add"] }, "mean")).toMatchObject({ confidence: "guessed" });
  });
});

describe("what is likely", () => {
  test.each([
    ["channels first", {}, [0.485, 0.456, 0.406]],
    ["pixel_values", { input: "pixel_values" }, [0.485, 0.456, 0.406]],
    ["channels last", { shape: NHWC }, [0.5]],
    ["VGG of Keras", { shape: NHWC, name: "vgg16" }, [103.939, 116.779, 123.68]],
    ["ResNet of Keras", { shape: NHWC, fileName: "resnet50.onnx" }, [103.939, 116.779, 123.68]],
    ["ResNet V2 of Keras", { shape: NHWC, name: "resnet50v2" }, [0.5]],
    ["DenseNet of Keras", { shape: NHWC, name: "densenet121" }, [0.485, 0.456, 0.406]],
    ["grey", { shape: [1, 1, 28, 28] }, [0]],
  ])("%s", (_, model, mean) => {
    expect(about(model, "mean")).toMatchObject({ value: mean, confidence: "guessed" });
    expect(about(model, "mean").source).toMatch(/\.$/);
  });

  test("the shorter side is 8/7 of the input, as torchvision has it", () => {
    expect(optionsFor({})).toMatchObject({ resize: 256, interpolation: "bilinear" });
    expect(optionsFor({ shape: [1, 3, 299, 299] })).toMatchObject({ resize: 342 });
  });

  test("nothing is decided for inputs that are no pictures", () => {
    expect(found({ shape: [1, 768] })).toEqual([]);
  });
});

describe("options", () => {
  const config = {
    ...{ image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6], resample: 3 },
    size: { height: 224, width: 224 },
  };

  test.each([
    ["resize", 300],
    ["interpolation", "nearest"],
    ["channels", "bgr"],
    ["range", 7],
    ["mean", [3]],
    ["std", [4]],
  ] as const)("%s of the caller comes before everything else", (field, value) => {
    const model = { configs: [config], options: { [field]: value } };
    expect(about(model, field)).toEqual({
      ...{ field, value, confidence: "stated", source: "The option preprocess says so." },
    });
    expect(found(model)).toHaveLength(6);
  });

  test("that do not normalise leave the normalisation as it was found", () => {
    const model = { configs: [config], options: { resize: 256 } };
    expect(optionsFor(model)).toMatchObject({ mean: [0.1, 0.2, 0.3], interpolation: "bicubic" });
  });

  test("range, mean and std belong together", () => {
    const model = { configs: [config], options: { range: 255 } };
    expect(optionsFor(model)).toMatchObject({ range: 255, mean: [0], std: [1] });
  });

  test("mean and std follow the channels", () => {
    const model = { configs: [config], options: { channels: "bgr" } } as const;
    expect(optionsFor(model)).toMatchObject({ mean: [0.3, 0.2, 0.1], std: [0.6, 0.5, 0.4] });
    const caffe = { options: { preset: "caffe-bgr", channels: "rgb" } } as const;
    expect(optionsFor(caffe)).toMatchObject({ mean: [123.68, 116.779, 103.939], channels: "rgb" });
  });

  test("a preset that there is not is refused with those there are", () => {
    const options = { preset: "no-such" as "imagenet" };
    expect(() => found({ options })).toThrow(/no-such.*imagenet, minus-one-to-one/);
  });
});

test("of a model with one channel, means of colours become one", () => {
  const config = { image_mean: [0.25, 0.5, 0.75], image_std: [0.5, 0.5, 0.5] };
  const options = optionsFor({ configs: [config], shape: [1, 1, 28, 28] });
  expect(options).toMatchObject({ mean: [0.5], std: [0.5] });
});

test("files beside the model come before what the model itself says", () => {
  const metadata = { image_mean: "0.9", image_std: "0.9" };
  const configs = [{ image_mean: [0.1], image_std: [0.2] }];
  expect(optionsFor({ metadata, configs })).toMatchObject({ mean: [0.1], std: [0.2] });
});
