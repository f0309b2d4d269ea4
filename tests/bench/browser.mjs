// The benchmark's page: bundled, served with the headers that threads need, opened in Chromium.
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
    return await tab.evaluate((asked) => globalThis.measure(asked), request);
  } finally {
    await tab.close();
  }
}
