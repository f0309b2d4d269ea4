import type { FileSource, LoadRequest } from "./backend.js";
import { RelevanceCamError } from "./error.js";
import { preprocessSettings } from "./preprocess.js";
import type { LoadOptions, ModelSource } from "./types.js";

const MAX_THREADS = 64;

/**
 * What the caller asked for in a form that can be posted to a worker: addresses absolute, buffers
 * as plain bytes.
 * @throws RelevanceCamError `invalid-option` or `invalid-model`, naming the option.
 */
export function loadRequest(model: ModelSource, options: LoadOptions): LoadRequest {
  const { runtime = "auto", batchNorm = "fold", threads, preprocess, wasm } = options;
  requireChoice("runtime", runtime, ["auto", "simd", "relaxed"]);
  requireChoice("batchNorm", batchNorm, ["fold", "keep"]);
  if (threads !== undefined && !isIntegerWithin(threads, 1, MAX_THREADS)) {
    throw invalidOption("threads", `${threads}; give an integer from 1 to ${MAX_THREADS}`);
  }
  return {
    model: fileSource(model, "model"),
    externalData: mapValues(options.externalData ?? {}, (source, name) =>
      fileSource(source, `externalData["${name}"]`),
    ),
    wasm: wasm === undefined ? undefined : (fileSource(wasm, "wasm") as string | Uint8Array),
    cache: options.cache ?? true,
    threads,
    runtime,
    preprocess: preprocess === undefined ? undefined : preprocessSettings(preprocess),
    dimensions: mapValues(options.dimensions ?? {}, checkedSize),
    inputShapes: mapValues(options.inputShapes ?? {}, (shape, name) =>
      shape.map((size) => checkedSize(size, name)),
    ),
    foldBatchNorm: batchNorm === "fold",
  };
}

function fileSource(source: ModelSource, option: string): FileSource {
  if (typeof source === "string") return absoluteUrl(source, option);
  if (source instanceof URL) return source.href;
  if (source instanceof Blob || source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw invalidOption(option, "neither an address nor an ArrayBuffer, Uint8Array or Blob");
}

function absoluteUrl(address: string, option: string): string {
  const base = typeof document === "undefined" ? globalThis.location?.href : document.baseURI;
  if (!URL.canParse(address, base)) throw invalidOption(option, `"${address}", which is no URL`);
  return new URL(address, base).href;
}

function checkedSize(size: number, name: string): number {
  if (isIntegerWithin(size, 0, Number.MAX_SAFE_INTEGER)) return size;
  throw new RelevanceCamError(
    "invalid-option",
    `The size given for "${name}" is ${size}; sizes are whole numbers.`,
    name,
  );
}

function isIntegerWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function requireChoice(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw invalidOption(option, `"${value}"; choose one of: ${choices.join(", ")}`);
}

function invalidOption(option: string, problem: string): RelevanceCamError {
  return new RelevanceCamError("invalid-option", `The option ${option} is ${problem}.`, option);
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, map(value, name)]),
  );
}
