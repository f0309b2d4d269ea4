import { basename, extname, join } from "node:path";

import { InvalidArgumentError, type Command } from "commander";
import { PNG } from "pngjs";

import {
  RelevanceCamError,
  renderOverlay,
  type Explainer,
  type OverlayOptions,
} from "../../src/node.js";
import type { ArrayKind, Explanation, PixelImage, ResultArray, RuleRow } from "../../src/types.js";
import { writeBytes } from "../files.js";
import { fileName } from "../file-name.js";
import { aboutImage, backgroundOf, readImageFile } from "../image-file.js";
import { writeNpy } from "../npy.js";
import { printJson, printTable } from "../print.js";
import { readRules } from "../rules.js";
import {
  addPreprocessOption,
  addSharedOptions,
  loadModel,
  parseShare,
  type SharedOptions,
} from "../shared-options.js";

interface ExplainOptions extends SharedOptions {
  readonly method: string;
  readonly layer: readonly string[];
  readonly target: string;
  readonly start?: string;
  readonly composite?: string;
  readonly rules?: string;
  readonly set: Readonly<Record<string, string>>;
  readonly emit: readonly ArrayKind[];
  readonly out?: string;
  readonly raw?: string;
  readonly palette?: string;
  readonly opacity?: number;
  readonly threshold?: number;
  readonly signed?: boolean;
}

type Composite = string | readonly RuleRow[] | undefined;

/** A result as the JSON lists it. */
interface Listing extends Omit<ResultArray, "data" | "region"> {
  readonly image: string;
  readonly label: string;
  /** The `.npy` file; without `--raw` the overlay. */
  readonly file: string | null;
  readonly overlay: string | null;
}

/** Kinds that are a map over the picture. */
const PAINTED: readonly ArrayKind[] = ["cam", "scaled", "relevance", "gradient", "activation"];
/** Kinds whose negative half means as much as the positive one. */
const SIGNED: readonly ArrayKind[] = ["relevance", "gradient"];

export function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("compute heatmaps of pictures")
    .argument("<model>", "ONNX file")
    .argument("<images...>", "pictures, .npy arrays or TensorProto .pb files")
    .option("--method <name>", "how to explain, e.g. relevance-cam or grad-cam", "relevance-cam")
    .option("--layer <name>", "tensor name, or stages, input, logits; may be repeated", collect, [])
    .option("--target <class>", "class index, class name, or top", "top")
    .option("--start <name>", "one-hot, logit, clrp, sglrp or balanced (default: the method's)")
    .option("--composite <name>", "table of relevance rules (default: the method's)")
    .option(
      "--rules <file.json>",
      "a table of relevance rules of your own, in place of --composite",
    )
    .option("--set <name=value>", "a setting of the method; may be repeated", collectSetting, {})
    .option("--emit <kinds>", "cam, scaled, relevance, weights, activation, gradient, seed", list, [
      "cam",
    ])
    .option("--labels <file>", "class names, one per line")
    .option("--out <folder>", "write overlays as PNG")
    .option("--raw <folder>", "write float32 .npy arrays (NCHW)")
    .option("--palette <name>", "colours of the overlays")
    .option("--opacity <share>", "opacity of the strongest evidence", parseShare)
    .option("--threshold <share>", "hide evidence below this share of the strongest", parseShare)
    .option("--signed", "draw evidence against the class as well");
  addPreprocessOption(addSharedOptions(command)).action(explain);
}

async function explain(
  modelPath: string,
  imagePaths: readonly string[],
  options: ExplainOptions,
): Promise<void> {
  const composite = await compositeOf(options);
  const explainer = await loadModel(modelPath, options);
  try {
    const listings: Listing[] = [];
    const images = uniqueNames(imagePaths);
    for (const [path, name] of images) {
      const work = (): Promise<Listing[]> =>
        explainImage(explainer, path, name, composite, options);
      listings.push(...(await aboutImage(path, work)));
    }
    if (options.json) printJson({ model: modelPath, results: listings });
    else printListings(listings);
  } finally {
    explainer.dispose();
  }
}

/** The composite that was named, or the rows of a file. */
async function compositeOf({ composite, rules }: ExplainOptions): Promise<Composite> {
  if (rules === undefined) return composite;
  if (composite === undefined) return readRules(rules);
  throw new RelevanceCamError(
    "invalid-option",
    "Give either --composite or --rules, not both.",
    "rules",
  );
}

async function explainImage(
  explainer: Explainer,
  path: string,
  name: string,
  composite: Composite,
  options: ExplainOptions,
): Promise<Listing[]> {
  const image = await readImageFile(path, explainer);
  const explanation = await explainer.explain(image, {
    method: options.method,
    layers: options.layer.length > 0 ? options.layer : undefined,
    target: options.target,
    start: options.start,
    composite,
    parameters: options.set,
    emit: options.emit,
  });
  const background = options.out === undefined ? undefined : backgroundOf(image);
  const listings: Listing[] = [];
  for (const result of explanation.results) {
    const stem = `${name}.${fileName(result.layer)}.${result.method}.${result.target}.${result.kind}`;
    const overlay = await writeOverlay(result, background, stem, options);
    const raw = await writeRaw(result, stem, options);
    listings.push(listingOf(path, explanation, result, raw, overlay));
  }
  return listings;
}

function listingOf(
  image: string,
  { label }: Explanation,
  { data: _data, region: _region, ...result }: ResultArray,
  raw: string | null,
  overlay: string | null,
): Listing {
  return { image, ...result, label, file: raw ?? overlay, overlay };
}

async function writeRaw(
  result: ResultArray,
  stem: string,
  { raw }: ExplainOptions,
): Promise<string | null> {
  if (raw === undefined) return null;
  const file = join(raw, `${stem}.npy`);
  await writeBytes(file, writeNpy(result));
  return file;
}

async function writeOverlay(
  result: ResultArray,
  background: PixelImage | undefined,
  stem: string,
  options: ExplainOptions,
): Promise<string | null> {
  const { out, palette, opacity, threshold } = options;
  const isMap = result.shape.length === 4 && PAINTED.includes(result.kind);
  if (out === undefined || !background || !isMap) return null;
  const signed = options.signed ?? SIGNED.includes(result.kind);
  const colors: OverlayOptions = { palette, opacity, threshold, signed };
  const { data, width, height } = renderOverlay(background, result, colors);
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const file = join(out, `${stem}.png`);
  await writeBytes(file, PNG.sync.write(png));
  return file;
}

function printListings(listings: readonly Listing[]): void {
  printTable(
    ["image", "layer", "method", "kind", "class", "label", "shape", "file"],
    listings.map((listing) => [
      listing.image,
      listing.layer,
      listing.method,
      listing.kind,
      String(listing.target),
      listing.label,
      listing.shape.join("x"),
      listing.file ?? "",
    ]),
  );
}

/** Paths with the names that their results get: base names, numbered where they meet. */
function uniqueNames(paths: readonly string[]): [path: string, name: string][] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const base = fileName(basename(path, extname(path)));
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return [path, count === 1 ? base : `${base}-${count}`];
  });
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function list(value: string): string[] {
  return value.split(",").map((part) => part.trim());
}

function collectSetting(
  text: string,
  previous: Readonly<Record<string, string>>,
): Record<string, string> {
  const [name, ...rest] = text.split("=");
  if (!name || rest.length === 0) throw new InvalidArgumentError("Write NAME=VALUE.");
  return { ...previous, [name]: rest.join("=") };
}
