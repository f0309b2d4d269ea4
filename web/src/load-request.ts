import type { ConfigFile, ExternalFiles, FileSource, LoadRequest } from "./backend.js";
import { RelevanceCamError } from "./error.js";
import { baseName } from "./file-name.js";
import type { ConfigSource, ExternalData, LoadOptions, ModelSource } from "./types.js";

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
  const file = fileSource(model, "model");
  return {
    model: file,
    externalData: externalFiles(options.externalData, file),
    configs: (options.configs ?? []).map(configFile),
    wasm: wasm === undefined ? undefined : (fileSource(wasm, "wasm") as string | Uint8Array),
    cache: options.cache ?? true,
    threads,
    runtime,
    preprocess: typeof preprocess === "string" ? { preset: preprocess } : preprocess,
    dimensions: mapValues(options.dimensions ?? {}, checkedSize),
    inputShapes: mapValues(options.inputShapes ?? {}, (shape, name) =>
      shape.map((size) => checkedSize(size, name)),
    ),
    imageInput: options.imageInput ?? "",
    foldBatchNorm: batchNorm === "fold",
  };
}

/** Where nothing was given: beside the model, which an address alone tells. */
function externalFiles(given: ExternalData | undefined, model: FileSource): ExternalFiles {
  if (given === undefined) {
    return { named: {}, folder: typeof model === "string" ? folderOf(model) : undefined };
  }
  if (isFolder(given)) return { named: {}, folder: given };
  const entries = isList(given)
    ? Array.from(given, (file): [string, ModelSource] => [file.name, file])
    : Object.entries(given);
  const named = entries.map(([name, source]) => [
    baseName(name),
    fileSource(source, `externalData["${name}"]`),
  ]);
  return { named: Object.fromEntries(named) as ExternalFiles["named"], folder: undefined };
}

/** Where a hierarchy of names means anything: not in data: or blob: addresses. */
function folderOf(address: string): string | undefined {
  return /^(https?|file):/.test(address) ? new URL(".", address).href : undefined;
}

function isFolder(given: ExternalData): given is FileSystemDirectoryHandle {
  return "getFileHandle" in given;
}

function isList(given: ExternalData): given is readonly File[] | FileList {
  return Array.isArray(given) || (typeof FileList !== "undefined" && given instanceof FileList);
}

function configFile(source: ConfigSource, place: number): ConfigFile {
  const isFile = typeof source === "string" || source instanceof URL || source instanceof Blob;
  if (isFile) return fileSource(source, `configs[${place}]`);
  const isObject = typeof source === "object" && source !== null && !Array.isArray(source);
  if (isObject) return source;
  throw invalidOption(`configs[${place}]`, "neither a file, an address nor an object");
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
