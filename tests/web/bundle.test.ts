import { unzipSync } from "fflate";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";

import { bundle, type BundleFile } from "../../web/src/bundle/bundle.js";
import { encodePng } from "../../web/src/bundle/png-node.js";
import { zip } from "../../web/src/bundle/zip.js";
import { compare } from "../../web/src/comparison/compare.js";
import { comparisonSheet } from "../../web/src/comparison/sheet.js";
import { RelevanceCamError } from "../../web/src/error.js";
import { renderOverlay } from "../../web/src/heatmap/overlay.js";
import { readNpy } from "../../web/src/npy.js";
import { explanationOf, resultOf } from "./support/results.js";

const image = { data: new Uint8ClampedArray(4 * 2 * 4).fill(90), width: 4, height: 2 };
const overlays = { image, encodePng };

const explanation = explanationOf(
  [
    resultOf("/a/conv", [1, 2], { target: 1 }),
    resultOf("/a/conv", [3], { target: 1, kind: "weights", shape: [1, 1, 1, 1] }),
  ],
  [1],
);

function byName(files: readonly BundleFile[]): Map<string, Uint8Array> {
  const map = new Map(files.map(({ name, bytes }) => [name, bytes]));
  expect(map.size).toBe(files.length);
  return map;
}

interface Manifest {
  readonly model: string;
  readonly targets: unknown;
  readonly methods: string[];
  readonly layers: string[];
  readonly results: { raw?: string; overlay?: string | null; error?: string; title: string }[];
}

function manifestOf(files: ReadonlyMap<string, Uint8Array>): Manifest {
  return JSON.parse(new TextDecoder().decode(files.get("manifest.json"))) as Manifest;
}

function pixelsOf(png: Uint8Array | undefined): number[] {
  return Array.from(PNG.sync.read(Buffer.from(png ?? [])).data);
}

describe("of an explanation", () => {
  test("has every array, every overlay and a manifest that lists them", async () => {
    const files = byName(await bundle(explanation, { overlays, about: { model: "m.onnx" } }));
    const manifest = manifestOf(files);
    expect(manifest).toMatchObject({
      model: "m.onnx",
      targets: [{ index: 1, label: "class 1" }],
      logits: "logits.npy",
      results: [
        {
          ...{ title: "relevance-cam", layer: "/a/conv", kind: "cam", target: 1, scale: 2 },
          ...{ shape: [1, 1, 1, 2], signed: false, region: null, start: "clrp" },
        },
        { kind: "weights", overlay: null },
      ],
    });
    explanation.results.forEach(({ data, shape }, index) => {
      const name = manifest.results[index]?.raw ?? "";
      expect(name).toMatch(/^raw\/.*\.npy$/);
      expect(readNpy(files.get(name)!, name)).toEqual({ data, shape });
    });
    expect(readNpy(files.get("logits.npy")!, "").data).toEqual(explanation.logits);
    const drawn = renderOverlay(image, explanation.results[0]!);
    expect(pixelsOf(files.get(manifest.results[0]?.overlay ?? ""))).toEqual(Array.from(drawn.data));
    expect(files.size).toBe(5);
  });

  test("draws the negative half where that is asked for", async () => {
    const signed = byName(await bundle(explanation, { overlays: { ...overlays, signed: true } }));
    const { results } = manifestOf(signed);
    const drawn = renderOverlay(image, explanation.results[0]!, { signed: true });
    expect(pixelsOf(signed.get(results[0]?.overlay ?? ""))).toEqual(Array.from(drawn.data));
  });

  test("says what to know before trusting it", async () => {
    const flat = { code: "flat-map", layer: "/a/conv", message: "it is flat", target: 1 } as const;
    const files = byName(await bundle({ ...explanation, diagnoses: [flat] }));
    expect(manifestOf(files)).toMatchObject({ diagnoses: [flat], ledger: [] });
  });

  test("without an image is numbers only", async () => {
    const names = (await bundle(explanation)).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith(".png"))).toEqual([]);
    expect(names).toHaveLength(4);
  });

  test("after a seed names no target", async () => {
    const seeded = explanationOf([resultOf("conv", [1], { target: -1 })], []);
    const files = byName(await bundle(seeded));
    expect(manifestOf(files).targets).toEqual([]);
    expect(files.has("raw/conv.relevance-cam.seed.cam.npy")).toBe(true);
  });
});

test("of a comparison has the sheet, and files of one name for no two results", async () => {
  const explain = ({ start = "" }) =>
    start === "none"
      ? Promise.reject(new RelevanceCamError("invalid-option", "there is no start 'none'"))
      : Promise.resolve(explanationOf([resultOf("conv", [start === "logit" ? 1 : 2])]));
  const methods = ["cam", { method: "cam", title: "cam", start: "logit" }];
  const bad = { method: "cam", start: "none" };
  const comparison = await compare(explain, { methods: [...methods, bad] }, ["conv"]);
  const files = byName(await bundle(comparison, { overlays }));
  const { results, ...manifest } = manifestOf(files);
  expect(manifest).toMatchObject({ methods: ["cam", "cam", "cam start=none"], layers: ["conv"] });
  expect(results.map(({ error }) => error)).toEqual([
    ...[undefined, undefined, "there is no start 'none'"],
  ]);
  const values = results.slice(0, 2).map(({ raw = "" }) => readNpy(files.get(raw)!, raw).data[0]);
  expect(values).toEqual([2, 1]);
  const sheet = comparisonSheet(image, comparison);
  expect(pixelsOf(files.get("sheet.png"))).toEqual(Array.from(sheet.data));
});

test("is zipped, the same files to the same bytes", async () => {
  const files = await bundle(explanation, { overlays });
  const archive = zip(files);
  const unzipped = unzipSync(archive);
  expect(Object.keys(unzipped)).toEqual(files.map(({ name }) => name));
  for (const { name, bytes } of files) {
    expect(Buffer.from(unzipped[name] ?? []).equals(Buffer.from(bytes))).toBe(true);
  }
  expect(zip(files)).toEqual(archive);
});
