import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalog } from "../../web/src/catalog.js";
import { modelWithExternalWeight } from "../web/support/onnx-writer.js";
import { difference, modelOf, photo, smallModel, test, text } from "./demo-page.js";

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
    await expect(demo.map("left")).toHaveAttribute("aria-label", alt);
    const relevance = await demo.pixels(demo.map("left"));
    const gradient = await demo.pixels(demo.map("right"));
    expect(difference(relevance, gradient)).toBeGreaterThan(VISIBLE / 4);
  });

  test("draws no heatmap at opacity 0 and one above", async ({ demo, page }) => {
    const opacity = page.getByRole("slider", { name: "Opacity" });
    const drawn = await demo.pixels(demo.map("left"));
    await opacity.fill("0");
    await demo.painted();
    const bare = await demo.pixels(demo.map("left"));
    expect(difference(drawn, bare)).toBeGreaterThan(VISIBLE);
    expect(difference(bare, await demo.pixels(demo.map("right")))).toBe(0);
  });

  test("evidence for the cat is drawn above, for the espresso below", async ({ demo, page }) => {
    await demo.setDepth(4);
    await page.getByRole("slider", { name: "Opacity" }).fill("0");
    await demo.painted();
    const bare = await demo.pixels(demo.map("left"));
    await page.getByRole("slider", { name: "Opacity" }).fill("1");
    const drawn = async (name: string) => {
      await demo.choose(await demo.placeOf(name));
      const pixels = await demo.pixels(demo.map("left"));
      const half = pixels.length / 2;
      const above = difference(pixels.slice(0, half), bare.slice(0, half));
      return above / difference(pixels.slice(half), bare.slice(half));
    };
    expect(await drawn("espresso")).toBeLessThan(0.5);
    expect(await drawn("Egyptian cat")).toBeGreaterThan(2);
  });

  test("another class changes the picture without a second forward pass", async ({ demo }) => {
    await expect(demo.status).not.toContainText("kept");
    const before = await demo.pixels(demo.map("left"));
    await demo.choose(4);
    await expect(demo.status).toContainText("Forward pass kept");
    const after = await demo.pixels(demo.map("left"));
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
    const deep = await demo.pixels(demo.map("left"));
    await demo.setDepth(0);
    await expect(demo.stages.first()).toHaveAttribute("aria-pressed", "true");
    const shallow = await demo.pixels(demo.map("left"));
    expect(difference(deep, shallow)).toBeGreaterThan(VISIBLE);
    await demo.stages.last().click();
    await demo.painted();
    await expect(demo.depth).toHaveValue("4");
    expect(difference(deep, await demo.pixels(demo.map("left")))).toBe(0);
  });

  test("the start and the evidence change the picture", async ({ demo, page }) => {
    await demo.setDepth(2);
    const balanced = await demo.pixels(demo.map("left"));
    const gradient = await demo.pixels(demo.map("right"));
    const start = (await demo.settings("left")).getByLabel("Start");
    for (const name of ["clrp", "sglrp", "one-hot", "logit"]) {
      await start.selectOption(name);
      await expect(start).toHaveAccessibleDescription(/\S/);
      await demo.ready();
      await expect(start).toHaveValue(name);
    }
    const logit = await demo.pixels(demo.map("left"));
    expect(difference(balanced, logit)).toBeGreaterThan(VISIBLE / 4);
    expect(difference(gradient, await demo.pixels(demo.map("right")))).toBe(0);
    await page.getByText("Both", { exact: true }).click();
    await expect(page.getByLabel("Palette")).toHaveValue("blue-white-red");
    await demo.painted();
    const signed = await demo.pixels(demo.map("right"));
    expect(difference(gradient, signed)).toBeGreaterThan(0);
    await page.getByText("Against", { exact: true }).click();
    await expect(page.getByLabel("Palette")).toHaveValue("turbo");
    await demo.painted();
    await expect(demo.map("right")).toHaveAttribute("aria-label", /evidence against the class/);
    expect(difference(gradient, await demo.pixels(demo.map("right")))).toBeGreaterThan(VISIBLE / 4);
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
    const before = await demo.pixels(demo.map("left"));
    const label = await demo.status.textContent();
    await page.evaluate(() => {
      document.querySelector<HTMLButtonElement>("#classes li:last-child button")?.click();
      document.querySelector<HTMLButtonElement>("#cancel")?.click();
    });
    await demo.ready();
    expect(await demo.status.textContent()).toBe(label);
    expect(difference(before, await demo.pixels(demo.map("left")))).toBe(0);
    await demo.choose(4);
    await expect(demo.notice).toBeHidden();
  });

  test("a damaged picture is one message and nothing is lost", async ({ demo }) => {
    const before = await demo.pixels(demo.map("left"));
    await demo.openPicture({ name: "torn.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await expect(demo.notice).toContainText("torn.png");
    await demo.painted();
    expect(difference(before, await demo.pixels(demo.map("left")))).toBe(0);
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
    await demo.chooseMethod("right", "lrp");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save LRP as PNG" }).click();
    await download;
    await demo.panel("Ledger");
    const comparison = await demo.panel("Comparison");
    await comparison.getByRole("button", { name: "Compare" }).click();
    const archive = page.waitForEvent("download");
    await comparison.getByRole("button", { name: "Save bundle" }).click();
    await archive;
    await demo.ready();
    expect(asked).toEqual([]);
    expect(plainServer.requests).toEqual([]);

    // A new model has a worker of its own: the engine's files are asked for again, nothing else.
    await demo.openModel(smallModel());
    await expect(demo.facts).toContainText("narrow-resnet.onnx");
    await demo.ready();
    expect(asked.filter((url) => !url.startsWith(plainServer.address))).toEqual([]);
    for (const line of plainServer.requests) expect(line).toMatch(/^GET .*\.(js|mjs|wasm)$/);
  });

  test("either figure shows any method, with what can be set about it", async ({ demo, page }) => {
    const before = await demo.pixels(demo.map("left"));
    const gradient = await demo.pixels(demo.map("right"));
    const offered = await page
      .locator("#right-method option")
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    expect(offered.sort()).toEqual(
      catalog()
        .methods.map(({ name }) => name)
        .sort(),
    );
    await demo.chooseMethod("right", "layer-cam");
    await expect(demo.map("right")).toHaveAttribute(
      "aria-label",
      /^Layer-CAM for .+, stage 4 of 5/,
    );
    expect(difference(gradient, await demo.pixels(demo.map("right")))).toBeGreaterThan(0);
    expect(difference(before, await demo.pixels(demo.map("left")))).toBe(0);

    const right = await demo.settings("right");
    const smooth = right.getByLabel("eigen-smooth");
    await expect(smooth).toHaveValue("no");
    const plain = await demo.pixels(demo.map("right"));
    await smooth.selectOption("yes");
    await demo.ready();
    expect(difference(plain, await demo.pixels(demo.map("right")))).toBeGreaterThan(0);

    const left = await demo.settings("left");
    await left.getByLabel("Composite").selectOption("relevance-cam-gamma");
    await demo.ready();
    expect(difference(before, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);
    await expect(left.getByLabel("gamma")).toHaveAccessibleDescription(/from 0, default 0\.25/i);
  });

  test("a setting that does not do is said beside its field, and nothing changes", async ({
    demo,
  }) => {
    const left = await demo.settings("left");
    await left.getByLabel("Composite").selectOption("relevance-cam-gamma");
    await demo.ready();
    const before = await demo.pixels(demo.map("left"));
    const gamma = left.getByLabel("gamma");
    await gamma.fill("-1");
    await gamma.press("Tab");
    await expect(gamma).toHaveAttribute("aria-invalid", "true");
    await expect(left.getByText("“-1” does not do here: give a number from 0.")).toBeVisible();
    await demo.ready();
    expect(difference(before, await demo.pixels(demo.map("left")))).toBe(0);
    await gamma.fill("5");
    await gamma.press("Tab");
    await expect(gamma).toHaveAttribute("aria-invalid", "false");
    await demo.ready();
    expect(difference(before, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);
  });

  test("what the engine refuses leaves menus and maps as they were", async ({ demo, page }) => {
    await demo.chooseMethod("right", "cam");
    await expect(demo.notice).toBeHidden();
    const before = await demo.pixels(demo.map("right"));
    await (await demo.settings("right")).getByLabel("Layers").selectOption("stages");
    await expect(demo.notice).toContainText("averaged or summed over all its positions");
    await demo.ready();
    await expect((await demo.settings("right")).getByLabel("Layers")).toHaveValue("");
    expect(difference(before, await demo.pixels(demo.map("right")))).toBe(0);
    await expect(page.locator("#right-method")).toHaveValue("cam");
  });

  test("attributions say that depth does not apply", async ({ demo, page }) => {
    await demo.chooseMethod("left", "input-x-gradient");
    await expect(page.locator("#depth-words")).toHaveText(
      "Grad-CAM only: Input × gradient shows one map, whatever the depth",
    );
    await expect(demo.map("left")).toHaveAttribute("aria-label", /, input, 224 × 224/);
    const before = await demo.pixels(demo.map("left"));
    await demo.setDepth(0);
    expect(difference(before, await demo.pixels(demo.map("left")))).toBe(0);
    await demo.chooseMethod("right", "lrp");
    await expect(page.locator("#depth-words")).toContainText("Depth does not apply");
    await expect(demo.stages).toHaveCount(0);
    await demo.chooseMethod("right", "grad-cam");
    await expect(demo.stages).toHaveCount(5);
  });

  test("joined layers are one map; the strip has them all", async ({ demo, page }) => {
    const left = await demo.settings("left");
    const own = await demo.pixels(demo.map("left"));
    await left.getByLabel("Joined").selectOption("mean");
    await demo.ready();
    await expect(demo.map("left")).toHaveAttribute("aria-label", /mean of all stages, 224 × 224/);
    const joined = await demo.pixels(demo.map("left"));
    expect(difference(own, joined)).toBeGreaterThan(0);
    await expect(demo.stages).toHaveCount(5);
    await page.getByText("Against", { exact: true }).click();
    await demo.ready();
    expect(difference(joined, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);
  });

  test("methods that run the model again show progress and can be cancelled", async ({
    demo,
    page,
  }) => {
    const before = await demo.pixels(demo.map("right"));
    await page.locator("#right-method").selectOption("rise");
    await expect(page.locator("#progress-text")).toHaveText(/Running the model again/);
    await expect(page.locator("#right-settings summary")).toContainText("RISE");
    await expect.poll(() => page.locator("#progress").getAttribute("value")).toMatch(/^0\.\d/);
    await page.getByRole("button", { name: "Cancel" }).click();
    await demo.ready();
    await expect(page.locator("#right-method")).toHaveValue("grad-cam");
    expect(difference(before, await demo.pixels(demo.map("right")))).toBe(0);

    await page.locator("#right-method").selectOption("rise");
    const right = await demo.settings("right");
    await right.getByLabel("masks").fill("20");
    await right.getByLabel("masks").press("Enter");
    await demo.ready();
    await expect(right.getByLabel("masks")).toHaveValue("20");
    await expect(demo.map("right")).toHaveAttribute("aria-label", /^RISE for .+, input, /);
    expect(difference(before, await demo.pixels(demo.map("right")))).toBeGreaterThan(VISIBLE / 4);
  });

  test("the ledger has a row for every node and sums of what was lost", async ({ demo }) => {
    const ledger = await demo.panel("Ledger");
    const rows = ledger.locator("tbody tr");
    await expect(rows.first()).toBeVisible();
    const table = await ledger
      .locator("tbody tr")
      .evaluateAll((all) =>
        all.map((row) => [...row.children].map(({ textContent }) => textContent)),
      );
    expect(table.length).toBeGreaterThan(5);
    for (const [, operator, rule] of table) expect(`${operator} ${rule}`).toMatch(/\w \w/);
    const number = (text: string | null | undefined) => Number(text?.replaceAll("−", "-"));
    for (const row of table) {
      const [received, ...parts] = row.slice(3).map(number);
      const sum = parts.reduce((total, part) => total + part, 0);
      expect(sum).toBeCloseTo(received ?? NaN, 2);
    }
    const lost = await ledger.locator("tfoot td").allTextContents();
    const columns = [0, 1, 2, 3, 4].map((i) =>
      table.reduce((total, row) => total + number(row[5 + i]), 0),
    );
    columns.forEach((sum, i) => expect(number(lost[i])).toBeCloseTo(sum, 2));

    await ledger.getByLabel("Method").selectOption("Grad-CAM");
    await expect(rows.first().locator("td").nth(1)).toHaveText("gradient");
    await demo.ready();
    await demo.chooseMethod("right", "eigen-cam");
    await expect(ledger).toContainText("Eigen-CAM has no backward sweep");
    await demo.chooseMethod("right", "grad-cam");
    await expect(rows.first()).toBeVisible();
  });

  test("what the engine says about a map stands below it", async ({ demo, page }) => {
    await expect(demo.remarks("left").getByRole("listitem")).toHaveCount(0);
    await page.getByLabel("Another class").fill("goldfish");
    await page.getByRole("button", { name: "Explain" }).click();
    await expect(demo.classes).toHaveCount(6);
    for (const side of ["left", "right"] as const) {
      await expect(demo.remarks(side)).toContainText(/Class 1 ranks \d+ of 1000/);
    }
  });

  test("a comparison has a cell for every method, class and layer, and can be saved", async ({
    demo,
    page,
  }) => {
    await demo.choose(1);
    const panel = await demo.panel("Comparison");
    const classes = panel.getByRole("group", { name: "Classes" });
    await expect(classes.getByRole("checkbox", { checked: true })).toHaveAccessibleName("espresso");
    const methods = panel.getByRole("group", { name: "Methods" });
    await expect(methods.getByRole("checkbox", { checked: true })).toHaveCount(2);
    await methods.getByLabel("Gradient", { exact: true }).check();
    const layers = panel.getByRole("group", { name: "Layers" });
    for (const box of await layers.getByRole("checkbox").all()) await box.uncheck();
    for (const name of ["28 × 28", "7 × 7"]) await layers.getByLabel(name).check();
    await classes.getByRole("checkbox").first().check();
    await panel.getByRole("button", { name: "Compare" }).click();
    const cells = panel.getByRole("table", { name: "Comparison" }).getByRole("img");
    await expect(cells).toHaveCount(3 * 2 * 2);
    await demo.ready();
    await expect(panel.getByRole("rowheader")).toHaveCount(3 * 2);
    const each = await demo.pixels(cells.last());
    const [name] = await panel.getByRole("rowheader").allTextContents();
    expect(name).toContain("Relevance-CAM (balanced)");

    await panel.getByLabel("one for all").check();
    await panel.getByRole("button", { name: "Compare" }).click();
    await demo.ready();
    expect(difference(each, await demo.pixels(cells.last()))).toBeGreaterThan(0);

    const sheet = page.waitForEvent("download");
    await panel.getByRole("button", { name: "Save sheet" }).click();
    const png = readFileSync(await (await sheet).path());
    expect((await sheet).suggestedFilename()).toBe("cat-and-coffee_comparison.png");
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBeGreaterThan(2 * 200);

    const archive = page.waitForEvent("download");
    await panel.getByRole("button", { name: "Save bundle" }).click();
    const files = unzipSync(readFileSync(await (await archive).path()));
    const names = Object.keys(files);
    expect(names.filter((file) => file.startsWith("raw/"))).toHaveLength(12);
    expect(names.filter((file) => file.startsWith("overlays/"))).toHaveLength(12);
    expect(names).toEqual(expect.arrayContaining(["sheet.png", "manifest.json"]));
  });

  test("relevance begins at weighted elements of any tensor, and goes back to the class", async ({
    demo,
    page,
  }) => {
    const before = await demo.pixels(demo.map("left"));
    const advanced = await demo.panel("Advanced");
    const form = advanced.getByRole("form", { name: "Where relevance begins" });
    const words = form.getByRole("status");
    await expect(words).toHaveText(/^Now at the score of .+\.$/);
    const weights = form.getByLabel("Weights");
    await weights.fill("281");
    await weights.press("Enter");
    await expect(form).toContainText("“281” does not do: write INDEX:WEIGHT");
    await weights.fill("281:1, 967:-1");
    await weights.press("Enter");
    await expect(words).toHaveText("Now at 2 weighted elements of the class scores.");
    await demo.ready();
    await expect(form.locator(".problem")).toBeEmpty();
    await expect(demo.status).toContainText("2 weighted elements");
    await expect(page.locator("#classes [aria-pressed=true]")).toHaveCount(0);
    const seeded = await demo.pixels(demo.map("left"));
    expect(difference(before, seeded)).toBeGreaterThan(0);

    // Another picture keeps where relevance begins; a class takes it back.
    await demo.openPicture(photo("coffee.png"));
    await expect(page.locator("#credit")).toHaveText("my-coffee.png");
    await demo.ready();
    await expect(words).toContainText("2 weighted elements");
    await demo.choose(0);
    await expect(words).toHaveText(/^Now at the score of .+\.$/);
    await expect(form.getByRole("button", { name: "Back to the class score" })).toBeDisabled();
  });

  test("relevance begins at a region inside of the network", async ({ demo, page }) => {
    const advanced = await demo.panel("Advanced");
    const form = advanced.getByRole("form", { name: "Where relevance begins" });
    const tensors = await page
      .locator("#beginning-tensors option")
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    const stage = (await page.locator("#depth-name").textContent()) ?? "";
    expect(tensors).toContain(stage);
    await form.getByLabel("Tensor").fill(stage);
    await expect(form).toContainText("Shape 1 × ");
    await form.getByLabel("Elements").selectOption("region");
    await expect(form.getByLabel("Weights")).toBeHidden();
    await form.getByRole("textbox", { name: "Channel" }).fill("3");
    await form.getByRole("textbox", { name: "Width" }).fill("99");
    await form.getByRole("button", { name: "Begin there" }).click();
    await expect(form).toContainText("The width is a whole number from 1 to");
    await form.getByRole("textbox", { name: "Width" }).fill("2");
    await form.getByRole("button", { name: "Begin there" }).click();
    await expect(form.getByRole("status")).toContainText("2 × 1 positions of channel 3");
    await demo.ready();
    await expect(demo.notice).toBeHidden();
    // Only stages before it have maps: the one above is shown.
    await expect(demo.map("right")).toHaveAttribute("aria-label", /positions of channel 3 of .+/);
    const deepest = Number(await demo.depth.inputValue());
    expect(deepest).toBeLessThan(3);
    // What reaches back from positions in the corner lies in the corner.
    await expect(demo.map("right")).toHaveAttribute("aria-label", /upper left|no evidence/);
    await form.getByRole("button", { name: "Back to the class score" }).click();
    await expect(form.getByRole("status")).toContainText("the score of");
  });

  test("a table of rules is written row by row, used, saved and opened", async ({ demo, page }) => {
    const before = await demo.pixels(demo.map("left"));
    const advanced = await demo.panel("Advanced");
    const rows = advanced.getByRole("group", { name: /^Row \d$/ });
    await expect(rows).toHaveCount(2);
    await expect(rows.first().getByLabel("Operator")).toHaveValue("Conv");
    await advanced.getByRole("button", { name: "Add row" }).click();
    await expect(rows.nth(2).getByLabel("Operator")).toBeFocused();
    await page.keyboard.type("Conv");
    await page.keyboard.press("Tab");
    await page.keyboard.type("*");
    await rows.nth(2).getByLabel("Rule").selectOption("gamma");
    await rows.nth(2).getByRole("textbox", { name: "gamma" }).fill("-1");
    await advanced.getByRole("button", { name: "Use in the left figure" }).click();
    await expect(advanced).toContainText("Row 3: gamma: “-1” does not do");
    await rows.nth(2).getByRole("textbox", { name: "gamma" }).fill("5");

    // It is raised to the top, with the keyboard, and keeps the focus.
    await rows.nth(2).getByRole("button", { name: "Raise" }).press("Enter");
    await expect(rows.nth(1).getByRole("button", { name: "Raise" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(rows.first().getByLabel("Tensor")).toHaveValue("*");
    await expect(rows.first().getByRole("button", { name: "Lower" })).toBeFocused();

    await advanced.getByRole("button", { name: "Use in the left figure" }).click();
    await demo.ready();
    await expect(advanced).toContainText("A table of your own serves the left figure.");
    await expect((await demo.settings("left")).getByLabel("Composite")).toHaveValue("custom");
    expect(difference(before, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);
    // The row that was there before is left without a node, and it is said.
    await expect(demo.remarks("left")).toContainText("Row 2 of the rules (z-plus for Conv nodes)");

    await advanced.getByRole("button", { name: "Use in the right figure" }).click();
    await expect(advanced).toContainText("Grad-CAM reads no relevance");

    const download = page.waitForEvent("download");
    await advanced.getByRole("button", { name: "Save as JSON" }).click();
    const saved = readFileSync(await (await download).path(), "utf8");
    expect(JSON.parse(saved)).toEqual([
      { opType: "Conv", tensor: "*", rule: "gamma", parameters: { gamma: "5" } },
      { opType: "Conv", rule: "z-plus" },
      { opType: "Gemm", rule: "epsilon" },
    ]);
    await rows.first().getByRole("button", { name: "Remove" }).click();
    await expect(rows).toHaveCount(2);
    await page.locator("#rules-open").setInputFiles(text("rules.json", saved));
    await expect(rows).toHaveCount(3);
    await expect(rows.first().getByRole("textbox", { name: "gamma" })).toHaveValue("5");
    await page.locator("#rules-open").setInputFiles(text("rules.json", '[{"rule": "no-such"}]'));
    await expect(advanced).toContainText("Row 1: there is no rule “no-such”.");
    await page.locator("#rules-open").setInputFiles(text("rules.json", "{"));
    await expect(advanced).toContainText("this is no JSON");
    await expect(rows).toHaveCount(3);
  });

  test("what was decided about pre-processing is said, and can be changed", async ({
    demo,
    page,
  }) => {
    const reasons = page.locator("#preprocess-reasons");
    await reasons.locator("summary").click();
    await expect(reasons.getByLabel("Mean")).toHaveAccessibleDescription(
      "The model's metadata relevance-cam.preprocess says so.",
    );
    const before = await demo.pixels(demo.map("left"));
    const mean = reasons.getByLabel("Mean");
    await mean.fill("no number");
    await mean.press("Tab");
    await expect(demo.notice).toContainText("“no number” is no number");
    await expect(mean).not.toHaveValue("no number");
    await reasons.getByLabel("Resize").fill("stretch");
    await reasons.getByLabel("Resize").press("Tab");
    await expect(reasons.getByLabel("Resize")).toHaveAccessibleDescription(
      "The option preprocess says so.",
    );
    await demo.ready();
    await expect(demo.notice).toBeHidden();
    expect(difference(before, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);
    await expect(reasons.getByLabel("Filter")).toHaveAccessibleDescription(/metadata/);
  });

  test("a comparison of nothing is refused in words", async ({ demo }) => {
    const panel = await demo.panel("Comparison");
    for (const box of await panel.getByRole("checkbox").all()) await box.uncheck();
    await panel.getByRole("button", { name: "Compare" }).click();
    await expect(panel).toContainText("Choose at least one method.");
  });

  test("50 explanations need no more memory than 10", async ({ demo, page }) => {
    for (let i = 0; i < 10; i++) await demo.choose(i % 5);
    const early = await memoryOf(page);
    for (let i = 0; i < 50; i++) await demo.choose(i % 5);
    const late = await memoryOf(page);
    expect(late.wasm).toBe(early.wasm);
    expect(late.heap - early.heap).toBeLessThan(4 * MEGABYTE);
  });

  test("has no accessibility violations, in light and dark, with everything open", async ({
    demo,
    page,
  }) => {
    await demo.settings("left");
    await demo.settings("right");
    await demo.panel("Advanced");
    await page.locator("#preprocess-reasons summary").click();
    const comparison = await demo.panel("Comparison");
    await comparison.getByRole("button", { name: "Compare" }).click();
    await expect(comparison.locator("canvas").first()).toBeVisible();
    const ledger = await demo.panel("Ledger");
    await expect(ledger.getByRole("table")).toBeVisible();
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

    await page.getByRole("radio", { name: "For", exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("radio", { name: "Against" })).toBeChecked();

    await page.locator("#right-method").focus();
    await page.keyboard.press("ArrowDown");
    await demo.ready();
    await expect(demo.map("right")).toHaveAttribute("aria-label", /^Grad-CAM\+\+ for/);
  });

  test("fits a phone of 360 pixels, with everything open", async ({ demo, page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await demo.settings("left");
    await demo.panel("Advanced");
    const comparison = await demo.panel("Comparison");
    await comparison.getByRole("button", { name: "Compare" }).click();
    await expect(comparison.locator("canvas").first()).toBeVisible();
    const ledger = await demo.panel("Ledger");
    await expect(ledger.getByRole("table")).toBeVisible();
    await demo.ready();
    await demo.painted();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const box = await demo.map("left").boundingBox();
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
    const before = await demo.pixels(demo.map("left"));
    await demo.choose(3);
    const after = await demo.pixels(demo.map("left"));
    expect(difference(before, after)).toBeGreaterThan(0);
  });

  test("a model that the methods do not suit is shown by others, and it is said why", async ({
    demo,
    page,
  }) => {
    await demo.chooseMethod("right", "cam");
    await demo.openModel(modelOf("captum_vgg"));
    await expect(demo.facts).toContainText("captum_vgg.onnx");
    await expect(demo.notice).toContainText("averaged or summed over all its positions");
    await demo.ready();
    await expect(page.locator("#right-method")).toHaveValue("grad-cam");
    await demo.chooseMethod("right", "layer-cam");
    await expect(demo.notice).toBeHidden();
    await demo.openModel(smallModel());
    await expect(demo.facts).toContainText("narrow-resnet.onnx");
    await demo.ready();
    await expect(demo.map("right")).toHaveAttribute("aria-label", /^Layer-CAM for/);
  });

  test("labels dropped later name the classes anew", async ({ demo }) => {
    await demo.give("drop", smallModel());
    await expect(demo.classes.first()).toContainText(/class \d/);
    const names = Array.from({ length: 10 }, (_, i) => `sort ${i}`).join("\n");
    await demo.give("drop", text("sorts.txt", names));
    await expect(demo.classes.first()).toContainText(/sort \d/);
  });

  test("a transformer is shown by methods that suit it, at the grid of its tokens", async ({
    demo,
    page,
  }) => {
    await demo.openModel(modelOf("vit_tiny"));
    await expect(demo.facts).toContainText("vit_tiny.onnx");
    await demo.ready();
    await expect(page.locator("#right-method")).toHaveValue(/grad-cam|layer-cam/);
    const grid = /stage \d of \d, (\d+) × \1/;
    await expect(demo.map("right")).toHaveAttribute("aria-label", grid);
    const titles = await demo.stages.locator("span").allTextContents();
    expect(titles.length).toBeGreaterThan(1);
    expect(new Set(titles).size).toBe(titles.length);
    const maps = [];
    for (const depth of [0, titles.length - 1]) {
      await demo.setDepth(depth);
      maps.push(await demo.pixels(demo.map("right")));
    }
    expect(difference(maps[0]!, maps[1]!)).toBeGreaterThan(0);
    const comparison = await demo.panel("Comparison");
    await expect(comparison.getByRole("group", { name: "Layers" })).toContainText("2: ");
  });

  test("maps of attention are offered for models that have it, and else it is said why not", async ({
    demo,
    page,
  }) => {
    const menu = page.locator("#right-method");
    const group = menu.locator("optgroup:has(option[value=attention-rollout])");
    const lack = "this model has no attention of all tokens to all";
    await expect(group).toHaveJSProperty("disabled", true);
    await expect(group).toHaveAttribute("label", `Maps of attention: ${lack}`);
    await expect(menu.locator("optgroup:has(option[value=grad-cam])")).toHaveJSProperty(
      "disabled",
      false,
    );
    const box = (await demo.panel("Comparison")).getByRole("checkbox", {
      name: "Attention rollout",
    });
    await expect(box).toBeDisabled();
    await expect(box).toHaveAccessibleDescription(lack);
    await demo.openModel(modelOf("vit_tiny"));
    await expect(demo.facts).toContainText("vit_tiny.onnx");
    await demo.ready();
    await expect(group).toHaveJSProperty("disabled", false);
    await expect(box).toHaveAccessibleDescription("");
    await box.check();
    await expect(group).toHaveAttribute("label", "Maps of attention");
    await demo.chooseMethod("right", "attention-rollout");
    await expect(demo.map("right")).toHaveAttribute("aria-label", /^Attention rollout for/i);
    await demo.openModel(smallModel());
    await expect(demo.facts).toContainText("narrow-resnet.onnx");
    await demo.ready();
    await expect(group).toHaveJSProperty("disabled", true);
    await expect(menu).not.toHaveValue("attention-rollout");
    await expect(box).toBeDisabled();
    await expect(box).not.toBeChecked();
  });

  test("a configuration beside the model says how pictures are read and classes called", async ({
    demo,
    page,
  }) => {
    const processor = {
      ...{ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], resample: 3 },
      size: { height: 64, width: 64 },
    };
    const id2label = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i, `being ${i}`]));
    await demo.openModel(
      smallModel(),
      text("preprocessor_config.json", JSON.stringify(processor)),
      text("config.json", JSON.stringify({ id2label })),
    );
    await expect(demo.classes.first()).toContainText(/being \d/);
    await demo.ready();
    const reasons = page.locator("#preprocess-reasons");
    await reasons.locator("summary").click();
    await expect(reasons.getByLabel("Resize")).toHaveValue("stretch");
    await expect(reasons.getByLabel("Filter")).toHaveValue("bicubic");
    await expect(reasons.getByLabel("Mean")).toHaveAccessibleDescription(
      /^preprocessor_config\.json says image_mean/,
    );
    // Dropped later it takes the place of what was found.
    const other = { ...processor, image_mean: [0.25, 0.25, 0.25] };
    await demo.give("drop", text("preprocessor_config.json", JSON.stringify(other)));
    await expect(reasons.getByLabel("Mean")).toHaveValue("0.25, 0.25, 0.25");
  });

  test("a folder is opened with the data files that its model refers to", async ({ demo }) => {
    const folder = mkdtempSync(join(tmpdir(), "model-"));
    writeFileSync(join(folder, "model.onnx"), modelWithExternalWeight("weights.bin"));
    writeFileSync(join(folder, "README.txt"), "no labels");
    writeFileSync(join(folder, "classes.txt"), "a\nb\nc\nd");
    await demo.openFolder(folder);
    await expect(demo.notice).toContainText("weights.bin");
    writeFileSync(
      join(folder, "weights.bin"),
      new Uint8Array(new Float32Array(12).fill(0.5).buffer),
    );
    await demo.openFolder(folder);
    await expect(demo.facts).toContainText("model.onnx");
    await demo.ready();
    await expect(demo.classes.first()).toContainText(/^[a-d]/);
    rmSync(folder, { recursive: true });
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
