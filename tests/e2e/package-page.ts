import { fileURLToPath } from "node:url";

import { test as base, type Page } from "@playwright/test";

import type * as relevanceCamModule from "../../web/src/index.js";
import { StaticServer } from "./static-server.js";

declare global {
  // What tests/e2e/package.html imports.
  var relevanceCam: typeof relevanceCamModule;
}

const project = fileURLToPath(new URL("../../", import.meta.url));

export const DEFAULT_MODEL = "/.cache/models/efficientnet-lite0.onnx";
/** A narrow VGG of ten classes on 64 x 64 pixels. */
export const SMALL_MODEL = "/tests/data/reference/rcam_vgg16_bias/model.onnx";
export const PHOTO = "/.cache/photos/chelsea.png";

export interface PackagePage {
  readonly page: Page;
  readonly server: StaticServer;
}

async function open(page: Page, isolated: boolean): Promise<PackagePage> {
  const server = await StaticServer.start(project, isolated);
  await page.goto(`${server.address}tests/e2e/package.html`);
  await page.waitForFunction(() => "relevanceCam" in globalThis);
  return { page, server };
}

/** Pages with the package loaded, without and with the headers that threads need. */
export const test = base.extend<{ plain: PackagePage; isolated: PackagePage }>({
  plain: async ({ page }, use) => {
    const opened = await open(page, false);
    await use(opened);
    await opened.server.stop();
  },
  isolated: async ({ page }, use) => {
    const opened = await open(page, true);
    await use(opened);
    await opened.server.stop();
  },
});
