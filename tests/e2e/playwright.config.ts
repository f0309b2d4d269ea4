import { defineConfig } from "@playwright/test";
import { browserPath } from "../../scripts/setup/browser.mjs";

const executablePath = browserPath() as string | undefined;

export default defineConfig({
  testDir: ".",
  outputDir: "../../build/e2e",
  globalSetup: "./build-demo.ts",
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: "list",
  use: {
    browserName: "chromium",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // A container has no user name spaces for Chromium's sandbox; the heap is read exactly.
      args: ["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
    },
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
  },
});
