import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build as viteBuild } from "vite";
import webpack from "webpack";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { browserPath } from "../../scripts/setup/browser.mjs";
import { StaticServer } from "../e2e/static-server.js";

const project = fileURLToPath(new URL("../../", import.meta.url));
const model = join(project, "tests/data/reference/rcam_vgg16_bias/model.onnx");

/** An empty folder with nothing but the packed package in it. */
let folder: string;
let tarball: string;
let packed: readonly string[];

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "relevance-cam-pack-"));
  const [report] = JSON.parse(
    npm(project, "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  ) as { filename: string; files: { path: string }[] }[];
  tarball = join(folder, report!.filename);
  packed = report!.files.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "private": true }');
  npm(
    folder,
    ...["install", tarball, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("ships what is needed and nothing else", () => {
  for (const variant of ["simd", "simd-threads", "relaxed", "relaxed-threads"]) {
    expect(packed).toContain(`dist/wasm/${variant}.wasm`);
    expect(packed).toContain(`dist/wasm/${variant}.mjs`);
  }
  for (const file of ["dist/index.js", "dist/types/index.d.ts", "dist/cli.js"]) {
    expect(packed).toContain(file);
  }
  const allowed = /^(dist\/(?!demo\/)|package\.json$|README|LICENSE|NOTICE|CHANGELOG)/;
  expect(packed.filter((path) => !allowed.test(path))).toEqual([]);
});

test("works under Node, types and command included", () => {
  const script = `
    import { pathToFileURL } from "node:url";
    import { Explainer } from "relevance-cam";
    const explainer = await Explainer.load(pathToFileURL(process.argv[1]), { threads: 1 });
    const data = new Uint8ClampedArray(64 * 64 * 4).map((_, i) => i);
    const { results } = await explainer.explain({ data, width: 64, height: 64 });
    console.log(results.length > 1 && results.every(({ data }) => data.every(Number.isFinite)));
    explainer.dispose();`;
  const args = ["--input-type=module", "-e", script, model];
  expect(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).trim()).toBe(
    "true",
  );
  const command = join(folder, "node_modules/.bin/relevance-cam");
  const listed = execFileSync(command, ["inspect", model, "--json"], { encoding: "utf8" });
  expect(JSON.parse(listed)).toMatchObject({ classes: 10 });
});

test("its manifest is sound", async () => {
  const { messages, pkg } = await publint({
    pkgDir: join(folder, "node_modules/relevance-cam"),
    pack: false,
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
});

test("its types are right for every way of resolving them", () => {
  const attw = join(project, "node_modules/.bin/attw");
  const args = [tarball, "--profile", "esm-only", "--exclude-entrypoints", "./wasm/*"];
  execFileSync(attw, args, { stdio: "pipe" });
});

describe("ten lines in a page, bundled by", () => {
  const app = `
    import { Explainer, paint } from "relevance-cam";
    const explainer = await Explainer.load(new URL("model.onnx", location.href));
    const image = new ImageData(64, 64);
    image.data.fill(200);
    const { results } = await explainer.explain(image, { target: 3 });
    const canvas = document.body.appendChild(document.createElement("canvas"));
    paint(canvas, image, results.at(-1));
    explainer.dispose();
    document.title = \`\${results.length} maps\`;`;

  function writeApp(name: string): string {
    const root = join(folder, name);
    mkdirSync(root);
    writeFileSync(join(root, "main.js"), app);
    const script = '<script type="module" src="./main.js"></script>';
    writeFileSync(
      join(root, "index.html"),
      `<!doctype html><title>…</title><body>${script}</body>`,
    );
    return root;
  }

  /** The title of the page once it has explained, in a browser with and without isolation. */
  async function titlesOf(site: string): Promise<string[]> {
    copyFileSync(model, join(site, "model.onnx"));
    const executablePath = browserPath() as string | undefined;
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: ["--no-sandbox"],
    });
    const titles: string[] = [];
    for (const isolated of [false, true]) {
      const server = await StaticServer.start(site, isolated);
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", ({ message }) => errors.push(message));
      await page.goto(server.address);
      await page.waitForFunction(() => document.title !== "…").catch(() => undefined);
      titles.push([await page.title(), ...errors].join());
      await page.close();
      await server.stop();
    }
    await browser.close();
    return titles;
  }

  test("Vite", async () => {
    const root = writeApp("vite-app");
    await viteBuild({
      root,
      configFile: false,
      logLevel: "error",
      build: { target: "es2022", outDir: "site" },
    });
    const files = readdirSync(join(root, "site/assets"));
    expect(files.filter((name) => name.endsWith(".wasm"))).toHaveLength(4);
    const titles = await titlesOf(join(root, "site"));
    expect(titles).toEqual([expect.stringMatching(/^\d maps$/), titles[0]]);
  });

  test("webpack", async () => {
    const root = writeApp("webpack-app");
    const site = join(root, "site");
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack(
        { mode: "production", context: root, entry: "./main.js", output: { path: site } },
        (error, result) => {
          if (error) reject(error);
          else resolve(result);
        },
      );
    });
    expect(stats?.toJson({ errors: true, warnings: true })).toMatchObject({ errors: [] });
    expect(readdirSync(site).filter((name) => name.endsWith(".wasm"))).toHaveLength(4);
    const script = '<script defer src="./main.js"></script>';
    writeFileSync(
      join(site, "index.html"),
      `<!doctype html><title>…</title><body>${script}</body>`,
    );
    const titles = await titlesOf(site);
    expect(titles).toEqual([expect.stringMatching(/^\d maps$/), titles[0]]);
  });
});
