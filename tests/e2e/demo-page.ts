import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import { StaticServer } from "./static-server.js";

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface FilePayload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export const photo = (file: string): FilePayload => ({
  name: `my-${file}`,
  mimeType: "image/png",
  buffer: readFileSync(project(`.cache/photos/${file}`)),
});

/** A narrow ResNet of ten classes on 64 x 64 pixels. */
export const smallModel = (): FilePayload => ({
  name: "narrow-resnet.onnx",
  mimeType: "",
  buffer: readFileSync(project("tests/data/reference/captum_resnet/model.onnx")),
});

/** The model of a reference case. */
export const modelOf = (name: string): FilePayload => ({
  ...smallModel(),
  name: `${name}.onnx`,
  buffer: readFileSync(project(`tests/data/reference/${name}/model.onnx`)),
});

export const text = (name: string, content: string): FilePayload => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(content),
});

export type Side = "left" | "right";

/** The demo page, as a visitor handles it. */
export class DemoPage {
  readonly main: Locator;
  readonly classes: Locator;
  readonly stages: Locator;
  readonly depth: Locator;
  readonly notice: Locator;
  readonly status: Locator;
  readonly facts: Locator;

  constructor(readonly page: Page) {
    this.main = page.locator("main");
    this.classes = page.locator("#classes button");
    this.stages = page.locator("#strip button");
    this.depth = page.getByRole("slider", { name: "Depth" });
    this.notice = page.getByRole("alert");
    this.status = page.locator("#status");
    this.facts = page.locator("#facts");
  }

  map(side: Side): Locator {
    return this.page.locator(`canvas[data-side="${side}"]`);
  }

  /** What is said below a map. */
  remarks(side: Side): Locator {
    return this.page.locator(`figure:has(canvas[data-side="${side}"])`).getByRole("status");
  }

  /** The settings of a figure's method, opened. */
  async settings(side: Side): Promise<Locator> {
    const settings = this.page.locator(`#${side}-settings`);
    if ((await settings.getAttribute("open")) === null) await settings.locator("summary").click();
    return settings;
  }

  /** Chooses the method of a figure and waits for its map. */
  async chooseMethod(side: Side, method: string): Promise<void> {
    await this.page.locator(`#${side}-method`).selectOption(method);
    await this.ready();
  }

  /** A collapsed part of the page, opened. */
  async panel(title: string): Promise<Locator> {
    const panel = this.page.locator("details.panel", {
      has: this.page.getByRole("heading", { name: title }),
    });
    await panel.locator("summary").first().click();
    return panel;
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.ready();
  }

  /** Nothing is under way, and what is there has been painted. */
  async ready(): Promise<void> {
    await expect(this.main).toHaveAttribute("data-phase", "ready", { timeout: 120_000 });
    await this.painted();
  }

  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** Chooses the class at that place of the list and waits for its maps. */
  async choose(place: number): Promise<void> {
    const name = await this.classes.nth(place).getAttribute("data-class");
    await this.classes.nth(place).click();
    const chosen = this.page.locator(`#classes button[data-class="${name ?? ""}"]`);
    await expect(chosen).toHaveAttribute("aria-pressed", "true");
    await this.ready();
  }

  /** Place of a class in the list. */
  async placeOf(name: string): Promise<number> {
    const labels = await this.classes.allTextContents();
    return labels.findIndex((label) => label.startsWith(name));
  }

  async setDepth(depth: number): Promise<void> {
    await this.depth.fill(String(depth));
    await this.painted();
  }

  openPicture(file: FilePayload): Promise<void> {
    return this.page.locator("#open-picture").setInputFiles(file);
  }

  openModel(...files: FilePayload[]): Promise<void> {
    return this.page.locator("#open-model").setInputFiles(files);
  }

  /** Opens a folder, as the browser's dialogue would. */
  openFolder(path: string): Promise<void> {
    return this.page.locator("#open-folder").setInputFiles(path);
  }

  /** Drops files on the page, or pastes them. */
  async give(event: "drop" | "paste", file: FilePayload): Promise<void> {
    const { name, mimeType: type } = file;
    const given = { event, name, type, base64: file.buffer.toString("base64") };
    await this.page.evaluate(({ event, name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { type }));
      const options = { bubbles: true, cancelable: true };
      document.dispatchEvent(
        event === "drop"
          ? new DragEvent("drop", { ...options, dataTransfer: data })
          : new ClipboardEvent("paste", { ...options, clipboardData: data }),
      );
    }, given);
  }

  /** The canvas, reduced to 32 x 32 pixels of RGBA. */
  pixels(canvas: Locator): Promise<number[]> {
    return canvas.evaluate((element) => {
      const small = new OffscreenCanvas(32, 32).getContext("2d");
      small?.drawImage(element as HTMLCanvasElement, 0, 0, 32, 32);
      return [...(small?.getImageData(0, 0, 32, 32).data ?? [])];
    });
  }
}

/** Mean difference of two pictures, 0 to 255. */
export function difference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}

interface Servers {
  readonly isolatedServer: StaticServer;
  readonly plainServer: StaticServer;
}

const served = (isolated: boolean) =>
  [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the fixtures destructured
    async ({}, use: (server: StaticServer) => Promise<void>) => {
      const server = await StaticServer.start(project("dist/demo"), isolated);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ] as const;

export const test = base.extend<{ demo: DemoPage }, Servers>({
  isolatedServer: [...served(true)],
  plainServer: [...served(false)],
  demo: async ({ page }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await use(new DemoPage(page));
    expect(problems).toEqual([]);
  },
});
