import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { unzipSync } from "fflate";
import { readFileSync } from "node:fs";
import { readNpy, writeNpy } from "../../web/src/npy.js";
import { modelWithGains, modelWithMask } from "../web/support/onnx-writer.js";
import { difference, test, type DemoPage, type FilePayload } from "./demo-page.js";

/** Row k: what feature k takes of the three channels; pictures have something of each. */
const WEIGHT = Float32Array.of(1, 0.5, 0.5, 0.5, 1, 1, 0.25, 0.5, 0.75, 2, 0, 1);

const modelFile = (name: string, bytes: Uint8Array): FilePayload => ({
  ...{ name, mimeType: "" },
  buffer: Buffer.from(bytes),
});
const gainsModel = modelFile("gains.onnx", modelWithGains(WEIGHT));
const maskModel = modelFile("mask.onnx", modelWithMask(WEIGHT));

const array = (name: string, shape: readonly number[], data: readonly number[]): FilePayload =>
  modelFile(name, writeNpy({ data: Float32Array.from(data), shape }));

const scores = (demo: DemoPage): Promise<string[]> => demo.classes.allTextContents();

test.beforeEach(async ({ demo, plainServer }) => {
  await demo.open(plainServer.address);
});

test("a model that reads more than a picture waits for it, and then follows it", async ({
  demo,
  page,
}) => {
  const inputs = page.getByRole("region", { name: "Inputs beside the picture" });
  await expect(inputs).toBeHidden();
  await demo.openModel(gainsModel);
  await expect(demo.notice).toHaveText(/gains\.onnx reads more than a picture: give “gains”\./);
  await demo.ready();
  await expect(demo.facts).toContainText("EfficientNet-Lite0");
  await expect(inputs).toContainText("“photo” takes the picture. gains.onnx needs what is below.");
  const gains = inputs.getByLabel("gains", { exact: true });
  await expect(gains).toBeFocused();
  await expect(gains).toHaveValue("");
  await expect(gains).toHaveAccessibleDescription(
    "float32, 1 × 4. Needed: the model has no value of its own.",
  );

  // What does not do is said beside the field, and the model before it goes on.
  await gains.fill("much");
  await gains.press("Tab");
  await expect(gains).toHaveAttribute("aria-invalid", "true");
  await expect(inputs).toContainText("“much” does not do here: give one finite number.");
  await demo.choose(1);
  await expect(demo.facts).toContainText("EfficientNet-Lite0");

  await gains.fill("1");
  await gains.press("Enter");
  await expect(demo.facts).toContainText("gains.onnx");
  await demo.ready();
  await expect(demo.notice).toBeHidden();
  await expect(gains).toHaveAttribute("aria-invalid", "false");
  await expect(gains).toHaveAccessibleDescription("float32, 1 × 4. Every element is 1.");
  await expect(demo.map("left")).toHaveAttribute("aria-label", /^Relevance-CAM for class \d/);
  const evenly = await scores(demo);
  expect(evenly).toHaveLength(4);
  await demo.choose(1);
  const map = await demo.pixels(demo.map("left"));

  await gains.fill("3");
  await gains.press("Enter");
  await expect(demo.classes.first()).not.toHaveText(evenly[0]!);
  await demo.ready();
  await expect(demo.status).not.toContainText("kept");
  expect(await scores(demo)).not.toEqual(evenly);

  // A file gives every element its own number.
  const open = inputs.getByLabel("Open .npy for gains");
  await open.setInputFiles(array("short.npy", [3], [1, 2, 3]));
  await expect(inputs).toContainText("“short.npy” has the shape 3, but “gains” takes 1 × 4.");
  await expect(gains).toHaveValue("3");
  await open.setInputFiles(array("own.npy", [1, 4], [0, 0, 5, -1]));
  await expect(gains).toHaveAccessibleDescription("float32, 1 × 4. From own.npy.");
  await expect(demo.classes.first()).toHaveText(/^class 2/);
  await demo.ready();
  await expect(gains).toHaveValue("");
  await demo.choose(0);
  expect(difference(map, await demo.pixels(demo.map("left")))).toBeGreaterThan(0);

  // Pre-processing loads the model anew; what was given holds on.
  await page.getByLabel("Pixels as").selectOption("0 to 1");
  await demo.ready();
  await expect(demo.notice).toBeHidden();
  await expect(gains).toHaveAccessibleDescription("float32, 1 × 4. From own.npy.");
  await expect(demo.classes.first()).toHaveText(/^class 2/);

  const comparison = await demo.panel("Comparison");
  await comparison.getByRole("button", { name: "Compare" }).click();
  const download = page.waitForEvent("download");
  await comparison.getByRole("button", { name: "Save bundle" }).click();
  const files = unzipSync(readFileSync(await (await download).path()));
  const manifest: unknown = JSON.parse(new TextDecoder().decode(files["manifest.json"]));
  expect(manifest).toMatchObject({ model: "gains.onnx", inputs: { gains: "own.npy" } });
  const [first, second, third, fourth] = readNpy(files["logits.npy"]!, "logits.npy").data;
  expect([first, second]).toEqual([0, 0]);
  expect(third).toBeGreaterThan(0);
  expect(fourth).toBeLessThan(0);
  await gains.fill("2");
  await gains.press("Enter");
  await expect(demo.classes.first()).toHaveText(/^class 3/);
  await expect(comparison.getByRole("table")).toBeHidden();
});

test("another input takes the picture, or the model that waits is left", async ({ demo, page }) => {
  const inputs = page.getByRole("region", { name: "Inputs beside the picture" });
  await demo.openModel(maskModel);
  await inputs.getByRole("button", { name: "Back to EfficientNet-Lite0" }).click();
  await expect(inputs).toBeHidden();
  await expect(demo.notice).toBeHidden();
  await demo.choose(1);

  await demo.openModel(maskModel);
  const mask = inputs.getByLabel("mask", { exact: true });
  await mask.fill("1");
  await mask.press("Enter");
  await expect(demo.facts).toContainText("3 × 8 × 8, 4 classes");
  await demo.ready();
  const picture = inputs.getByLabel("Picture as");
  await expect(picture).toHaveValue("photo");
  await picture.selectOption("mask");
  await expect(inputs).toContainText("“mask” takes the picture. mask.onnx needs what is below.");
  await inputs.getByRole("button", { name: "Back to mask.onnx" }).click();
  await expect(picture).toHaveValue("photo");
  await expect(mask).toHaveValue("1");

  await picture.selectOption("mask");
  const photo = inputs.getByLabel("photo", { exact: true });
  await photo.fill("0.5");
  await photo.press("Enter");
  await expect(demo.facts).toContainText("1 × 8 × 8, 4 classes");
  await demo.ready();
  await expect(picture).toHaveValue("mask");
  await expect(demo.map("left")).toHaveAttribute("aria-label", /^Relevance-CAM for class \d/);
});

test("arrays may be dropped as well, or come with the model", async ({ demo, page }) => {
  const inputs = page.getByRole("region", { name: "Inputs beside the picture" });
  await demo.give("drop", array("gains.npy", [1, 4], [0, 1, 0, 0]));
  await expect(demo.notice).toContainText("the model reads nothing but the picture");
  const notes = array("notes.npy", [2], [1, 2]);
  await demo.openModel(gainsModel, array("gains.npy", [1, 4], [0, 1, 0, 0]), notes);
  await expect(demo.facts).toContainText("gains.onnx");
  await expect(demo.classes.first()).toHaveText(/^class 1/);
  await demo.ready();
  await expect(demo.notice).toBeHidden();
  await demo.give("drop", array("others.npy", [1, 4], [1, 0, 0, 0]));
  await expect(demo.classes.first()).toHaveText(/^class 0/);
  await expect(inputs.getByLabel("gains", { exact: true })).toHaveAccessibleDescription(
    "float32, 1 × 4. From others.npy.",
  );
  await demo.ready();
});

test("the fields are accessible, in light and dark, and fit a phone", async ({ demo, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await demo.openModel(maskModel);
  const inputs = page.getByRole("region", { name: "Inputs beside the picture" });
  const mask = inputs.getByLabel("mask", { exact: true });
  await mask.fill("a".repeat(80));
  await mask.press("Enter");
  await expect(mask).toHaveAttribute("aria-invalid", "true");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
