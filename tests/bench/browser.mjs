// The benchmark's page: bundled, served with the headers that threads need, opened in Chromium.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { preview } from "vite";
import { browserPath } from "../../scripts/setup/browser.mjs";
import { projectRoot } from "../../scripts/setup/paths.mjs";

const page = join(projectRoot, "tests", "bench", "page");

function bundle() {
  return build({
    entryPoints: ["measure", "ort-worker", "tensorflow-worker"].map((name) =>
      join(page, `${name}.ts`),
    ),
    outdir: join(projectRoot, "build", "bench"),
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["relevance-cam"],
    logLevel: "warning",
  });
}

function serve() {
  return preview({
    configFile: false,
    root: projectRoot,
    build: { outDir: "." },
    preview: {
      host: "127.0.0.1",
      port: 0,
      headers: {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      },
    },
    // Vite warns that a build would overwrite the folder; nothing is built into it.
    logLevel: "error",
  });
}

function launch() {
  // Chromium's sandbox does not start for root.
  return chromium.launch({
    executablePath: browserPath(),
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

/** Runs `use` with a function that measures one request on a page of its own. */
export async function withBrowser(use) {
  await bundle();
  const server = await serve();
  const browser = await launch();
  try {
    const address = `http://127.0.0.1:${server.httpServer.address().port}`;
    await use((request) => measure(browser, address, request));
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Of each process that runs pages: bytes resident now, and at most so far. Linux only. */
async function residentMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  return new Map(pages.map(({ id }) => [id, memoryOf(id)]));
}

function memoryOf(process) {
  const status = readFileSync(`/proc/${process}/status`, "utf8");
  const kilobytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  return { now: kilobytes("VmRSS") * 1024, peak: kilobytes("VmHWM") * 1024 };
}

/**
 * Loads the model by address on a page that has done nothing else: what its process grew by at the
 * most, all threads and engines included.
 */
async function measureLoadingMemory(browser, tab, request) {
  const before = await residentMemory(browser);
  const { memory } = await tab.evaluate((asked) => globalThis.loadForMemory(asked), request);
  const after = await residentMemory(browser);
  const growths = [...after].map(([id, { peak }]) => peak - (before.get(id)?.now ?? 0));
  return { memory, peak: Math.max(...growths) };
}

async function measure(browser, address, request) {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(0);
  tab.on("pageerror", (error) => console.error(`bench page: ${error.message}`));
  try {
    await tab.goto(`${address}/tests/bench/page/index.html`);
    await tab.waitForFunction(() => "measure" in globalThis);
    if (!(await tab.evaluate(() => globalThis.crossOriginIsolated))) {
      throw new Error("The benchmark's page is not cross-origin isolated.");
    }
    const memory =
      request.study === "loading" ? await measureLoadingMemory(browser, tab, request) : {};
    return { ...(await tab.evaluate((asked) => globalThis.measure(asked), request)), ...memory };
  } finally {
    await tab.close();
  }
}
