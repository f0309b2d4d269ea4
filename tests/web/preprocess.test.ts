import { describe, expect, test } from "vitest";

import { parsePreprocess, preprocessSettings } from "../../web/src/preprocess.js";

describe("preprocessSettings", () => {
  test("a preset is looked up by the engine", () => {
    expect(preprocessSettings("caffe-bgr")).toMatchObject({ preset: "caffe-bgr", resize: "crop" });
  });

  test("numbers of one's own replace the preset", () => {
    const settings = preprocessSettings({ range: 255, mean: [127], std: [128], resize: 256 });
    expect(settings).toMatchObject({
      preset: "",
      divisor: 1,
      mean: [127],
      std: [128],
      resize: "crop",
      shorterSide: 256,
    });
  });

  test("only resizing changed keeps the imagenet preset", () => {
    expect(preprocessSettings({ resize: "stretch" })).toMatchObject({
      preset: "imagenet",
      resize: "stretch",
      shorterSide: 0,
    });
  });
});

describe("JSON", () => {
  const key = "relevance-cam.preprocess";

  test("is read field by field; other keys are passed over", () => {
    const text = '{"resize": 256, "crop": 224, "range": 255, "mean": [127], "std": [128]}';
    expect(parsePreprocess(text)).toMatchObject({ resize: 256, mean: [127] });
    expect(parsePreprocess(text)).not.toHaveProperty("crop");
  });

  test.each(["", "[]", "{", '{"mean": "x"}', '{"resize": "big"}', '{"channels": "hsv"}'])(
    "%j is refused",
    (text) => {
      expect(() => parsePreprocess(text)).toThrow(expect.objectContaining({ node: key }));
      expect(() => parsePreprocess(text, "some.json")).toThrow(/^some\.json cannot be used/);
    },
  );
});
