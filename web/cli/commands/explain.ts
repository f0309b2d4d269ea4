import { basename, extname, join } from "node:path";

import { Option, type Command } from "commander";

import { fileName, resultName } from "../../src/file-name.js";
import { isPainted, isSigned } from "../../src/heatmap/kinds.js";
import {
  encodePng,
  renderOverlay,
  type BundleFile,
  type Explainer,
  type OverlayOptions,
} from "../../src/node.js";
import { writeNpy } from "../../src/npy.js";
import type {
  ArrayKind,
  Diagnosis,
  Explanation,
  ExplainOptions as Question,
  LedgerEntry,
  PixelImage,
  ResultArray,
} from "../../src/types.js";
import { bundleOf, writeBundle } from "../bundle-file.js";
import { helpOnNames } from "../catalog-text.js";
import { writeBytes } from "../files.js";
import { aboutImages, backgroundOf, readImageFile } from "../image-file.js";
import { addInputsOption, readInputs, type InputsOptions } from "../input-files.js";
import { printLedger } from "../ledger.js";
import { collectSetting, list } from "../option-values.js";
import { printJson, printTable } from "../print.js";
import { addRulesOption, readComposite, type Composite, type RulesOptions } from "../rules.js";
import { readSeed } from "../seed.js";
import {
  addColorOptions,
  addPreprocessOption,
  addQuestionOptions,
  addSharedOptions,
  loadModel,
  type ColorOptions,
  type QuestionOptions,
  type SharedOptions,
} from "../shared-options.js";

interface ExplainOptions
  extends SharedOptions, QuestionOptions, ColorOptions, RulesOptions, InputsOptions {
  readonly method: string;
  readonly seed?: string;
  readonly start?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly fusion?: Question["fusion"];
  readonly evidence?: Question["evidence"];
  readonly emit?: readonly ArrayKind[];
  readonly out?: string;
  readonly raw?: string;
  readonly bundle?: string;
  readonly signed?: boolean;
  readonly ledger?: boolean;
}

/** What is said about one image. */
interface Report {
  readonly image: string;
  readonly listings: readonly Listing[];
  readonly diagnoses: readonly Diagnosis[];
  readonly ledger: readonly LedgerEntry[];
  /** Of its bundle; empty unless one is asked for. */
  readonly files: readonly BundleFile[];
}

/** A result as the JSON lists it. */
interface Listing extends Omit<ResultArray, "data" | "region"> {
  readonly image: string;
  readonly label: string;
  /** The `.npy` file; without `--raw` the overlay. */
  readonly file: string | null;
  readonly overlay: string | null;
}

export function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("compute heatmaps of pictures")
    .argument("<model>", "ONNX file")
    .argument("<images...>", "pictures, .npy arrays or TensorProto .pb files")
    .option("--method <name>", "how to explain", "relevance-cam")
    .option(
      "--seed <index=weight,...|file>",
      "initial relevance by element, or all of it as .npy; in place of --start and --target",
    )
    .option("--start <name>", "what relevance begins with (default: the method's)")
    .option("--composite <name>", "table of relevance rules (default: the method's)")
    .option(
      "--set <name=value>",
      "a setting of the method, start or composite; may be repeated",
      collectSetting,
    )
    .addOption(
      new Option(
        "--fusion <how>",
        "make one more map of those of all layers (default: the method's)",
      ).choices(["none", "mean", "max", "product"]),
    )
    .addOption(
      new Option("--evidence <which>", "evidence that maps keep (default: the method's)").choices([
        "positive",
        "negative",
        "signed",
      ]),
    )
    .option("--emit <kinds>", "arrays to give, with commas (default: the method's)", list)
    .option("--labels <file>", "class names, one per line")
    .option("--out <folder>", "write overlays as PNG")
    .option("--raw <folder>", "write float32 .npy arrays (NCHW)")
    .option("--bundle <file>", "write arrays, overlays and a manifest as one .zip")
    .option("--ledger", "account for relevance node by node")
    .option("--signed", "draw evidence against the class as well")
    .addHelpText("after", helpOnNames);
  addInputsOption(addRulesOption(command));
  addPreprocessOption(addSharedOptions(addColorOptions(addQuestionOptions(command)))).action(
    explain,
  );
}

async function explain(
  modelPath: string,
  imagePaths: readonly string[],
  options: ExplainOptions,
): Promise<void> {
  const composite = await readComposite(options);
  const explainer = await loadModel(modelPath, options);
  try {
    const seed = options.seed === undefined ? undefined : await readSeed(options.seed);
    const inputs = await readInputs(options.input, explainer);
    const names = uniqueNames(imagePaths);
    const reports = await aboutImages(imagePaths, explainer, (path, place) => {
      const name = names[place] ?? path;
      const subject = { model: modelPath, path, name, inputs, seed, composite };
      return explainImage(explainer, subject, options);
    });
    if (reports.length === 0) return;
    const files = reports.flatMap((report) => report.files);
    if (options.bundle !== undefined) await writeBundle(options.bundle, files);
    if (options.json) printJson(jsonOf(modelPath, reports, options));
    else printReports(reports);
  } finally {
    explainer.dispose();
  }
}

/** What is explained, beside the options. */
interface Subject {
  readonly model: string;
  readonly path: string;
  /** What the image's files are called. */
  readonly name: string;
  readonly inputs: Question["inputs"];
  readonly seed: Question["seed"];
  readonly composite: Composite;
}

async function explainImage(
  explainer: Explainer,
  { model, path, name, inputs, seed, composite }: Subject,
  options: ExplainOptions,
): Promise<Report> {
  const image = await readImageFile(path, explainer);
  const explanation = await explainer.explain(image, {
    inputs,
    method: options.method,
    layers: options.layer,
    target: options.target,
    output: options.output,
    seed,
    start: options.start,
    composite,
    parameters: options.set,
    fusion: options.fusion,
    evidence: options.evidence,
    emit: options.emit,
    ledger: options.ledger,
  });
  const background = backgroundOf(image);
  const listings: Listing[] = [];
  for (const result of explanation.results) {
    const stem = `${name}.${resultName(result, result.method)}`;
    const overlay = await writeOverlay(result, background, stem, options);
    const raw = await writeRaw(result, stem, options);
    listings.push(listingOf(path, explanation, result, raw, overlay));
  }
  const { diagnoses, ledger } = explanation;
  const report = { image: path, listings, diagnoses, ledger };
  if (options.bundle === undefined) return { ...report, files: [] };
  const about = { model, image: path };
  const files = await bundleOf(explanation, {
    ...{ folder: name, about, image: background, options },
    signed: options.signed ?? (options.evidence === "signed" || undefined),
  });
  return { ...report, files };
}

/** `images` says what holds for an image as a whole. */
function jsonOf(model: string, reports: readonly Report[], options: ExplainOptions): object {
  return {
    model,
    results: reports.flatMap(({ listings }) => listings),
    images: reports.map(({ image, diagnoses, ledger }) => ({
      image,
      diagnoses,
      ...(options.ledger ? { ledger } : {}),
    })),
  };
}

/** Diagnoses go to stderr, so that tables can be piped on. */
function printReports(reports: readonly Report[]): void {
  printListings(reports.flatMap(({ listings }) => listings));
  for (const { image, diagnoses, ledger } of reports) {
    for (const { message } of diagnoses) console.error(`note: ${image}: ${message}`);
    if (ledger.length > 0) printLedger(image, ledger);
  }
}

function listingOf(
  image: string,
  { targets, labels }: Explanation,
  { data: _data, region: _region, ...result }: ResultArray,
  raw: string | null,
  overlay: string | null,
): Listing {
  const label = labels[targets.indexOf(result.target)] ?? "";
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
  background: PixelImage,
  stem: string,
  options: ExplainOptions,
): Promise<string | null> {
  const { out, palette, opacity, threshold } = options;
  if (out === undefined || !isPainted(result)) return null;
  const signed = options.signed ?? isSigned(result, options.evidence);
  const colors: OverlayOptions = { palette, opacity, threshold, signed };
  const file = join(out, `${stem}.png`);
  await writeBytes(file, await encodePng(renderOverlay(background, result, colors)));
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
      listing.target < 0 ? "seed" : String(listing.target),
      listing.label,
      listing.shape.join("x"),
      listing.file ?? "",
    ]),
  );
}

/** Names that the results of the paths get: base names, numbered where they meet. */
function uniqueNames(paths: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const base = fileName(basename(path, extname(path)));
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return count === 1 ? base : `${base}-${count}`;
  });
}
