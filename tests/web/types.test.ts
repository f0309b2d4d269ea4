// Checked by the compiler: `tsc -p tests/web` fails where one of these no longer holds.
import { expectTypeOf, test } from "vitest";

import type * as browser from "../../web/src/index.js";
import type * as core from "../../web/src/core.js";
import type * as node from "../../web/src/node.js";

type Methods = keyof browser.Explainer;

test("every entry has the same explainer", () => {
  expectTypeOf<keyof core.Explainer>().toEqualTypeOf<Methods>();
  expectTypeOf<keyof node.Explainer>().toEqualTypeOf<Methods>();
  expectTypeOf<Parameters<typeof core.Explainer.load>>().toEqualTypeOf<
    Parameters<typeof browser.Explainer.load>
  >();
});

test("models, images and canvases of every kind are taken", () => {
  type Model = Parameters<typeof browser.Explainer.load>[0];
  expectTypeOf<string | URL | ArrayBuffer | Uint8Array | Blob>().toExtend<Model>();
  type Image = Parameters<browser.Explainer["explain"]>[0];
  expectTypeOf<
    ImageBitmap | ImageData | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | Blob
  >().toExtend<Image>();
  expectTypeOf<{ data: Float32Array; shape: number[] }>().toExtend<Image>();
  expectTypeOf<string>().not.toExtend<Image>();
  expectTypeOf<HTMLCanvasElement | OffscreenCanvas>().toExtend<
    Parameters<typeof browser.paint>[0]
  >();
});

test("results are what paint takes", () => {
  type Result = Awaited<ReturnType<browser.Explainer["explain"]>>["results"][number];
  expectTypeOf<Result>().toExtend<Parameters<typeof browser.paint>[2]>();
  expectTypeOf<Result["data"]>().toEqualTypeOf<Float32Array>();
  type Cell = Awaited<ReturnType<browser.Explainer["compare"]>>["cells"][number];
  expectTypeOf<NonNullable<Cell["result"]>>().toEqualTypeOf<Result>();
  expectTypeOf<Pick<Cell, "scale" | "signed">>().toExtend<browser.PaintOptions>();
});

test("options are checked by name and by value", () => {
  type Options = browser.ExplainOptions;
  expectTypeOf<{ target: 3; layers: ["a"]; emit: ["cam"] }>().toExtend<Options>();
  expectTypeOf<{ target: "top"; layers: "stages" }>().toExtend<Options>();
  expectTypeOf<{ target: ["top", 3]; output: "a" }>().toExtend<Options>();
  expectTypeOf<{ seed: { 3: 1; 7: -1 } }>().toExtend<Options>();
  expectTypeOf<{ seed: Float32Array } | { seed: number[] }>().toExtend<Options>();
  expectTypeOf<{ fusion: "none" }>().toExtend<Options>();
  expectTypeOf<{ fusion: "median" }>().not.toExtend<Options>();
  type Compared = browser.CompareOptions["methods"];
  expectTypeOf<["grad-cam", { method: "relevance-cam"; start: "logit" }]>().toExtend<Compared>();
  expectTypeOf<{ emit: ["heat"] }>().not.toExtend<Options>();
  expectTypeOf<{ runtime: "avx" }>().not.toExtend<browser.LoadOptions>();
  // @ts-expect-error a misspelt option is an error
  const misspelt: Options = { targets: 3 };
  expectTypeOf(misspelt).toEqualTypeOf<Options>();
});

test("error codes are a closed list", () => {
  expectTypeOf<"invalid-model">().toExtend<browser.RelevanceCamError["code"]>();
  expectTypeOf<"nonsense">().not.toExtend<browser.RelevanceCamError["code"]>();
});
