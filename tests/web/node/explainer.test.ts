import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  catalog,
  Explainer,
  RelevanceCamError,
  type CompareOptions,
  type ExplainOptions,
  type Progress,
  type Tensor,
} from "relevance-cam";

import { expectClose, ReferenceCase } from "../support/reference.js";

const vgg = new ReferenceCase("rcam_vgg16_bias");
const settings = { composite: "relevance-cam-code", parameters: { "conv-bias": "twice" } };

/** Plain SIMD gives the same bits everywhere, so that the reference's tolerances hold. */
const options = { runtime: "simd", threads: 1 } as const;

let explainer: Explainer;
let input: Tensor;

beforeAll(async () => {
  explainer = await Explainer.load(vgg.url("model.onnx"), options);
  input = await explainer.readTensor(vgg.bytes("input.pb"));
});

afterAll(() => {
  explainer.dispose();
});

function picture(
  width: number,
  height: number,
): {
  data: Uint8ClampedArray;
  width: number;
  height: number;
} {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i * 7) % 256);
  return { data, width, height };
}

describe("against the reference", () => {
  test("logits", async () => {
    const { outputs } = await explainer.run(input);
    const want = await explainer.readTensor(vgg.bytes("logits.pb"));
    expectClose(outputs["logits"]!, want, vgg.description.output);
  });

  test("maps, weights and relevance of several layers from one call", async () => {
    const entries = vgg.description.expect.filter(
      ({ params, method }) => params["init"] === "clrp" && method !== "initial-relevance",
    );
    const { results } = await explainer.explain(input, {
      ...settings,
      target: vgg.description.target_class,
      start: "clrp",
      layers: [...new Set(entries.map((entry) => entry.layer))].filter((name) => name !== "input"),
      emit: ["cam", "weights", "relevance"],
    });
    const spatial = entries.filter((entry) => entry.layer !== "input");
    expect(spatial.length).toBe(results.length);
    for (const entry of spatial) {
      const found = results.find(({ layer: l, kind }) => l === entry.layer && kind === entry.kind);
      expectClose(found!, await explainer.readTensor(vgg.bytes(entry.file)), entry);
    }
  });
});

describe("classify", () => {
  test("gives the best classes first", async () => {
    const { top, logits, probabilities } = await explainer.classify(input, { topK: 3 });
    const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
    expect(top.map(({ index }) => index)).toEqual(order.slice(0, 3));
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(top[0]?.label).toBe(`class ${order[0]}`);
  });

  test("takes pixels", async () => {
    const { logits } = await explainer.classify(picture(100, 80));
    expect(logits).toHaveLength(10);
    expect(logits.every(Number.isFinite)).toBe(true);
  });
});

describe("explain", () => {
  test("does not repeat the forward pass for another class of the same image", async () => {
    await explainer.explain(input, { target: 0 });
    const again = await explainer.explain(input, { target: 1 });
    expect(again.reusedForward).toBe(true);
    const other = await explainer.explain(picture(64, 64), { target: 1 });
    expect(other.reusedForward).toBe(false);
  });

  test("says which part of the picture the model saw", async () => {
    const { results } = await explainer.explain(picture(128, 64), {});
    const region = results[0]?.region;
    expect(region?.height).toBeCloseTo(64 * 0.875, 0);
    expect(region?.width).toBeCloseTo(region?.height ?? 0, 0);
    expect(region?.x).toBeCloseTo((128 - (region?.width ?? 0)) / 2, 0);
    expect((await explainer.explain(input)).results[0]?.region).toBeNull();
  });

  test("finds the stages by itself", async () => {
    const { results } = await explainer.explain(input);
    const stages = explainer.layers().filter(({ stage }) => stage);
    expect(stages.length).toBeGreaterThan(2);
    expect(results.map((result) => result.layer)).toEqual(stages.map(({ name }) => name));
  });

  test("takes class names", async () => {
    const labels = Array.from({ length: 10 }, (_, i) => `name ${i}`);
    const named = await Explainer.load(vgg.url("model.onnx"), { ...options, labels });
    const { target, label } = await named.explain(input, { target: "Name 4" });
    expect([target, label]).toEqual([4, "name 4"]);
    named.dispose();
  });

  test("reports progress up to the end of each phase", async () => {
    const seen: Progress[] = [];
    const loading: Progress[] = [];
    const fresh = await Explainer.load(vgg.url("model.onnx"), {
      ...options,
      onProgress: (progress) => loading.push(progress),
    });
    for (let i = 0; i < 20; i++) {
      await fresh.explain(picture(64 + i, 64), { onProgress: (progress) => seen.push(progress) });
    }
    fresh.dispose();
    expect(new Set(loading.map(({ phase }) => phase))).toEqual(
      new Set(["runtime", "model", "prepare"]),
    );
    expect(loading.every(({ loaded, total }) => loaded <= total)).toBe(true);
    expect(seen.every(({ loaded, total }) => loaded <= total)).toBe(true);
  });
});

describe("targets and seeds", () => {
  const layers = ["input"];
  const emit = ["relevance"] as const;
  const ask = (more: ExplainOptions) =>
    explainer.explain(input, { composite: "gradient", start: "one-hot", layers, emit, ...more });

  test("several targets give what each gives alone", async () => {
    const both = await ask({ target: [3, 7] });
    expect(both.targets).toEqual([3, 7]);
    expect(both.labels).toEqual(["class 3", "class 7"]);
    expect([both.target, both.label]).toEqual([3, "class 3"]);
    expect(both.results.map(({ target }) => target)).toEqual([3, 7]);
    for (const result of both.results) {
      const alone = await ask({ target: result.target });
      expectClose(result, alone.results[0]!, { atol: 1e-6, rtol: 1e-5 });
    }
  });

  test("the top class stands beside others, and once", async () => {
    const { top } = await explainer.classify(input);
    const [best, second] = top.map(({ index }) => index);
    expect((await ask({ target: [second!, "top", best!] })).targets).toEqual([second, best]);
    const fresh = await explainer.explain(picture(90, 90), { target: ["top", 0] });
    expect(fresh.reusedForward).toBe(false);
    expect(fresh.timings.forward).toBeGreaterThan(0);
  });

  test("a seed is the combination of its targets' relevance", async () => {
    const { results } = await ask({ target: [3, 7] });
    const seeded = await ask({ start: undefined, seed: { 3: 2, 7: -0.5 } });
    const { target, label, targets, labels } = seeded;
    expect({ target, label, targets, labels }).toEqual({
      ...{ target: -1, label: "", targets: [], labels: [] },
    });
    expect(seeded.results[0]?.target).toBe(-1);
    const data = results[0]!.data.map((x, i) => 2 * x - 0.5 * (results[1]!.data[i] ?? NaN));
    const want = { data, shape: results[0]!.shape };
    expectClose(seeded.results[0]!, want, { atol: 1e-5, rtol: 1e-4 });
    const dense = Float32Array.from({ length: 10 }, (_, i) => ({ 3: 2, 7: -0.5 })[i] ?? 0);
    const again = await ask({ start: undefined, seed: dense });
    expect(again.results[0]?.data).toEqual(seeded.results[0]?.data);
  });

  test("relevance may begin inside of the network", async () => {
    const output = explainer
      .layers()
      .filter(({ stage }) => stage)
      .at(-1)!;
    const explanation = await ask({ output: output.name, target: 5 });
    expect(explanation.label).toBe("element 5");
    expect(explanation.results[0]?.data.some((x) => x !== 0)).toBe(true);
    const seeded = await ask({ start: undefined, output: output.name, seed: { 5: 1 } });
    expectClose(seeded.results[0]!, explanation.results[0]!, { atol: 1e-6, rtol: 1e-5 });
  });

  test("what is not given is the method's own", async () => {
    const names = ["relevance-cam", "grad-cam"];
    const methods = catalog().methods.filter(({ name }) => names.includes(name));
    expect(methods).toHaveLength(names.length);
    for (const { name, start, composite, kinds } of methods) {
      const { results } = await explainer.explain(input, { method: name });
      expect(results.length).toBeGreaterThan(0);
      for (const result of results) {
        expect(result).toMatchObject({ method: name, start, composite, kind: kinds[0] });
      }
    }
  });
});

describe("compare", () => {
  test("holds what explain gives, failures beside it", async () => {
    const unserved = { method: "relevance-cam", composite: "no-such", title: "bad" };
    const comparison = await explainer.compare(picture(80, 60), {
      methods: ["relevance-cam", "grad-cam", unserved],
      targets: [1, 2],
    });
    const stages = explainer.layers().filter(({ stage }) => stage);
    expect(comparison.layers).toEqual(stages.map(({ name }) => name));
    expect(comparison.cells).toHaveLength(3 * 2 * stages.length);
    const single = await explainer.explain(picture(80, 60), { method: "grad-cam", target: 2 });
    const cells = comparison.cells.filter(
      ({ method, target }) => method === "grad-cam" && target === 2,
    );
    // Classes swept together are rounded otherwise than one alone.
    cells.forEach(({ result }, i) => {
      expectClose(result!, single.results[i]!, { atol: 1e-6, rtol: 1e-5 });
    });
    expect(single.results).toHaveLength(cells.length);
    const bad = comparison.cells.filter(({ method }) => method === "bad");
    expect(bad.every(({ error, result }) => error?.includes("no-such") && !result)).toBe(true);
  });
});

describe("after an error the explainer is usable", () => {
  const compareWith = (options: Partial<CompareOptions>): Promise<unknown> =>
    explainer.compare(input, { methods: ["grad-cam"], ...options });
  const nan = (): Tensor => ({
    data: input.data.map((x, i) => (i === 5 ? NaN : x)),
    shape: input.shape,
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ["unknown-layer", "nowhere", () => explainer.explain(input, { layers: ["nowhere"] })],
    ["unknown-class", "10", () => explainer.explain(input, { target: 10 })],
    ["unknown-class", "10", () => explainer.explain(input, { target: ["top", 10] })],
    ["invalid-option", "target", () => explainer.explain(input, { target: [] })],
    ["unknown-layer", "nowhere", () => explainer.explain(input, { output: "nowhere" })],
    ["invalid-option", "10 elements", () => explainer.explain(input, { seed: [1, 2] })],
    ["invalid-option", "element 10", () => explainer.explain(input, { seed: { 10: 1 } })],
    ["invalid-option", "seed", () => explainer.explain(input, { seed: { 1: NaN } })],
    ["invalid-option", "no target", () => explainer.explain(input, { seed: { 1: 1 }, target: 2 })],
    ["unknown-layer", "nowhere", () => compareWith({ layers: ["nowhere"] })],
    ["unknown-class", "10", () => compareWith({ targets: [1, 10] })],
    ["invalid-option", "no method", () => compareWith({ methods: ["no-such"] })],
    ["invalid-option", "no-such", () => explainer.explain(input, { method: "no-such" })],
    ["invalid-option", "no-such", () => explainer.explain(input, { start: "no-such" })],
    ["invalid-option", "no-such", () => explainer.explain(input, { composite: "no-such" })],
    ["invalid-option", "row 1", () => explainer.explain(input, { composite: [{ rule: "none" }] })],
    ["uncovered-node", "row 1", () => explainer.explain(input, { composite: [{ rule: "flat" }] })],
    [
      "invalid-option",
      "no-such",
      () => explainer.explain(input, { ...settings, parameters: { "no-such": 1 } }),
    ],
    ["invalid-option", "no-such", () => explainer.explain(input, { emit: ["no-such" as "cam"] })],
    ["invalid-option", "topK", () => explainer.classify(input, { topK: 0 })],
    ["invalid-input", "NaN", () => explainer.explain(nan())],
    [
      "invalid-input",
      "1x3x64x64",
      () => explainer.explain({ data: input.data, shape: [1, 64, 64, 3] }),
    ],
    ["invalid-input", "input", () => explainer.run({ nowhere: input })],
    ["invalid-image", "0x0", () => explainer.explain(picture(0, 0))],
    ["invalid-image", "20000", () => explainer.explain({ ...picture(1, 1), width: 20000 })],
    ["invalid-image", "", () => explainer.explain(new Blob(["no picture"]))],
    ["invalid-image", "", () => explainer.explain({} as Tensor)],
  ])("%s naming %s", async (code, culprit, call) => {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RelevanceCamError);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain(culprit);
    await expect(explainer.classify(input)).resolves.toMatchObject({ top: { length: 5 } });
  });

  test("a cancelled call rejects with the signal's reason", async () => {
    // Large enough to be cut into slices, between which the abort comes.
    const large = await Explainer.load(
      new URL("../../../.cache/models/efficientnet-lite0.onnx", import.meta.url),
      options,
    );
    const reason = new Error("enough");
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (): void => {
      controller.abort(reason);
    };
    await expect(large.explain(picture(300, 300), { signal, onProgress })).rejects.toBe(reason);
    await expect(large.explain(picture(300, 300))).resolves.toMatchObject({ reusedForward: false });
    large.dispose();
  });

  test("a call cancelled while it waits for another is not begun", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    const { signal } = controller;
    const first = explainer.explain(input);
    const second = explainer.explain(input, { signal });
    controller.abort(reason);
    await expect(first).resolves.toBeDefined();
    await expect(second).rejects.toBe(reason);
    await expect(explainer.explain(input, { signal })).rejects.toBe(reason);
  });

  test("a disposed explainer says so", async () => {
    const other = await Explainer.load(vgg.url("model.onnx"), options);
    other.dispose();
    other.dispose();
    await expect(other.classify(input)).rejects.toMatchObject({ code: "disposed" });
  });
});

describe("a bad model", () => {
  const good = vgg.bytes("model.onnx");

  test.each<[string, Uint8Array]>([
    ["empty", new Uint8Array(0)],
    ["a text", new TextEncoder().encode("this is no model at all")],
    ["cut in the middle", good.subarray(0, good.length / 2)],
    ["zeros", new Uint8Array(1000)],
  ])("%s", async (_, bytes) => {
    await expect(Explainer.load(Uint8Array.from(bytes), options)).rejects.toMatchObject({
      code: "invalid-model",
    });
  });

  test("that is not there", async () => {
    await expect(Explainer.load(new URL("file:///no/such/model.onnx"))).rejects.toMatchObject({
      code: "unreadable",
      message: expect.stringContaining("model.onnx") as string,
    });
  });

  test("that is a folder", async () => {
    await expect(Explainer.load(vgg.url("."))).rejects.toMatchObject({ code: "unreadable" });
  });

  test("or a WebAssembly file that is none", async () => {
    const wasm = new TextEncoder().encode("no module");
    await expect(Explainer.load(vgg.url("model.onnx"), { wasm })).rejects.toMatchObject({
      code: "unsupported-runtime",
    });
  });

  test("name of an input or dimension that it does not have", async () => {
    const dimensions = { nowhere: 3 };
    await expect(
      Explainer.load(vgg.url("model.onnx"), { ...options, dimensions }),
    ).rejects.toMatchObject({ code: "invalid-option" });
  });
});

test("calls made at once are served in order", async () => {
  const calls = [0, 1, 2, 3].map((target) => explainer.explain(input, { target }));
  const targets = (await Promise.all(calls)).map(({ target }) => target);
  expect(targets).toEqual([0, 1, 2, 3]);
});

test("the runtime says what it is", async () => {
  const info = await explainer.runtimeInfo();
  expect(info).toMatchObject({ variant: "simd", simd: true, relaxed: false, threads: 1 });
  expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(info.memory).toBeGreaterThan(1e6);
});

test("several threads give the same logits", async () => {
  const threaded = await Explainer.load(vgg.url("model.onnx"), { runtime: "simd", threads: 2 });
  expect(await threaded.runtimeInfo()).toMatchObject({ variant: "simd-threads", threads: 2 });
  const { logits } = await threaded.classify(input);
  const { logits: single } = await explainer.classify(input);
  threaded.dispose();
  expect(Array.from(logits)).toEqual(Array.from(single, (x) => expect.closeTo(x, 4) as number));
});
