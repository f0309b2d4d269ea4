import { expect } from "@playwright/test";

import type { Explainer, LoadOptions } from "../../web/src/index.js";
import { modelWithExternalWeight } from "../web/support/onnx-writer.js";
import { largeModel, MATRIX_SIZE } from "./large-model.js";
import { DEFAULT_MODEL, PHOTO, SMALL_MODEL, test } from "./package-page.js";

const close = (value: number): unknown => expect.closeTo(value, 3);

test("without special headers one thread computes, in the best build there is", async ({
  plain,
}) => {
  const info = await plain.page.evaluate(async (model) => {
    const explainer = await relevanceCam.Explainer.load(model);
    const runtime = await explainer.runtimeInfo();
    explainer.dispose();
    return runtime;
  }, SMALL_MODEL);
  expect(info).toMatchObject({ variant: "relaxed", relaxed: true, threads: 1 });
});

test("an isolated page gets threads, and every build the same answer", async ({ isolated }) => {
  const runs = await isolated.page.evaluate(
    async ([model, photo]) => {
      const image = await (await fetch(photo)).blob();
      const choices = (["simd", "relaxed"] as const).flatMap((runtime) =>
        [1, 2].map((threads) => ({ runtime, threads })),
      );
      const found = [];
      for (const choice of choices) {
        const explainer = await relevanceCam.Explainer.load(model, choice);
        const { results, logits } = await explainer.explain(image, { target: 3 });
        found.push({
          ...(await explainer.runtimeInfo()),
          logits: Array.from(logits),
          map: Array.from(results.at(-1)?.data ?? []),
        });
        explainer.dispose();
      }
      return found;
    },
    [SMALL_MODEL, PHOTO] as const,
  );
  expect(runs.map(({ variant }) => variant)).toEqual([
    ...["simd", "simd-threads", "relaxed", "relaxed-threads"],
  ]);
  const [first] = runs;
  for (const { logits, map } of runs) {
    expect(logits).toEqual(first!.logits.map((value) => close(value)));
    expect(map).toEqual(first!.map.map((value) => close(value)));
  }
});

test("every kind of image gives the same answer", async ({ plain }) => {
  const answers = await plain.page.evaluate(
    async ([model, photo]) => {
      const explainer = await relevanceCam.Explainer.load(model);
      const blob = await (await fetch(photo)).blob();
      const bitmap = await createImageBitmap(blob);
      const { width, height } = bitmap;
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      const offscreen = new OffscreenCanvas(width, height);
      offscreen.getContext("2d")!.drawImage(bitmap, 0, 0);
      const element = Object.assign(new Image(), { src: photo });
      const data = context.getImageData(0, 0, width, height);
      const pixels = { data: data.data, width, height };
      const answer: Record<string, number[]> = {};
      const images = { blob, bitmap, canvas, offscreen, element, data, pixels };
      for (const [name, image] of Object.entries(images)) {
        const { logits } = await explainer.classify(image);
        answer[name] = Array.from(logits);
      }
      // The caller's own bitmap is still there.
      answer["width"] = [bitmap.width - width];
      explainer.dispose();
      return answer;
    },
    [SMALL_MODEL, PHOTO] as const,
  );
  const { blob, width, ...others } = answers;
  expect(width).toEqual([0]);
  for (const logits of Object.values(others)) expect(logits).toEqual(blob);
});

test("paint draws the heatmap over the part of the image that the model saw", async ({ plain }) => {
  const { size, inside, outside } = await plain.page.evaluate(
    async ([model, photo]) => {
      const { Explainer, paint } = relevanceCam;
      const explainer = await Explainer.load(model);
      const bitmap = await createImageBitmap(await (await fetch(photo)).blob());
      const { results } = await explainer.explain(bitmap, { method: "grad-cam" });
      explainer.dispose();
      const canvas = document.createElement("canvas");
      const pixelsOf = (): Uint8ClampedArray =>
        canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
      const flat = { data: Float32Array.of(1), shape: [1, 1], region: results[0]!.region };
      paint(canvas, bitmap, flat, { opacity: 0 });
      const before = pixelsOf();
      paint(canvas, bitmap, flat, { opacity: 1 });
      const after = pixelsOf();
      const { x, y } = results[0]!.region!;
      const differs = (column: number, row: number): boolean => {
        const start = (row * canvas.width + column) * 4;
        return after.slice(start, start + 3).join() !== before.slice(start, start + 3).join();
      };
      return {
        size: [canvas.width - bitmap.width, canvas.height - bitmap.height],
        inside: differs(Math.ceil(x) + 2, Math.ceil(y) + 2),
        outside: differs(1, 1),
      };
    },
    [SMALL_MODEL, PHOTO] as const,
  );
  expect({ size, inside, outside }).toEqual({ size: [0, 0], inside: true, outside: false });
});

test("a call is cancelled at once, and the next one answers soon after", async ({ plain }) => {
  const measured = await plain.page.evaluate(
    async ([model, photo]) => {
      const explainer = await relevanceCam.Explainer.load(model);
      const image = await createImageBitmap(await (await fetch(photo)).blob());
      const fresh = (): ImageData => {
        const data = new ImageData(224, 224);
        crypto.getRandomValues(data.data.subarray(0, 65536));
        return data;
      };
      await explainer.explain(image);
      let begun = 0;
      const controller = new AbortController();
      const call = explainer
        .explain(fresh(), {
          signal: controller.signal,
          onProgress: ({ phase }) => {
            if (phase !== "forward" || begun > 0) return;
            begun = performance.now();
            controller.abort(new Error("enough"));
          },
        })
        .catch((reason: unknown) => (reason as Error).message);
      const outcome = await call;
      const rejected = performance.now() - begun;
      await explainer.runtimeInfo();
      const free = performance.now() - begun;
      const { top } = await explainer.classify(image);
      explainer.dispose();
      return { outcome, rejected, free, best: top[0]?.index };
    },
    [DEFAULT_MODEL, PHOTO] as const,
  );
  console.log(
    `cancelled after ${measured.rejected.toFixed(1)} ms, free after ${measured.free.toFixed(1)} ms`,
  );
  expect(measured.outcome).toBe("enough");
  expect(measured.rejected).toBeLessThan(50);
  expect(measured.free).toBeLessThan(250);
  expect(measured.best).toBeDefined();
});

test("a load is cancelled, whether it downloads or computes", async ({ plain }) => {
  const outcomes = await plain.page.evaluate(async (model) => {
    const tryWith = async (phase: string): Promise<string> => {
      const controller = new AbortController();
      const onProgress = (progress: { phase: string }): void => {
        if (progress.phase === phase) controller.abort(new Error(`enough of ${phase}`));
      };
      const { signal } = controller;
      return relevanceCam.Explainer.load(model, { signal, onProgress, cache: false }).then(
        () => "loaded",
        (reason: unknown) => (reason as Error).message,
      );
    };
    return [await tryWith("runtime"), await tryWith("model"), await tryWith("prepare")];
  }, DEFAULT_MODEL);
  expect(outcomes).toEqual(["enough of runtime", "enough of model", "enough of prepare"]);
});

test("bad models and images are refused by typed errors, and the explainer stays usable", async ({
  plain,
}) => {
  const codes = await plain.page.evaluate(async (model) => {
    const { Explainer, RelevanceCamError } = relevanceCam;
    const code = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => "fine",
        (error: unknown) => (error instanceof RelevanceCamError ? error.code : String(error)),
      );
    const bytes = await (await fetch(model)).arrayBuffer();
    const explainer = await Explainer.load(bytes);
    const empty = Object.assign(document.createElement("canvas"), { width: 0, height: 0 });
    const image = new ImageData(64, 64);
    const huge = { data: new Uint8ClampedArray(20000 * 4), width: 20000, height: 1 };
    const tensor = { data: new Float32Array(3 * 64 * 64).fill(NaN), shape: [1, 3, 64, 64] };
    const missing = Object.assign(new Image(), { src: "/no/such/picture.png" });
    return {
      empty: await code(Explainer.load(new ArrayBuffer(0))),
      cut: await code(Explainer.load(bytes.slice(0, 5000))),
      text: await code(Explainer.load(new Blob(["no model"]))),
      absent: await code(Explainer.load("/no/such/model.onnx")),
      corrupt: await code(explainer.explain(new Blob(["no picture"]))),
      zero: await code(explainer.explain(empty)),
      huge: await code(explainer.explain(huge)),
      nan: await code(explainer.explain(tensor)),
      missing: await code(explainer.explain(missing)),
      layer: await code(explainer.explain(image, { layers: "nowhere" })),
      target: await code(explainer.explain(image, { target: "cat" })),
      method: await code(explainer.explain(image, { method: "nothing" })),
      usable: await code(explainer.explain(image)),
    };
  }, SMALL_MODEL);
  expect(codes).toEqual({
    empty: "invalid-model",
    cut: "invalid-model",
    text: "invalid-model",
    absent: "unreadable",
    corrupt: "invalid-image",
    zero: "invalid-image",
    huge: "invalid-image",
    nan: "invalid-input",
    missing: "invalid-image",
    layer: "unknown-layer",
    target: "unknown-class",
    method: "invalid-option",
    usable: "fine",
  });
});

test("no request is made once the model is loaded", async ({ isolated }) => {
  const { page, server } = isolated;
  await page.evaluate(
    async ([model, photo]) => {
      const image = await (await fetch(photo)).blob();
      const explainer = await relevanceCam.Explainer.load(model);
      Object.assign(globalThis, { explainer, image });
    },
    [SMALL_MODEL, PHOTO] as const,
  );
  const before = server.requests.length;
  expect(before).toBeGreaterThan(0);
  const seen: string[] = [];
  page.on("request", (request) => seen.push(request.url()));
  await page.evaluate(async () => {
    const { explainer, image } = globalThis as unknown as {
      explainer: Explainer;
      image: Blob;
    };
    for (const method of ["relevance-cam", "grad-cam"]) await explainer.explain(image, { method });
    await explainer.classify(image);
    explainer.dispose();
  });
  expect(seen).toEqual([]);
  expect(server.requests.length).toBe(before);
});

test("a model is fetched once and then taken from the cache, unless told otherwise", async ({
  plain,
}) => {
  const { page, server } = plain;
  const load = (cache: boolean): Promise<void> =>
    page.evaluate(
      async ([model, useCache]) => {
        (await relevanceCam.Explainer.load(model, { cache: useCache })).dispose();
      },
      [SMALL_MODEL, cache] as const,
    );
  const fetches = (): number => server.requests.filter((r) => r.endsWith(SMALL_MODEL)).length;
  await load(true);
  expect(fetches()).toBe(1);
  await page.waitForFunction(
    async () => (await (await caches.open("relevance-cam")).keys()).length,
  );
  await load(true);
  expect(fetches()).toBe(1);
  await load(false);
  expect(fetches()).toBe(2);
});

test("a worker that dies fails its calls; the next call starts anew where it can", async ({
  plain,
}) => {
  const outcome = await plain.page.evaluate(async (model) => {
    const { Explainer } = relevanceCam;
    const image = new ImageData(64, 64);
    const code = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => "fine",
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      );
    const workers: Worker[] = [];
    const worker = (): Worker => {
      workers.push(new Worker("/dist/worker.js", { type: "module" }));
      return workers.at(-1)!;
    };
    const byUrl = await Explainer.load(model, { worker });
    const pending = code(byUrl.explain(image));
    workers[0]!.terminate();
    const died = await pending;
    const revived = await code(byUrl.explain(image));
    const bytes = await (await fetch(model)).arrayBuffer();
    const byBytes = await Explainer.load(bytes, { worker });
    workers.at(-1)!.terminate();
    const gone = await code(byBytes.explain(image));
    const still = await code(byBytes.explain(image));
    const again = await code(Explainer.load(bytes));
    return { died, revived, gone, still, again, workers: workers.length };
  }, SMALL_MODEL);
  expect(outcome).toEqual({
    died: "worker-died",
    revived: "fine",
    gone: "worker-died",
    still: "worker-died",
    again: "fine",
    workers: 3,
  });
});

test("a worker whose script is not there is reported", async ({ plain }) => {
  const error = await plain.page.evaluate(async (model) => {
    const worker = new Worker("/no/such/worker.js", { type: "module" });
    return relevanceCam.Explainer.load(model, { worker }).catch((reason: unknown) => ({
      code: (reason as { code?: string }).code,
    }));
  }, SMALL_MODEL);
  expect(error).toEqual({ code: "worker-died" });
});

test("disposing rejects what is under way", async ({ plain }) => {
  const codes = await plain.page.evaluate(async (model) => {
    const explainer = await relevanceCam.Explainer.load(model);
    const code = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => "fine",
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      );
    const pending = code(explainer.explain(new ImageData(64, 64)));
    // Let the call reach the worker first.
    await new Promise((resolve) => setTimeout(resolve));
    explainer.dispose();
    return [await pending, await code(explainer.classify(new ImageData(64, 64)))];
  }, SMALL_MODEL);
  expect(codes).toEqual(["disposed", "disposed"]);
});

test("fifty explanations need no more memory than five", async ({ plain }) => {
  const memory = await plain.page.evaluate(async (model) => {
    const explainer = await relevanceCam.Explainer.load(model);
    const sizes: number[] = [];
    for (let i = 0; i < 50; i++) {
      const image = new ImageData(300 + i, 200);
      crypto.getRandomValues(image.data.subarray(0, 65536));
      await explainer.explain(image, {
        target: i,
        method: i % 2 === 0 ? "relevance-cam" : "grad-cam",
      });
      sizes.push((await explainer.runtimeInfo()).memory);
    }
    explainer.dispose();
    return sizes;
  }, DEFAULT_MODEL);
  expect(memory.at(-1)).toBe(memory[4]);
});

test("the core computes in a worker of the user's own", async ({ plain }) => {
  const result = await plain.page.evaluate(async (model) => {
    const script = `
      import { Explainer } from "${location.origin}/dist/core.js";
      const explainer = await Explainer.load("${location.origin}${model}");
      const { results } = await explainer.explain(new ImageData(64, 64));
      const { variant } = await explainer.runtimeInfo();
      explainer.dispose();
      postMessage({ layers: results.length, variant });`;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data as object);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
  }, SMALL_MODEL);
  expect(result).toMatchObject({ variant: "relaxed" });
});

test("the wasm file may be given by address or as bytes", async ({ plain }) => {
  const variants = await plain.page.evaluate(async (model) => {
    const address = "/dist/wasm/simd.wasm";
    const bytes = await (await fetch(address)).arrayBuffer();
    const found: string[] = [];
    for (const wasm of [address, bytes]) {
      const explainer = await relevanceCam.Explainer.load(model, { wasm, runtime: "simd" });
      found.push((await explainer.runtimeInfo()).variant);
      explainer.dispose();
    }
    return found;
  }, SMALL_MODEL);
  expect(variants).toEqual(["simd", "simd"]);
});

test("a comparison becomes a sheet and an archive in the page", async ({ plain }) => {
  const found = await plain.page.evaluate(async (model) => {
    const { bundle, catalog, comparisonSheet, encodePng, Explainer, zip } = relevanceCam;
    const explainer = await Explainer.load(model);
    const image = new ImageData(80, 60);
    image.data.forEach((_, i) => (image.data[i] = (i * 13) % 256));
    const methods = ["relevance-cam", "grad-cam"];
    const comparison = await explainer.compare(image, { methods, targets: ["top", 3] });
    explainer.dispose();
    const sheet = comparisonSheet(image, comparison, { gap: 0 });
    const files = await bundle(comparison, { overlays: { image, encodePng } });
    const png = files.find(({ name }) => name === "sheet.png")?.bytes as BlobPart;
    const decoded = await createImageBitmap(new Blob([png], { type: "image/png" }));
    return {
      layers: comparison.layers.length,
      rows: comparison.targets.length * methods.length,
      sheet: [sheet.width, sheet.height],
      decoded: [decoded.width, decoded.height],
      archive: zip(files).length,
      methods: catalog().methods.map(({ name }) => name),
    };
  }, SMALL_MODEL);
  const { layers, rows } = found;
  expect(layers).toBeGreaterThan(2);
  expect(found.sheet).toEqual([layers * 80, rows * 60]);
  expect(found.decoded).toEqual([layers * 88 + 8, rows * 68 + 8]);
  expect(found.archive).toBeGreaterThan(1000);
  expect(found.methods).toEqual(expect.arrayContaining(["relevance-cam", "grad-cam"]));
});

test.describe("a model whose weights lie in a file of their own", () => {
  const model = Array.from(modelWithExternalWeight("weights.bin"));
  const weights = Array.from(new Uint8Array(new Float32Array(12).fill(0.5).buffer));

  test("takes it of a list, a folder or an address", async ({ plain }) => {
    const logits = await plain.page.evaluate(
      async ([model, weights]) => {
        const bytes = Uint8Array.from(weights);
        const file = new File([bytes], "weights.bin");
        const other = new File(["other"], "other.bin");
        const transfer = new DataTransfer();
        for (const one of [other, file]) transfer.items.add(one);
        const folder = await navigator.storage.getDirectory();
        const writable = await (
          await folder.getFileHandle(file.name, { create: true })
        ).createWritable();
        await writable.write(bytes);
        await writable.close();
        const given = [
          [other, file],
          transfer.files,
          folder,
          { "weights.bin": URL.createObjectURL(file) },
          { "weights.bin": file },
        ];
        const found = [];
        for (const externalData of given) {
          const explainer = await relevanceCam.Explainer.load(Uint8Array.from(model), {
            externalData,
          });
          const data = new Float32Array(3 * 64).fill(1);
          found.push(Array.from((await explainer.classify({ data, shape: [1, 3, 8, 8] })).logits));
          explainer.dispose();
        }
        return found;
      },
      [model, weights] as const,
    );
    expect(logits).toEqual(Array.from({ length: 5 }, () => [1.5, 1.5, 1.5, 1.5]));
  });

  test("that has an address finds it beside, and asks for nothing else", async ({ plain }) => {
    const { page } = plain;
    const asked: string[] = [];
    const files: Record<string, number[]> = { "model.onnx": model, "weights.bin": weights };
    await page.route("**/models/*", async (route) => {
      const name = new URL(route.request().url()).pathname.replace(/^.*\//, "");
      asked.push(name);
      const content = files[name];
      await route.fulfill(content ? { body: Buffer.from(content) } : { status: 404 });
    });
    const load = (options: LoadOptions): Promise<string> =>
      page.evaluate(async (options) => {
        try {
          const explainer = await relevanceCam.Explainer.load("/models/model.onnx", options);
          explainer.dispose();
          return "loaded";
        } catch (error) {
          const { code, node } = error as { code: string; node: string };
          return `${code} ${node}`;
        }
      }, options);
    expect(await load({ cache: false })).toBe("loaded");
    expect(new Set(asked)).toEqual(new Set(["model.onnx", "weights.bin"]));
    asked.length = 0;
    const missing = "missing-external-data weights.bin";
    expect(await load({ cache: false, externalData: {} })).toBe(missing);
    expect(asked).toEqual(["model.onnx"]);
    delete files["weights.bin"];
    expect(await load({ cache: false })).toBe(missing);
  });
});

test("a model of 134 MB loads and explains, its weights held once", async ({ plain }) => {
  const { before, after } = largeModel();
  const found = await plain.page.evaluate(
    async ([begin, end, size, photo]) => {
      const part = new Float32Array(2 ** 18).map(() => (Math.random() - 0.5) / 100);
      const parts = Array.from({ length: size / part.byteLength }, () => part);
      const file = new Blob([Uint8Array.from(begin), ...parts, Uint8Array.from(end)]);
      const explainer = await relevanceCam.Explainer.load(file);
      const { memory } = await explainer.runtimeInfo();
      const image = await (await fetch(photo)).blob();
      const { results } = await explainer.explain(image, { layers: ["relu"] });
      explainer.dispose();
      const map = results.find(({ kind }) => kind === "cam")?.data ?? [];
      return { ratio: memory / file.size, map: Array.from(map) };
    },
    [[...before], [...after], MATRIX_SIZE, PHOTO] as const,
  );
  expect(found.ratio).toBeLessThan(1.6);
  expect(found.map).toHaveLength(32 * 32);
  expect(found.map.every(Number.isFinite)).toBe(true);
  expect(new Set(found.map).size).toBeGreaterThan(100);
});
