import type { Call, ExternalFiles, FileSource, LoadRequest } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import { readIn } from "./files.js";
import type { Platform } from "./platform.js";
import { translateError } from "./translate-error.js";
import type { Buffer, MainModule, Model, ModelFiles } from "./wasm-module.js";

/** What was chosen for a request. */
export interface Defaults {
  readonly threads: number;
  /** Height and width of images whose size the model leaves open. */
  readonly imageSize: readonly number[] | undefined;
}

/**
 * Brings the files of a model into the module and lets it read them. Which further files the model
 * refers to, it tells one after the other; no others are read.
 */
export async function loadModel(
  module: MainModule,
  platform: Platform,
  request: LoadRequest,
  defaults: Defaults,
  call: Call,
): Promise<Model> {
  const files = new Map<string, FileSource>();
  for (;;) {
    try {
      return await loadWith(files, { module, platform, request, defaults, call });
    } catch (thrown) {
      const error = translateError(thrown);
      const name = error.code === "missing-external-data" ? error.node : undefined;
      const found = name !== undefined && !files.has(name);
      const file = found ? await findFile(name, request.externalData, error) : undefined;
      if (name === undefined || file === undefined) throw thrown;
      files.set(name, file);
    }
  }
}

interface Loading {
  readonly module: MainModule;
  readonly platform: Platform;
  readonly request: LoadRequest;
  readonly defaults: Defaults;
  readonly call: Call;
}

async function loadWith(
  externalData: ReadonlyMap<string, FileSource>,
  { module, platform, request, defaults, call: { signal, onProgress } }: Loading,
): Promise<Model> {
  const read = (source: FileSource): Promise<Buffer> =>
    readIn(module, platform, source, { cache: request.cache, signal }, (loaded, total) => {
      onProgress?.({ phase: "model", loaded, total });
    });
  const files = handOver(await read(request.model), (buffer) => module.ModelFiles.make(buffer));
  try {
    for (const [name, source] of externalData) {
      const buffer = await read(source).catch((cause: unknown) => {
        throw unreadable(name, source, cause);
      });
      handOver(buffer, (bytes) => {
        files.addExternalData(name, bytes);
      });
    }
    signal?.throwIfAborted();
    onProgress?.({ phase: "prepare", loaded: 0, total: 1 });
    const model = prepare(module, files, request, defaults);
    onProgress?.({ phase: "prepare", loaded: 1, total: 1 });
    return model;
  } finally {
    files.delete();
  }
}

/** A file by its name, which is no path: it lies beside the model or was given. */
async function findFile(
  name: string,
  { named, folder }: ExternalFiles,
  missing: RelevanceCamError,
): Promise<FileSource | undefined> {
  if (/[/\\]|^\.*$/.test(name)) return undefined;
  if (folder === undefined) return Object.hasOwn(named, name) ? named[name] : undefined;
  if (typeof folder === "string") return new URL(encodeURIComponent(name), folder).href;
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (cause) {
    throw withCause(missing, cause);
  }
}

/** A file beside the model that cannot be read is one that is missing. */
function unreadable(name: string, source: FileSource, cause: unknown): unknown {
  const isUnreadable = cause instanceof RelevanceCamError && cause.code === "unreadable";
  if (!isUnreadable || typeof source !== "string") return cause;
  const message = `The model refers to the external data file "${name}". ${cause.message}`;
  return new RelevanceCamError("missing-external-data", message, name, { cause });
}

function withCause({ code, message, node }: RelevanceCamError, cause: unknown): RelevanceCamError {
  return new RelevanceCamError(code, message, node, { cause });
}

/** C++ holds on to the bytes; the handle of JavaScript is no longer needed. */
function handOver<T>(buffer: Buffer, take: (buffer: Buffer) => T): T {
  try {
    return take(buffer);
  } finally {
    buffer.delete();
  }
}

function prepare(
  module: MainModule,
  files: ModelFiles,
  { dimensions, inputShapes, foldBatchNorm }: LoadRequest,
  { threads, imageSize }: Defaults,
): Model {
  const shapes = Object.entries(inputShapes).map(([name, shape]) => [name, [...shape]]);
  return module.Model.load(files, {
    dimensions: { ...dimensions },
    inputShapes: Object.fromEntries(shapes) as Record<string, number[]>,
    imageSize: [...(imageSize ?? [])],
    foldBatchNorm,
    threads,
  });
}
