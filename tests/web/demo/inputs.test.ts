import type { TensorInfo } from "relevance-cam";
import { describe, expect, test } from "vitest";
import {
  describeInput,
  filledInput,
  furtherInputs,
  inputFromFile,
  inputsFromFiles,
  inputTensors,
  inputWords,
  keptInputs,
  lackedInputs,
  NO_INPUTS,
  pictureInputs,
} from "../../../web/demo/src/state/inputs.js";
import { writeNpy } from "../../../web/src/npy.js";

const inputOf = (name: string, shape: readonly number[], type = "float32"): TensorInfo => ({
  ...{ name, shape, type },
});

const photo = inputOf("photo", [1, 3, 8, 8]);
const gains = inputOf("gains", [1, 4]);
const flag = inputOf("flag", [], "bool");
const info = { inputs: [photo, gains, flag] };

const npy = (shape: readonly number[], data: readonly number[], name = "a.npy"): File =>
  new File([writeNpy({ data: Float32Array.from(data), shape }) as BlobPart], name);

test("an input is described by its type and shape", () => {
  expect([gains, flag].map(describeInput)).toEqual(["float32, 1 × 4", "bool, a single number"]);
});

describe("what the model reads", () => {
  test("beside the picture is all but the first", () => {
    expect(furtherInputs(info)).toEqual([gains, flag]);
    expect(furtherInputs({ inputs: [photo] })).toEqual([]);
  });

  test("is lacking until it is given", () => {
    const given = new Map([["flag", filledInput("1", flag)]]);
    expect(lackedInputs(info, NO_INPUTS)).toEqual(["gains", "flag"]);
    expect(lackedInputs(info, given)).toEqual(["gains"]);
    given.set("gains", filledInput("1", gains));
    expect(lackedInputs(info, given)).toEqual([]);
  });

  test("is kept where the model still reads it in that shape", () => {
    const given = new Map([gains, flag, photo].map((one) => [one.name, filledInput("1", one)]));
    const longer = inputOf("gains", [1, 5]);
    expect([...keptInputs(info, given).keys()]).toEqual(["gains", "flag"]);
    expect([...keptInputs({ inputs: [photo, longer, flag] }, given).keys()]).toEqual(["flag"]);
  });

  test("can be a picture with one to four channels, first or last, in a batch of one", () => {
    const mask = inputOf("mask", [1, 1, 8, 8]);
    const last = inputOf("last", [1, 8, 8, 3]);
    const features = inputOf("features", [1, 5, 8, 8]);
    const two = inputOf("two", [2, 3, 8, 8]);
    const cube = inputOf("cube", [1, 3, 8, 8, 8]);
    const inputs = [features, gains, mask, last, two, cube];
    // The first takes it, whatever it is like.
    expect(pictureInputs({ inputs })).toEqual([features, mask, last]);
  });
});

describe("one number", () => {
  test("fills every element", () => {
    const { tensor } = filledInput("-0.5", gains);
    expect(tensor).toEqual({ data: Float32Array.of(-0.5, -0.5, -0.5, -0.5), shape: [1, 4] });
    expect(filledInput("1", flag).tensor).toEqual({ data: Float32Array.of(1), shape: [] });
  });

  test.each([
    ["", gains, "“gains” needs a value: the model has none of its own."],
    ["much", gains, "“much” does not do here: give one finite number."],
    ["0,5", gains, "“0,5” does not do here"],
    ["1e39", gains, "finite number"],
    ["NaN", gains, "finite number"],
    ["0.5", flag, "whole number from 0 to 1."],
    ["256", inputOf("byte", [2], "uint8"), "whole number from 0 to 255."],
    ["-1", inputOf("byte", [2], "uint8"), "whole number from 0 to 255."],
    ["-129", inputOf("small", [2], "int8"), "whole number from -128 to 127."],
    ["1.5", inputOf("index", [2], "int64"), "give one whole number."],
  ])("“%s” is refused where it does not do", (text, input, words) => {
    expect(() => filledInput(text, input)).toThrow(words);
  });

  test.each([
    ["255", "uint8"],
    ["-128", "int8"],
    ["-3", "int64"],
    ["0", "bool"],
    ["2.5", "float16"],
  ])("%s does for %s", (text, type) => {
    expect(filledInput(text, inputOf("x", [1], type)).tensor.data[0]).toBe(Number(text));
  });
});

describe("a file", () => {
  test("is taken as it stands", async () => {
    const given = await inputFromFile(npy([1, 4], [1, -2, 3, 0.5]), gains);
    expect(given).toEqual({
      from: "file",
      words: "a.npy",
      tensor: { data: Float32Array.of(1, -2, 3, 0.5), shape: [1, 4] },
    });
  });

  test.each<[string, File, TensorInfo, string]>([
    ["no array", new File(["not an array at all"], "a.txt"), gains, "“a.txt” cannot be read"],
    ["of another shape", npy([4], [1, 2, 3, 4]), gains, "has the shape 4, but “gains” takes 1 × 4"],
    ["too large", npy([1, 2e4], Array<number>(2e4).fill(0)), gains, "takes 1 × 4 numbers"],
    ["with NaN", npy([1, 4], [0, NaN, 0, 0]), gains, "holds NaN at element 1"],
    ["with fractions for a flag", npy([], [0.5]), flag, "takes whole numbers from 0 to 1."],
  ])("%s is refused", async (_, file, input, words) => {
    await expect(inputFromFile(file, input)).rejects.toThrow(words);
  });
});

describe("files without a word", () => {
  const row = (name: string): File => npy([1, 4], [1, 2, 3, 4], name);

  test("are for the inputs that are called like them, or for the only one", async () => {
    const both = await inputsFromFiles([npy([], [1], "flag.npy"), row("gains.npy")], info);
    expect(inputWords(both)).toEqual({ flag: "flag.npy", gains: "gains.npy" });
    const only = await inputsFromFiles([row("x.npy")], { inputs: [photo, gains] });
    expect(inputWords(only)).toEqual({ gains: "x.npy" });
  });

  test.each([
    ["several could be meant", ["x.npy"], info, "call it one of “gains.npy”, “flag.npy”."],
    ["two are for one", ["x.npy", "y.npy"], { inputs: [photo, gains] }, "“x.npy” is for"],
    ["the model reads no more", ["gains.npy"], { inputs: [photo] }, "nothing but the picture"],
  ])("are refused where %s", async (_, names, model, words) => {
    await expect(inputsFromFiles(names.map(row), model)).rejects.toThrow(words);
  });
});

test("what is given goes to the package by name, and in words to a manifest", async () => {
  const given = new Map([
    ["gains", await inputFromFile(npy([1, 4], [1, 2, 3, 4], "gains.npy"), gains)],
    ["flag", filledInput("1", flag)],
  ]);
  expect(inputTensors(given)).toEqual({
    gains: { data: Float32Array.of(1, 2, 3, 4), shape: [1, 4] },
    flag: { data: Float32Array.of(1), shape: [] },
  });
  expect(inputWords(given)).toEqual({ gains: "gains.npy", flag: "1" });
});
