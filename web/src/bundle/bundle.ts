import { comparisonSheet } from "../comparison/sheet.js";
import { resultName } from "../file-name.js";
import { isPainted, isSigned } from "../heatmap/kinds.js";
import { strongest, type OverlayOptions } from "../heatmap/layer.js";
import { renderOverlay } from "../heatmap/overlay.js";
import { writeNpy } from "../npy.js";
import type { Comparison, ComparisonCell, Explanation, PixelImage, ResultArray } from "../types.js";

/** A file by its path inside the bundle. */
export interface BundleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How results are drawn over the image. */
export interface BundleOverlays extends Pick<OverlayOptions, "opacity" | "threshold"> {
  /** The image that was explained. */
  readonly image: PixelImage;
  /**
   * Draw evidence against the target as well; default for kinds that have as much of it. The cells
   * of a comparison know it themselves.
   */
  readonly signed?: boolean | undefined;
  /** `encodePng` of the package, or another encoder. */
  readonly encodePng: (image: PixelImage) => Uint8Array | Promise<Uint8Array>;
}

export interface BundleOptions {
  /** Absent: numbers only. */
  readonly overlays?: BundleOverlays | undefined;
  /** What the manifest is to say of model and image: any JSON values. */
  readonly about?: Readonly<Record<string, unknown>> | undefined;
}

/** A cell and the names of its files. */
interface Entry {
  readonly cell: ComparisonCell;
  readonly raw: string | null;
  readonly overlay: string | null;
}

/**
 * Everything an explanation or a comparison says, as files: raw arrays in `raw/NAME.npy`, overlays
 * in `overlays/NAME.png`, of a comparison also `sheet.png`, the logits in `logits.npy`, and
 * `manifest.json`, which lists them with method, layer, target, shape and the scale they are drawn
 * with, beside diagnoses and ledger.
 */
export async function bundle(
  subject: Explanation | Comparison,
  { overlays, about = {} }: BundleOptions = {},
): Promise<BundleFile[]> {
  const cells =
    "cells" in subject
      ? subject.cells
      : subject.results.map((result) => cellOf(result, overlays?.signed));
  const entries = namedEntries(cells, overlays !== undefined);
  const files = entries.flatMap(({ cell: { result }, raw }) =>
    result && raw !== null ? [{ name: raw, bytes: writeNpy(result) }] : [],
  );
  const { logits } = subject;
  files.push({ name: "logits.npy", bytes: writeNpy({ data: logits, shape: [logits.length] }) });
  if (overlays) files.push(...(await drawings(subject, entries, overlays)));
  const manifest = { ...about, ...manifestOf(subject, entries) };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  return [...files, { name: "manifest.json", bytes: new TextEncoder().encode(text) }];
}

/** A result of an explanation as a comparison would have it. */
function cellOf(
  result: ResultArray,
  signed: boolean = isSigned(result, undefined),
): ComparisonCell {
  const { method, target, layer } = result;
  const scale = isPainted(result) ? strongest(result, signed) : 0;
  return { method, target, layer, result, error: null, scale, signed };
}

function namedEntries(cells: readonly ComparisonCell[], drawn: boolean): Entry[] {
  const taken = new Map<string, number>();
  return cells.map((cell) => {
    const { result } = cell;
    if (!result) return { cell, raw: null, overlay: null };
    const stem = resultName(result, cell.method);
    const count = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, count);
    const name = count === 1 ? stem : `${stem}-${count}`;
    const overlay = drawn && isPainted(result) ? `overlays/${name}.png` : null;
    return { cell, raw: `raw/${name}.npy`, overlay };
  });
}

async function drawings(
  subject: Explanation | Comparison,
  entries: readonly Entry[],
  { image, encodePng, opacity, threshold }: BundleOverlays,
): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  for (const { cell, overlay } of entries) {
    if (!cell.result || overlay === null) continue;
    const { scale, signed } = cell;
    const drawn = renderOverlay(image, cell.result, { opacity, threshold, scale, signed });
    files.push({ name: overlay, bytes: await encodePng(drawn) });
  }
  if ("cells" in subject) {
    const sheet = comparisonSheet(image, subject, { opacity, threshold });
    files.push({ name: "sheet.png", bytes: await encodePng(sheet) });
  }
  return files;
}

function manifestOf(subject: Explanation | Comparison, entries: readonly Entry[]): object {
  const { targets, labels, timings, diagnoses } = subject;
  const special =
    "cells" in subject
      ? { methods: subject.methods, layers: subject.layers }
      : { ledger: subject.ledger };
  return {
    targets: targets.map((index, i) => ({ index, label: labels[i] })),
    logits: "logits.npy",
    timings,
    diagnoses,
    results: entries.map(listingOf),
    ...special,
  };
}

function listingOf({ cell, raw, overlay }: Entry): object {
  const { method: title, target, layer, result, error, scale, signed } = cell;
  if (!result) return { title, target, layer, error };
  return { title, ...describe(result), raw, overlay, scale, signed };
}

/** Everything but the numbers, which have a file of their own. */
function describe({ data: _data, ...about }: ResultArray): Omit<ResultArray, "data"> {
  return about;
}
