import { expect, test } from "vitest";
import { reasonText, valueText, withField } from "../../../web/demo/src/state/preprocess.js";

test("fields are read as what they are made of", () => {
  const all = withField(withField({}, "mean", "0.1, 0.2,0.3"), "resize", "256");
  expect(all).toEqual({ mean: [0.1, 0.2, 0.3], resize: 256 });
  expect(withField(all, "resize", "stretch")).toMatchObject({ resize: "stretch" });
  expect(withField(all, "range", "255")).toMatchObject({ range: 255 });
  expect(withField(all, "channels", "bgr")).toMatchObject({ channels: "bgr" });
  expect(withField(all, "mean", "")).toEqual({ resize: 256 });
});

test("what is no number, or no resizing, is refused by its text", () => {
  expect(() => withField({}, "mean", "0.1,x")).toThrow("“x” is no number");
  expect(() => withField({}, "resize", "big")).toThrow("“big”");
});

test("values and reasons are said in words", () => {
  const finding = {
    field: "mean",
    value: [0.5, 1],
    source: "Because.",
    confidence: "guessed",
  } as const;
  expect(valueText(finding)).toBe("0.5, 1");
  expect(reasonText(finding)).toBe("Because. (guessed)");
  expect(reasonText({ ...finding, confidence: "stated" })).toBe("Because.");
});
