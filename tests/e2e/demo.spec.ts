import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { difference, photo, smallModel, test, text } from "./demo-page.js";

/** Mean difference per channel, of 255, that a visitor sees at once. */
const VISIBLE = 2;
const MEGABYTE = 1e6;

interface MemoryUse {
  /** As the page says it. */
  readonly wasm: string;
  /** Bytes of the page's JavaScript heap, collected. */
  readonly heap: number;
}

/** After two full collections from an empty stack: the second takes what finalizers let go. */
function memoryOf(page: Page): Promise<MemoryUse> {
  return page.evaluate(async () => {
    const { gc, performance } = globalThis as unknown as {
      gc(options: { type: "major"; execution: "async" }): Promise<void>;
      performance: { memory: { usedJSHeapSize: number } };
    };
    for (let i = 0; i < 2; i++) await gc({ type: "major", execution: "async" });
    const wasm = document.querySelector("#facts dd:last-child")?.textContent ?? "";
    return { wasm, heap: performance.memory.usedJSHeapSize };
  });
}

test.describe("the default model, on a host that sends no special headers", () => {
  test.beforeEach(async ({ demo, plainServer }) => {
    await demo.open(plainServer.address);
  });

  test("explains the sample photo as soon as the page is ready", async ({ demo }) => {
    await expect(demo.classes).toHaveCount(5);
    await expect(demo.stages).toHaveCount(5);
    await expect(demo.status).toContainText("Forward");
    const alt = /Relevance-CAM for .+, stage \d of 5, \d+ × \d+\. The strongest evidence/;
    await expect(demo.map("relevance-cam")).toHaveAttribute("aria-label", alt);
    const relevance = await demo.pixels(demo.map("relevance-cam"));
    const gradient = await demo.pixels(demo.map("grad-cam"));
    expect(difference(relevance, gradient)).toBeGreaterThan(VISIBLE / 4);
  });

  test("draws no heatmap at opacity 0 and one above", async ({ demo, page }) => {
    const opacity = page.getByRole("slider", { name: "Opacity" });
    const drawn = await demo.pixels(demo.map("relevance-cam"));
    await opacity.fill("0");
    await demo.painted();
    const bare = await demo.pixels(demo.map("relevance-cam"));
    expect(difference(drawn, bare)).toBeGreaterThan(VISIBLE);
    expect(difference(bare, await demo.pixels(demo.map("grad-cam")))).toBe(0);
  });

  test("evidence for the cat is drawn above, for the espresso below", async ({ demo, page }) => {
    await demo.setDepth(4);
    await page.getByRole("slider", { name: "Opacity" }).fill("0");
    await demo.painted();
    const bare = await demo.pixels(demo.map("relevance-cam"));
    await page.getByRole("slider", { name: "Opacity" }).fill("1");
    const drawn = async (name: string) => {
      await demo.choose(await demo.placeOf(name));
      const pixels = await demo.pixels(demo.map("relevance-cam"));
      const half = pixels.length / 2;
      const above = difference(pixels.slice(0, half), bare.slice(0, half));
      return above / difference(pixels.slice(half), bare.slice(half));
    };
    expect(await drawn("espresso")).toBeLessThan(0.5);
    expect(await drawn("Egyptian cat")).toBeGreaterThan(2);
  });

  test("another class changes the picture without a second forward pass", async ({ demo }) => {
    await expect(demo.status).not.toContainText("kept");
    const before = await demo.pixels(demo.map("relevance-cam"));
    await demo.choose(4);
    await expect(demo.status).toContainText("Forward pass kept");
    const after = await demo.pixels(demo.map("relevance-cam"));
    expect(difference(before, after)).toBeGreaterThan(VISIBLE);
  });

  test("any class can be asked for by its name", async ({ demo, page }) => {
    await page.getByLabel("Another class").fill("goldfish");
    await page.getByRole("button", { name: "Explain" }).click();
    await expect(demo.classes).toHaveCount(6);
    await expect(demo.classes.last()).toHaveAttribute("aria-pressed", "true");
    await expect(demo.classes.last()).toContainText("goldfish");
    await page.getByLabel("Another class").fill("no such thing");
    await page.getByRole("button", { name: "Explain" }).click();
    await expect(demo.notice).toContainText("no such thing");
    await expect(demo.classes.last()).toContainText("goldfish");
  });

  test("depth changes the picture, by slider and by thumbnail", async ({ demo }) => {
    await demo.setDepth(4);
    const deep = await demo.pixels(demo.map("relevance-cam"));
    await demo.setDepth(0);
    await expect(demo.stages.first()).toHaveAttribute("aria-pressed", "true");
    const shallow = await demo.pixels(demo.map("relevance-cam"));
    expect(difference(deep, shallow)).toBeGreaterThan(VISIBLE);
    await demo.stages.last().click();
    await demo.painted();
    await expect(demo.depth).toHaveValue("4");
    expect(difference(deep, await demo.pixels(demo.map("relevance-cam")))).toBe(0);
  });

  test("the start and the signed view change the picture", async ({ demo, page }) => {
    await demo.setDepth(2);
    const balanced = await demo.pixels(demo.map("relevance-cam"));
    const gradient = await demo.pixels(demo.map("grad-cam"));
    for (const start of ["clrp", "sglrp", "one-hot", "logit"]) {
      await page.getByLabel("Start").selectOption(start);
      await expect(page.locator("#start-hint")).not.toBeEmpty();
      await demo.ready();
      await expect(page.getByLabel("Start")).toHaveValue(start);
    }
    const logit = await demo.pixels(demo.map("relevance-cam"));
    expect(difference(balanced, logit)).toBeGreaterThan(VISIBLE / 4);
    expect(difference(gradient, await demo.pixels(demo.map("grad-cam")))).toBe(0);
    await page.getByText("For and against").click();
    await expect(page.getByLabel("Palette")).toHaveValue("blue-white-red");
    await demo.painted();
    expect(difference(logit, await demo.pixels(demo.map("relevance-cam")))).toBeGreaterThan(0);
  });

  test("a picture can be opened, dropped and pasted", async ({ demo, page }) => {
    const credit = page.locator("#credit");
    await demo.openPicture(photo("coffee.png"));
    await expect(credit).toHaveText("my-coffee.png");
    await demo.ready();
    await expect(demo.classes.first()).toContainText(/espresso|cup/);
    await demo.give("drop", photo("chelsea.png"));
    await expect(credit).toHaveText("my-chelsea.png");
    await demo.ready();
    await expect(demo.classes.first()).toContainText(/cat|tabby/i);
    await demo.give("paste", photo("rocket.jpg"));
    await expect(credit).toHaveText("my-rocket.jpg");
  });

  test("a newer picture ends the run of an older one", async ({ demo, page }) => {
    await page.evaluate(() => {
      const buttons = document.querySelectorAll<HTMLButtonElement>("#samples button");
      for (const place of [1, 2, 4]) buttons[place]?.click();
    });
    await expect(page.locator("#credit")).toContainText("DSCOVR");
    await demo.ready();
    await expect(demo.classes.first()).toContainText(/missile|projectile|space shuttle/);
    await expect(demo.notice).toBeHidden();
  });

  test("Cancel leaves everything as it was", async ({ demo, page }) => {
    const before = await demo.pixels(demo.map("relevance-cam"));
    const label = await demo.status.textContent();
    await page.evaluate(() => {
      document.querySelector<HTMLButtonElement>("#classes li:last-child button")?.click();
      document.querySelector<HTMLButtonElement>("#cancel")?.click();
    });
    await demo.ready();
    expect(await demo.status.textContent()).toBe(label);
    expect(difference(before, await demo.pixels(demo.map("relevance-cam")))).toBe(0);
    await demo.choose(4);
    await expect(demo.notice).toBeHidden();
  });

  test("a damaged picture is one message and nothing is lost", async ({ demo }) => {
    const before = await demo.pixels(demo.map("relevance-cam"));
    await demo.openPicture({ name: "torn.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await expect(demo.notice).toContainText("torn.png");
    await demo.painted();
    expect(difference(before, await demo.pixels(demo.map("relevance-cam")))).toBe(0);
    await demo.choose(1);
    await expect(demo.notice).toBeHidden();
  });

  test("what is neither picture nor model is refused by name", async ({ demo }) => {
    await demo.give("drop", {
      name: "a.zip",
      mimeType: "application/zip",
      buffer: Buffer.from(""),
    });
    await expect(demo.notice).toContainText("a.zip");
  });

  test("a picture can be saved as PNG", async ({ demo, page }) => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save Relevance-CAM as PNG" }).click();
    expect((await download).suggestedFilename()).toMatch(/^cat-and-coffee_.+_relevance-cam_.+png$/);
    await expect(demo.notice).toBeHidden();
  });

  test("asks nothing of the network once the model is loaded", async ({
    demo,
    page,
    plainServer,
  }) => {
    await page.waitForLoadState("networkidle");
    const asked: string[] = [];
    page.context().on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url())) asked.push(request.url());
    });
    plainServer.requests.length = 0;
    await demo.choose(2);
    await demo.setDepth(0);
    await page.locator("#samples button").nth(3).click();
    await expect(page.locator("#credit")).toContainText("Photographer");
    await demo.ready();
    await demo.openPicture(photo("coffee.png"));
    await expect(page.locator("#credit")).toHaveText("my-coffee.png");
    await demo.ready();
    await page.getByLabel("Start").selectOption("clrp");
    await demo.ready();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save Grad-CAM as PNG" }).click();
    await download;
    expect(asked).toEqual([]);
    expect(plainServer.requests).toEqual([]);

    // A new model has a worker of its own: the engine's files are asked for again, nothing else.
    await demo.openModel(smallModel());
    await expect(demo.facts).toContainText("narrow-resnet.onnx");
    await demo.ready();
    expect(asked.filter((url) => !url.startsWith(plainServer.address))).toEqual([]);
    for (const line of plainServer.requests) expect(line).toMatch(/^GET .*\.(js|mjs|wasm)$/);
  });

  test("50 explanations need no more memory than 10", async ({ demo, page }) => {
    for (let i = 0; i < 10; i++) await demo.choose(i % 5);
    const early = await memoryOf(page);
    for (let i = 0; i < 50; i++) await demo.choose(i % 5);
    const late = await memoryOf(page);
    expect(late.wasm).toBe(early.wasm);
    expect(late.heap - early.heap).toBeLessThan(4 * MEGABYTE);
  });

  test("has no accessibility violations, in light and dark", async ({ page }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    }
  });

  test("works by keyboard alone", async ({ demo, page }) => {
    await demo.classes.first().focus();
    await page.keyboard.press("Tab");
    await expect(demo.classes.nth(1)).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(demo.classes.nth(1)).toHaveAttribute("aria-pressed", "true");
    await demo.ready();
    await expect(demo.classes.nth(1)).toBeFocused();

    await demo.depth.focus();
    await page.keyboard.press("Home");
    await expect(demo.stages.first()).toHaveAttribute("aria-pressed", "true");
    await page.keyboard.press("ArrowRight");
    await expect(demo.stages.nth(1)).toHaveAttribute("aria-pressed", "true");

    await page.getByRole("radio", { name: "For the class" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("radio", { name: "For and against" })).toBeChecked();
  });

  test("fits a phone of 360 pixels", async ({ demo, page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await demo.painted();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const box = await demo.map("relevance-cam").boundingBox();
    expect(box?.width).toBeGreaterThan(260);
  });
});

test.describe("models of the visitor, on a cross-origin isolated page", () => {
  test.beforeEach(async ({ demo, isolatedServer }) => {
    await demo.open(isolatedServer.address);
  });

  test("an own model with labels explains the present picture", async ({ demo }) => {
    const names = Array.from({ length: 10 }, (_, i) => `kind ${i}`).join("\n");
    await demo.openModel(smallModel(), text("kinds.txt", names));
    await expect(demo.facts).toContainText("narrow-resnet.onnx");
    await demo.ready();
    await expect(demo.facts).toContainText("3 × 64 × 64, 10 classes");
    await expect(demo.classes.first()).toContainText(/kind \d/);
    const before = await demo.pixels(demo.map("relevance-cam"));
    await demo.choose(3);
    const after = await demo.pixels(demo.map("relevance-cam"));
    expect(difference(before, after)).toBeGreaterThan(0);
  });

  test("labels dropped later name the classes anew", async ({ demo }) => {
    await demo.give("drop", smallModel());
    await expect(demo.classes.first()).toContainText(/class \d/);
    const names = Array.from({ length: 10 }, (_, i) => `sort ${i}`).join("\n");
    await demo.give("drop", text("sorts.txt", names));
    await expect(demo.classes.first()).toContainText(/sort \d/);
  });

  test("a broken model is one message; the model before it goes on", async ({ demo }) => {
    const torn = smallModel().buffer.subarray(0, 5000);
    await demo.openModel({ name: "torn.onnx", mimeType: "", buffer: torn });
    await expect(demo.notice).not.toBeEmpty();
    await demo.ready();
    await expect(demo.facts).toContainText("EfficientNet-Lite0");
    await demo.choose(1);
    await expect(demo.notice).toBeHidden();
  });

  test("an unsupported operator is named", async ({ demo }) => {
    const bytes = Buffer.from(
      smallModel().buffer.toString("latin1").replaceAll("Relu", "Rule"),
      "latin1",
    );
    await demo.openModel({ name: "odd.onnx", mimeType: "", buffer: bytes });
    await expect(demo.notice).toContainText("Rule");
    await demo.ready();
    await demo.choose(1);
  });

  test("a missing model file on the server leaves the page usable", async ({ demo, page }) => {
    await page.evaluate(() => caches.delete("relevance-cam"));
    await page.route("**/*.onnx", (route) => route.abort());
    await page.reload();
    await expect(demo.notice).toContainText("efficientnet-lite0.onnx");
    await demo.openModel(smallModel());
    await demo.ready();
    await expect(demo.classes).toHaveCount(5);
  });
});

test("threads are used where the page is cross-origin isolated", async ({
  demo,
  isolatedServer,
}) => {
  await demo.open(isolatedServer.address);
  expect(await demo.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(demo.facts).toContainText(/SIMD, [2-9] threads/);
});

test("one thread does where it is not", async ({ demo, plainServer }) => {
  await demo.open(plainServer.address);
  expect(await demo.page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(demo.facts).toContainText("1 thread");
  await demo.choose(1);
});
