import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { unzipSync } from "fflate";
import { PNG } from "pngjs";
import { catalog, Explainer } from "relevance-cam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readNpy, writeNpy } from "../../../web/src/npy.js";
import { modelWithExternalWeight, modelWithGains } from "../support/onnx-writer.js";
import { expectClose, ReferenceCase } from "../support/reference.js";

const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const vgg = new ReferenceCase("rcam_vgg16_bias");
const model = vgg.path("model.onnx");
const input = vgg.path("input.pb");
const layer = "/features/features.23/MaxPool_output_0";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "relevance-cam-"));
  const png = new PNG({ width: 90, height: 70 });
  png.data.forEach((_, i) => (png.data[i] = (i * 13) % 256));
  writeFileSync(join(folder, "picture.png"), PNG.sync.write(png));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

async function runJson<T>(...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await run(...args, "--runtime", "simd", "--json");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout) as T;
}

test("inspect lists inputs, layers and stages", async () => {
  const info = await runJson<{
    inputs: { name: string; shape: number[] }[];
    layers: { name: string; opType: string; shape: number[]; macs: number; stage: boolean }[];
    stages: string[];
  }>("inspect", model);
  expect(info.inputs).toEqual([{ name: "input", shape: [1, 3, 64, 64], type: "float32" }]);
  const first = info.layers[0];
  expect(first).toMatchObject({ opType: "Conv", macs: 64 * 64 * 7 * 27 });
  const sizes = info.stages.map((name) => info.layers.find((l) => l.name === name)!.shape.at(-1)!);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => b - a));
  const { stdout } = await run("inspect", model);
  expect(stdout).toContain(layer);
});

test("inspect tells how a transformer's tokens make up the image", async () => {
  const transformer = new ReferenceCase("vit_tiny").path("model.onnx");
  const { layers, stages } = await runJson<{
    layers: { name: string; tokens?: { prefix: number; rows: number; columns: number } }[];
    stages: string[];
  }>("inspect", transformer);
  const tokens = stages.map((name) => layers.find((layer) => layer.name === name)?.tokens);
  expect(tokens).toEqual(Array(4).fill({ prefix: 1, rows: 8, columns: 8 }));
  expect(layers.find(({ name }) => name === "/conv_proj/Conv_output_0")?.tokens).toBeUndefined();
  const { stdout } = await run("inspect", transformer);
  expect(stdout).toContain("stage 8x8 tokens behind 1");
  expect(stdout.match(/Softmax.* attention$/gm)).toHaveLength(4);
});

test("inspect counts negative scales of batch normalization", async () => {
  const mixed = new ReferenceCase("rcam_resnet18_mixedgamma_separate").path("model.onnx");
  const { batchNorms } = await runJson<{ batchNorms: { negativeScales: number }[] }>(
    ...["inspect", mixed],
  );
  const negative = batchNorms.filter(({ negativeScales }) => negativeScales > 0);
  expect(negative.length).toBeGreaterThan(0);
  for (const how of ["fold", "keep"]) {
    const { stdout } = await run("inspect", mixed, "--batch-norm", how);
    const lines = stdout.split("\n").filter((line) => line.includes("scales are negative"));
    expect(lines).toHaveLength(negative.length);
    for (const line of lines) expect(line).toContain(how === "fold" ? "(folded)" : "(kept)");
  }
});

test("run writes what the reference has", async () => {
  const file = join(folder, "logits.npy");
  const { outputs } = await runJson<{ outputs: { name: string; file: string }[] }>(
    ...["run", model, "--input", input, "--output", file],
  );
  expect(outputs).toMatchObject([{ name: "logits", shape: [1, 10], file }]);
  const explainer = await Explainer.load(vgg.url("model.onnx"));
  const want = await explainer.readTensor(vgg.bytes("logits.pb"));
  explainer.dispose();
  expectClose(readNpy(readFileSync(file), file), want, vgg.description.output);
  const named = await runJson("run", model, "--input", `input=${input}`);
  expect(named).toMatchObject({ outputs: [{ name: "logits", file: null }] });
});

test("classify takes several images and labels", async () => {
  const labels = join(folder, "labels.txt");
  writeFileSync(labels, Array.from({ length: 10 }, (_, i) => `name ${i}\n`).join(""));
  const picture = join(folder, "picture.png");
  const { results } = await runJson<{ results: { image: string; top: { label: string }[] }[] }>(
    ...["classify", model, picture, input, "--labels", labels, "--top", "2"],
  );
  expect(results.map(({ image }) => image)).toEqual([picture, input]);
  expect(results.every(({ top }) => top.length === 2)).toBe(true);
  expect(results[0]?.top[0]?.label).toMatch(/^name \d$/);
});

describe("a model of several inputs", () => {
  const photo = {
    data: Float32Array.from({ length: 192 }, (_, i) => Math.sin(i)),
    shape: [1, 3, 8, 8],
  };
  const gains = { data: Float32Array.of(1, 2, 3, 4), shape: [1, 4] };
  const weight = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
  let paths: { model: string; photo: string; gains: string };

  beforeAll(() => {
    const [model, photoFile, gainsFile] = ["gains.onnx", "photo.npy", "gains.npy"].map((name) =>
      join(folder, name),
    );
    writeFileSync(model!, modelWithGains(weight));
    writeFileSync(photoFile!, writeNpy(photo));
    writeFileSync(gainsFile!, writeNpy(gains));
    paths = { model: model!, photo: photoFile!, gains: gainsFile! };
  });

  test("is run, classified, explained and compared with a file for each", async () => {
    const beside = ["--input", `gains=${paths.gains}`];
    const explainer = await Explainer.load(modelWithGains(weight), { runtime: "simd", threads: 1 });
    const { top } = await explainer.classify(photo, { inputs: { gains } });
    explainer.dispose();
    const classified = await runJson("classify", paths.model, paths.photo, ...beside);
    expect(classified).toMatchObject({ results: [{ top }] });
    const explained = await runJson("explain", paths.model, paths.photo, ...beside);
    expect(explained).toMatchObject({ results: [{ layer: "relu", target: top[0]!.index }] });
    const compared = await runJson<{ cells: { error: string | null }[] }>(
      ...["compare", paths.model, paths.photo, ...beside],
      ...["--method", "grad-cam", "--method", "score-cam"],
    );
    expect(compared.cells.map(({ error }) => error)).toEqual([null, null]);
    const picture = join(folder, "picture.png");
    const runs = [
      await runJson("run", paths.model, "--input", `photo=${paths.photo}`, ...beside),
      await runJson("run", paths.model, "--input", paths.photo, ...beside),
      await runJson("run", paths.model, "--input", picture, ...beside),
    ];
    const outputs = runs.map((one) => (one as { outputs: { max: number }[] }).outputs);
    expect(outputs[0]).toEqual(outputs[1]);
    expect(outputs[0]![0]!.max).toBeCloseTo(top[0]!.logit, 6);
    expect(outputs[2]).not.toEqual(outputs[1]);
  });

  test.each<[string, (paths: Record<"photo" | "gains", string>) => string[]]>([
    ["the model's input 'gains' was not given", ({ photo }) => [photo]],
    ["write NAME=FILE with one of: gains", ({ photo, gains }) => [photo, "--input", gains]],
    ['"gains" takes a tensor of shape 1x4', ({ photo }) => [photo, "--input", `gains=${photo}`]],
    ["no-such.npy", ({ photo }) => [photo, "--input", "gains=no-such.npy"]],
    ["takes no picture", ({ photo }) => [photo, "--input", `gains=${join(folder, "picture.png")}`]],
    ["'gains', 'photo'", ({ photo }) => [photo, "--image-input", "picture"]],
  ])("says what is wrong with them: %s", async (culprit, rest) => {
    const { status, stdout, stderr } = await run("explain", paths.model, ...rest(paths));
    expect(stderr).toContain(culprit);
    expect(stderr).not.toContain("photo.npy: ");
    expect([status, stdout]).toEqual([2, ""]);
  });
});

describe("of several images, bad ones are reported and good ones answered", () => {
  const mixed = (): string[] => {
    const torn = join(folder, "torn.png");
    writeFileSync(torn, "no picture");
    return [join(folder, "picture.png"), torn, join(folder, "none.png"), input];
  };

  test.each([
    ["classify", []],
    ["explain", ["--layer", layer]],
  ])("by %s", async (command, options) => {
    const [good, torn, none, tensor] = mixed();
    const question = [command, model, ...mixed(), ...options];
    const json = await run(...question, "--json");
    expect(json.status).toBe(2);
    const { results } = JSON.parse(json.stdout) as { results: { image: string }[] };
    expect(results.map(({ image }) => image)).toEqual([good, tensor]);
    const complaints = json.stderr.trimEnd().split("\n");
    expect(complaints).toHaveLength(2);
    expect(complaints[0]).toContain(torn);
    expect(complaints[1]).toContain(none);
    const plain = await run(...question);
    expect(plain.status).toBe(2);
    for (const path of [good!, tensor!]) expect(plain.stdout).toContain(path);
    expect(plain.stdout).not.toContain(torn);
    expect(plain.stderr).toContain(torn);
  });
});

describe("explain", () => {
  interface Listing {
    readonly kind: string;
    readonly file: string;
    readonly overlay: string;
    readonly shape: number[];
  }

  test("lists every result with its file", async () => {
    const raw = join(folder, "raw");
    const { results } = await runJson<{ results: Listing[] }>(
      ...["explain", model, input, "--layer", layer, "--layer", "input", "--layer", "logits"],
      ...["--composite", "relevance-cam-code", "--set", "conv-bias=twice", "--start", "clrp"],
      ...["--target", "6", "--emit", "relevance", "--raw", raw],
    );
    expect(results).toHaveLength(3);
    for (const result of results) {
      expect(result).toMatchObject({
        method: "relevance-cam",
        kind: "relevance",
        target: 6,
        start: "clrp",
        composite: "relevance-cam-code",
      });
      expect(readNpy(readFileSync(result.file), result.file).shape).toEqual(result.shape);
    }
    expect(readdirSync(raw)).toHaveLength(3);
  });

  test("gives arrays of every kind at every stage for a class by its label", async () => {
    const labels = join(folder, "kinds.txt");
    writeFileSync(labels, Array.from({ length: 10 }, (_, i) => `kind ${i}, or so\n`).join(""));
    const kinds = ["cam", "scaled", "relevance", "weights", "activation", "gradient"];
    const { stages } = await runJson<{ stages: string[] }>("inspect", model);
    const { results } = await runJson<{ results: (Listing & { layer: string; target: number })[] }>(
      ...["explain", model, input, "--layer", "stages", "--layer", "logits"],
      ...["--emit", `${kinds.join()},seed`, "--threads", "2"],
      ...["--target", "Kind 4", "--labels", labels, "--start", "balanced", "--batch-norm", "keep"],
      ...["--raw", join(folder, "kinds")],
    );
    const seeds = results.filter(({ kind }) => kind === "seed");
    expect(seeds).toMatchObject([{ layer: "logits", shape: [1, 10] }]);
    for (const stage of stages) {
      const here = results.filter((result) => result.layer === stage);
      expect(here.map(({ kind }) => kind)).toEqual(kinds);
    }
    for (const { target, file, shape } of results) {
      expect(target).toBe(4);
      expect(readNpy(readFileSync(file), file).shape).toEqual(shape);
    }
  });

  test("draws overlays of the picture's size", async () => {
    const out = join(folder, "out");
    const { results } = await runJson<{ results: Listing[] }>(
      ...["explain", model, join(folder, "picture.png"), "--method", "grad-cam", "--out", out],
      ...["--emit", "cam,scaled,weights"],
    );
    const drawn = results.filter(({ overlay }) => overlay !== null);
    expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(["cam", "scaled"]));
    const { width, height } = PNG.sync.read(readFileSync(drawn[0]!.overlay));
    expect([width, height]).toEqual([90, 70]);
  });

  test("says why a map may not be trusted, and accounts for relevance when asked", async () => {
    interface About {
      readonly image: string;
      readonly diagnoses: readonly { code: string; message: string }[];
      readonly ledger?: readonly { received: number; sent: number }[];
    }
    const { results } = await runJson<{ results: { top: { index: number }[] }[] }>(
      ...["classify", model, input, "--top", "10"],
    );
    const worst = results[0]!.top.at(-1)!.index;
    const question = ["explain", model, input, "--layer", layer, "--target", String(worst)];
    const { images } = await runJson<{ images: About[] }>(...question, "--ledger");
    expect(images.map(({ image }) => image)).toEqual([input]);
    expect(images[0]?.diagnoses.map(({ code }) => code)).toContain("unlikely-target");
    expect(images[0]?.ledger?.length).toBeGreaterThan(0);
    const plain = await runJson<{ images: About[] }>(...question);
    expect(plain.images[0]).not.toHaveProperty("ledger");
    const { stdout, stderr } = await run(...question, "--ledger");
    expect(stderr).toContain(`note: ${input}: Class ${String(worst)} ranks 10 of 10`);
    expect(stdout).toContain(`ledger of ${input}`);
  });

  test("rules of a file serve like the composite that they spell out", async () => {
    const rules = join(folder, "rules.json");
    const rows = [
      { opType: "Conv", tensor: "*", position: "first", rule: "flat" },
      { opType: "Conv", rule: "z-plus" },
      { opType: "Gemm", rule: "epsilon", parameters: { epsilon: 1e-6 } },
    ];
    writeFileSync(rules, JSON.stringify(rows));
    const question = ["explain", model, input, "--method", "lrp", "--target", "3"];
    const maps = [];
    for (const option of [
      ["--rules", rules],
      ["--composite", "epsilon-plus-flat"],
    ]) {
      const raw = join(folder, "rules", option[0]!);
      const { results } = await runJson<{ results: (Listing & { composite: string })[] }>(
        ...[...question, ...option, "--raw", raw],
      );
      maps.push({ ...results[0]!, data: readFileSync(results[0]!.file) });
    }
    expect(maps.map(({ composite }) => composite)).toEqual(["custom", "epsilon-plus-flat"]);
    expect(maps[0]?.data.equals(maps[1]!.data)).toBe(true);
  });

  test("gives the seed without being asked for the layer that it belongs to", async () => {
    const { results } = await runJson<{ results: (Listing & { layer: string })[] }>(
      ...["explain", model, input, "--emit", "seed", "--target", "3", "--target", "4"],
      ...["--raw", join(folder, "seeds")],
    );
    expect(results).toMatchObject([
      { kind: "seed", layer: "logits", shape: [1, 10], target: 3 },
      { kind: "seed", layer: "logits", shape: [1, 10], target: 4 },
    ]);
    const seed = readNpy(readFileSync(results[0]!.file), results[0]!.file);
    // CLRP: 1 at the class, -1/N elsewhere.
    Array.from(seed.data).forEach((x, i) => expect(x).toBeCloseTo(i === 3 ? 1 : -0.1, 6));
  });

  test("names a row of rules that serves no node", async () => {
    const rules = join(folder, "unused.json");
    const rows = [
      { tensor: "/featurs/*", rule: "gamma" },
      { opType: "Conv", rule: "z-plus" },
      { opType: "Gemm", rule: "epsilon" },
    ];
    writeFileSync(rules, JSON.stringify(rows));
    const { status, stderr } = await run("explain", model, input, "--rules", rules);
    expect(status).toBe(0);
    expect(stderr).toContain(`note: ${input}: Row 1 of the rules (gamma for nodes`);
    expect(stderr).toContain("/featurs/*");
  });

  test("a .npy input and the same TensorProto give the same map", async () => {
    const npy = join(folder, "input.npy");
    const explainer = await Explainer.load(vgg.url("model.onnx"));
    writeFileSync(npy, writeNpy(await explainer.readTensor(vgg.bytes("input.pb"))));
    explainer.dispose();
    const raw = join(folder, "same");
    await runJson("explain", model, npy, "--layer", layer, "--raw", join(raw, "npy"));
    await runJson("explain", model, input, "--layer", layer, "--raw", join(raw, "pb"));
    const [a, b] = ["npy", "pb"].map((part) => {
      const [file] = readdirSync(join(raw, part));
      return readFileSync(join(raw, part, file!));
    });
    expect(a!.equals(b!)).toBe(true);
  });
});

describe("targets and seeds", () => {
  interface Explained {
    readonly results: { target: number; label: string; file: string }[];
  }
  const pixels = ["--layer", "input", "--composite", "gradient", "--emit", "relevance"];

  test("several targets, each with its label", async () => {
    const targets = ["--target", "2", "--target", "5"];
    const { results } = await runJson<Explained>("explain", model, input, ...pixels, ...targets);
    expect(results.map(({ target, label }) => [target, label])).toEqual([
      [2, "class 2"],
      [5, "class 5"],
    ]);
  });

  test("a seed by element and the same one as .npy", async () => {
    const file = join(folder, "seed.npy");
    const data = Float32Array.of(0, 0, 1, 0, 0, -1, 0, 0, 0, 0);
    writeFileSync(file, writeNpy({ data, shape: [1, 10] }));
    const maps = [];
    for (const [name, seed] of Object.entries({ sparse: "2=1,5=-1", dense: file })) {
      const raw = ["--raw", join(folder, "seed", name)];
      const { results } = await runJson<Explained>(
        ...["explain", model, input, ...pixels, "--seed", seed, ...raw],
      );
      expect(results).toMatchObject([{ target: -1, label: "" }]);
      expect(results[0]?.file).toContain(".seed.relevance.npy");
      maps.push(readFileSync(results[0]!.file));
    }
    expect(maps[0]?.equals(maps[1]!)).toBe(true);
  });
});

test("a bundle holds arrays, overlays and a manifest for every image", async () => {
  const file = join(folder, "bundle.zip");
  const images = [join(folder, "picture.png"), input];
  await runJson("explain", model, ...images, "--layer", layer, "--bundle", file);
  const names = Object.keys(unzipSync(readFileSync(file)));
  for (const name of ["picture", "input"]) {
    const own = names.filter((path) => path.startsWith(`${name}/`));
    const kinds = own.map((path) => path.replace(/^[^/]*\//, "").replace(/\/.*/, ""));
    expect(kinds.sort()).toEqual(["logits.npy", "manifest.json", "overlays", "raw"]);
  }
});

describe("compare", () => {
  test("writes one sheet, and failures into its table", async () => {
    const out = join(folder, "compared");
    const file = join(folder, "compared.zip");
    const methods = ["relevance-cam:start=logit", "grad-cam", "relevance-cam:composite=no-such"];
    const { cells, sheet, layers, ...found } = await runJson<{
      methods: string[];
      layers: string[];
      sheet: string;
      cells: { method: string; layer: string; target: number; error: string | null }[];
    }>(
      ...["compare", model, join(folder, "picture.png"), "--out", out, "--bundle", file],
      ...methods.flatMap((method) => ["--method", method]),
      ...["--target", "1", "--target", "2", "--tile", "45", "--scale", "shared"],
    );
    expect(found.methods).toEqual([
      ...["relevance-cam start=logit", "grad-cam", "relevance-cam composite=no-such"],
    ]);
    expect(cells).toHaveLength(3 * 2 * layers.length);
    const errors = cells.map(({ error }) => error).filter((error) => error !== null);
    expect(errors).toHaveLength(2 * layers.length);
    expect(errors[0]).toContain("relevance-cam-code");
    const { width, height } = PNG.sync.read(readFileSync(sheet));
    expect([width, height]).toEqual([layers.length * (45 + 8) + 8, 6 * (35 + 8) + 8]);
    const names = Object.keys(unzipSync(readFileSync(file)));
    expect(names).toContain("picture/sheet.png");
    const { stdout } = await run("compare", model, input, "--method", "grad-cam");
    expect(stdout).toContain(layers[0]);
  });

  test("takes rules of a file, for all methods or for one", async () => {
    const rules = join(folder, "compared.json");
    const rows = [
      { opType: "Conv", rule: "z-plus" },
      { opType: "Gemm", rule: "epsilon" },
    ];
    writeFileSync(rules, JSON.stringify(rows));
    interface Found {
      readonly methods: string[];
      readonly cells: { readonly error: string | null; readonly scale: number }[];
    }
    const question = ["compare", model, input, "--target", "3", "--layer", layer];
    const twin = await runJson<Found>(
      ...question,
      "--method",
      "relevance-cam:composite=epsilon-plus",
    );
    const all = await runJson<Found>(
      ...[...question, "--rules", rules, "--method", "relevance-cam", "--method", "grad-cam"],
    );
    expect(all.methods).toEqual(["relevance-cam composite=custom", "grad-cam"]);
    const one = await runJson<Found>(...question, "--method", `relevance-cam:rules=${rules}`);
    expect(one.methods).toEqual([`relevance-cam rules=${rules}`]);
    for (const { cells } of [all, one]) {
      expect(cells[0]).toMatchObject({ error: null, scale: twin.cells[0]?.scale });
    }
    const both = `relevance-cam:composite=epsilon-plus:rules=${rules}`;
    const refused = await run(...question, "--method", both);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("not both");
  });

  test("takes every method, start and composite by its name", async () => {
    const resnet = new ReferenceCase("pgc_resnet");
    const { methods, starts, composites } = catalog();
    const asked = [
      ...methods.filter(({ layer }) => layer !== "attention").map(({ name }) => name),
      ...starts.map(({ name }) => `relevance-cam:start=${name}`),
      ...composites.map(({ name }) => `lrp:composite=${name}`),
    ];
    const { cells, ...found } = await runJson<{
      methods: string[];
      cells: { method: string; kind: string | null; error: string | null }[];
    }>(
      ...["compare", resnet.path("model.onnx"), resnet.path("input.pb"), "--target", "3"],
      ...asked.flatMap((method) => ["--method", method]),
    );
    expect(found.methods).toEqual(asked.map((method) => method.replace(":", " ")));
    expect(cells.filter(({ error }) => error !== null)).toEqual([]);
    const answered = new Set(cells.filter(({ kind }) => kind).map(({ method }) => method));
    expect([...answered]).toEqual(found.methods);
  });

  test("takes the methods on attention for transformers, and refuses them for others", async () => {
    const asked = catalog().methods.filter(({ layer }) => layer === "attention");
    const words = asked.flatMap(({ name }) => ["--method", name]);
    const commandOn = (name: string) => {
      const files = ["model.onnx", "input.pb"].map((file) => new ReferenceCase(name).path(file));
      return ["compare", ...files, "--target", "3", ...words];
    };
    const { cells } = await runJson<{ cells: { error: string | null }[] }>(
      ...commandOn("vit_tiny_packed"),
    );
    expect(cells.length).toBeGreaterThanOrEqual(asked.length);
    expect(cells.filter(({ error }) => error !== null)).toEqual([]);
    const refused = await run(...commandOn("pgc_resnet"), "--json");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("needs attention");
  });
});

describe("the catalogue", () => {
  test("is what the package says", async () => {
    const { status, stdout } = await run("catalog", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(catalog())));
  });

  test("names every entry in the tables and in the help of explain", async () => {
    const { methods, starts, composites, rules, palettes } = catalog();
    const { stdout: tables } = await run("catalog");
    const { stdout: help } = await run("explain", "--help");
    for (const { name } of [...methods, ...starts, ...composites, ...rules, ...palettes]) {
      expect(tables).toContain(name);
      expect(help).toContain(`\n  ${name} `);
    }
  });
});

describe("bad usage and bad input: status 2 and one line naming", () => {
  const bad = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const subfolder = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  const altered = (name: string, bytes: Uint8Array, from: string, to: string): string =>
    bad(name, Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(from, to), "latin1"));
  const wide = (): Buffer => PNG.sync.write(new PNG({ width: 20_000, height: 1 }));
  /** The width is the number after the name of PNG's first chunk. */
  const withoutWidth = (): Buffer => wide().fill(0, 16, 20);

  test.each<[string, () => string[]]>([
    ["name a command", () => []],
    ["unknown command", () => ["paint"]],
    ["model", () => ["inspect"]],
    ["no/such.onnx", () => ["inspect", "no/such.onnx"]],
    ["a-folder", () => ["inspect", subfolder("a-folder")]],
    ["empty", () => ["inspect", bad("empty.onnx", "")]],
    [
      "cut.onnx: the model file is truncated",
      () => ["inspect", bad("cut.onnx", vgg.bytes("model.onnx").subarray(0, 5000))],
    ],
    ["Rule", () => ["inspect", altered("odd.onnx", vgg.bytes("model.onnx"), "Relu", "Rule")]],
    ["weights.bin", () => ["inspect", bad("lonely.onnx", modelWithExternalWeight("weights.bin"))]],
    [
      "cycle",
      () => {
        bad("cyclic.bin", new Uint8Array(48));
        const whole = modelWithExternalWeight("cyclic.bin");
        // The ReLU reads what is averaged from it.
        const [from, to] = ["conv", "pool"].map((name) => `\n\x04${name}\x12\x04relu`);
        return ["inspect", altered("cyclic.onnx", whole, from!, to!)];
      },
    ],
    ["--no-such", () => ["inspect", model, "--no-such"]],
    ["--threads", () => ["inspect", model, "--threads", "0"]],
    ["--runtime", () => ["inspect", model, "--runtime", "avx"]],
    ["no-such.png", () => ["classify", model, "no-such.png"]],
    ["text.png", () => ["classify", model, bad("text.png", "no picture")]],
    [
      "cut.png",
      () => [
        ...["classify", model],
        bad("cut.png", readFileSync(join(folder, "picture.png")).subarray(0, 200)),
      ],
    ],
    ["20000x1", () => ["classify", model, bad("wide.png", wide())]],
    ["no pixels", () => ["classify", model, bad("thin.png", withoutWidth())]],
    ["cut.npy", () => ["classify", model, bad("cut.npy", "\x93NUMPY")]],
    ["bad.pb", () => ["classify", model, bad("bad.pb", "\x0a\xff\xff")]],
    ["no-such.txt", () => ["classify", model, input, "--labels", "no-such.txt"]],
    ["--top", () => ["classify", model, input, "--top", "none"]],
    ["no-such", () => ["classify", model, input, "--preprocess", "no-such"]],
    ["nowhere", () => ["explain", model, input, "--layer", "nowhere"]],
    ["no-such", () => ["explain", model, input, "--method", "no-such"]],
    ["99", () => ["explain", model, input, "--target", "99"]],
    ["a cat", () => ["explain", model, input, "--target", "a cat"]],
    ["element 99", () => ["explain", model, input, "--seed", "99=1"]],
    ["--seed", () => ["explain", model, input, "--seed", "1=x"]],
    ["no target", () => ["explain", model, input, "--seed", "1=1", "--target", "2"]],
    ["no-such.npy", () => ["explain", model, input, "--seed", "no-such.npy"]],
    ["nowhere", () => ["explain", model, input, "--output", "nowhere"]],
    ["--fusion", () => ["explain", model, input, "--fusion", "median"]],
    ["--evidence", () => ["explain", model, input, "--evidence", "none"]],
    [
      "conv-bias",
      () => [
        ...["explain", model, input, "--composite", "relevance-cam-code", "--set", "no-such=1"],
      ],
    ],
    ["--method", () => ["compare", model, input]],
    ["NAME=VALUE", () => ["compare", model, input, "--method", "grad-cam:start"]],
    ["no-such", () => ["compare", model, input, "--method", "no-such"]],
    ["--tile", () => ["compare", model, input, "--method", "grad-cam", "--tile", "0"]],
    ["NAME=VALUE", () => ["explain", model, input, "--set", "conv-bias"]],
    ["no-such", () => ["explain", model, input, "--emit", "cam,no-such"]],
    ["jet", () => ["explain", model, input, "--palette", "jet"]],
    ["--opacity", () => ["explain", model, input, "--opacity", "2"]],
    ["cannot be written", () => ["explain", model, input, "--raw", bad("file", "")]],
    ["--input", () => ["run", model]],
    ["there is none beside the image", () => ["explain", model, input, "--input", `x=${input}`]],
  ])("%s", async (culprit, args) => {
    const { status, stdout, stderr } = await run(...args());
    expect(stderr).toContain(culprit);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(2);
    expect(stdout).toBe("");
  });
});

test("ends quietly when nobody reads on", async () => {
  const child = spawn(process.execPath, [cli, "inspect", model, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  const [status] = (await once(child, "close")) as [number];
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("--help and --version are no errors", async () => {
  for (const argument of ["--help", "--version"]) {
    expect(await run(argument)).toMatchObject({ status: 0, stderr: "" });
  }
});
