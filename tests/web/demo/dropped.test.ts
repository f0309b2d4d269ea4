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
  expect(Object.keys(opened.files.externalData ?? {})).toEqual(["weights.bin", "more.data"]);
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
