import { expect, test } from "vitest";

import { detectLabels } from "../../../web/src/detection/labels.js";

const labelsOf = (
  metadata: Readonly<Record<string, string>>,
  ...configs: readonly Readonly<Record<string, unknown>>[]
): readonly string[] =>
  detectLabels(
    { metadata, classes: 3 },
    configs.map((json) => ({ name: "config.json", json })),
  );

test.each<[string, Readonly<Record<string, string>>]>([
  ["a dictionary of Python", { names: `{0: 'cat', 1: "jack's dog", 2: 'eel'}` }],
  ["JSON by index", { id2label: `{"0": "cat", "1": "jack's dog", "2": "eel"}` }],
  ["a list of JSON", { classes: `["cat", "jack's dog", "eel"]` }],
  ["lines", { labels: "cat\njack's dog\neel\n" }],
  ["commas", { class_names: "cat, jack's dog,eel" }],
])("are read of metadata as %s", (_, metadata) => {
  expect(labelsOf(metadata)).toEqual(["cat", "jack's dog", "eel"]);
});

test("are read of config.json, which comes before metadata", () => {
  const id2label = { "2": "c", "0": "a", "1": "b" };
  expect(labelsOf({ names: "['x', 'y', 'z']" }, { id2label })).toEqual(["a", "b", "c"]);
  const timm = {
    label_names: ["n1", "n2", "n3"],
    label_descriptions: { n1: "one", n2: "two", n3: "three" },
  };
  expect(labelsOf({}, timm)).toEqual(["one", "two", "three"]);
});

test("of another number than the classes, or without meaning, are none", () => {
  expect(labelsOf({ names: "['x', 'y']" })).toEqual([]);
  expect(labelsOf({}, { id2label: { "0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2" } })).toEqual(
    [],
  );
  expect(labelsOf({ names: "{" })).toEqual([]);
});
