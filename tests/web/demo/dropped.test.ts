import { expect, test } from "vitest";
import { sortFiles } from "../../../web/demo/src/state/dropped.js";

const file = (name: string, type = "", content = ""): File => new File([content], name, { type });

test("a model takes its labels and every other file as data", async () => {
  const opened = await sortFiles([
    file("weights.bin"),
    file("classes.TXT", "text/plain", "cat\ndog"),
    file("net.ONNX"),
    file("more.data"),
  ]);
  if (opened.kind !== "model") throw new Error(`sorted as ${opened.kind}`);
  expect(opened.files.name).toBe("net.ONNX");
  expect(opened.files.labels).toBe("cat\ndog");
  expect(opened.files.externalData?.map(({ name }) => name)).toEqual(["weights.bin", "more.data"]);
});

test("of a repository's folder each file is taken for what it is", async () => {
  const opened = await sortFiles([
    file("requirements.txt", "text/plain"),
    file("config.json"),
    file("imagenet_classes.txt", "text/plain", "cat\ndog"),
    file("model_quantized.onnx"),
    file("preprocessor_config.json"),
    file("model.onnx"),
    file("model.onnx_data"),
    file("tokenizer.json"),
  ]);
  if (opened.kind !== "model") throw new Error(`sorted as ${opened.kind}`);
  const { name, labels, configs, externalData } = opened.files;
  expect({ name, labels }).toEqual({ name: "model.onnx", labels: "cat\ndog" });
  expect(configs?.map((one) => one.name)).toEqual(["config.json", "preprocessor_config.json"]);
  expect(externalData?.map((one) => one.name)).toContain("model.onnx_data");
});

test("of several models one has to be chosen", async () => {
  await expect(sortFiles([file("a.onnx"), file("b.onnx")])).rejects.toThrow("“a.onnx”, “b.onnx”");
});

test("configurations alone are those of the model that is there", async () => {
  const opened = await sortFiles([file("preprocessor_config.json")]);
  expect(opened).toMatchObject({
    kind: "configs",
    configs: [{ name: "preprocessor_config.json" }],
  });
});

test("arrays are what a model reads beside the picture", async () => {
  const arrays = [file("mask.npy")];
  expect(await sortFiles(arrays)).toEqual({ kind: "arrays", arrays });
  expect(await sortFiles([...arrays, file("net.onnx")])).toMatchObject({ kind: "model", arrays });
});

test("a picture is one by its type", async () => {
  const opened = await sortFiles([file("notes.txt", "text/plain"), file("a.webp", "image/webp")]);
  expect(opened).toMatchObject({ kind: "picture", file: { name: "a.webp" } });
});

test("a text alone is labels", async () => {
  expect(await sortFiles([file("l.txt", "text/plain", "a")])).toEqual({
    kind: "labels",
    labels: "a",
  });
});

test("anything else is refused by name", async () => {
  await expect(sortFiles([file("a.zip"), file("b.pdf")])).rejects.toThrow("“a.zip”, “b.pdf”");
});
