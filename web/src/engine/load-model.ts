import type { Call, ExternalFiles, FileSource, LoadRequest } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import { ByteList } from "./byte-list.js";
import { ExternalSplitter, rangesOf } from "./external-splitter.js";
import { readFile, WeightBlock, withListCopy } from "./files.js";
import { ModelSplitter, type ExternalTensor } from "./model-splitter.js";
import type { Platform } from "./platform.js";
import { translateError } from "./translate-error.js";
import type { MainModule, Model, ModelFiles } from "./wasm-module.js";

/** What was chosen for a request. */
export interface Defaults {
  readonly threads: number;
  /** Height and width of images whose size the model leaves open. */
  readonly imageSize: readonly number[] | undefined;
}

/**
 * Brings the files of a model into the module, tensor by tensor, and lets it read them. Further
 * files are read only where the model refers to them. Those that only attributes of nodes name, which
 * is rare, the engine has to tell: then all is read again.
 */
export async function loadModel(
  module: MainModule,
  platform: Platform,
  request: LoadRequest,
  defaults: Defaults,
  call: Call,
): Promise<Model> {
  const names: Names = { told: new Set(), tried: new Set() };
  for (;;) {
    try {
      return await loadWith(names, { module, platform, request, defaults, call });
    } catch (thrown) {
      const error = translateError(thrown);
      const name = error.code === "missing-external-data" ? error.node : undefined;
      const isNew = name !== undefined && !names.tried.has(name);
      const file = isNew ? await findFile(name, request.externalData, error) : undefined;
      if (name === undefined || file === undefined) throw thrown;
      names.told.add(name);
    }
  }
}

/** External data files that the engine told of, and all that were read. */
interface Names {
  readonly told: Set<string>;
  readonly tried: Set<string>;
}

interface Loading {
  readonly module: MainModule;
  readonly platform: Platform;
  readonly request: LoadRequest;
  readonly defaults: Defaults;
  readonly call: Call;
}

async function loadWith({ told, tried }: Names, loading: Loading): Promise<Model> {
  const { module, request, defaults, call } = loading;
  const splitter = new ModelSplitter((size) => new WeightBlock(module, size));
  await readAll(loading, request.model, (bytes) => {
    splitter.push(bytes);
  });
  const { skeleton, blocks, external } = splitter.finish();
  const files = withListCopy(module, skeleton, (buffer) => module.ModelFiles.make(buffer));
  try {
    for (const [index, block] of blocks.entries()) block.handOver(files, "", index);
    for (const name of new Set([...external.map(({ file }) => file), ...told])) {
      const source = await findFile(name, request.externalData).catch(() => undefined);
      // The engine says what is missing.
      if (source === undefined) break;
      tried.add(name);
      const tensors = external.filter(({ file }) => file === name);
      await readExternal(loading, files, name, source, tensors).catch((cause: unknown) => {
        throw unreadable(name, source, cause);
      });
    }
    call.signal?.throwIfAborted();
    call.onProgress?.({ phase: "prepare", loaded: 0, total: 1 });
    const model = prepare(module, files, request, defaults);
    call.onProgress?.({ phase: "prepare", loaded: 1, total: 1 });
    return model;
  } finally {
    files.delete();
  }
}

function readAll(
  { platform, request, call: { signal, onProgress } }: Loading,
  source: FileSource,
  push: (bytes: Uint8Array) => void,
): Promise<void> {
  const report = (loaded: number, total: number): void => {
    onProgress?.({ phase: "model", loaded, total });
  };
  return readFile(platform, source, { cache: request.cache, signal }, report, push);
}

async function readExternal(
  loading: Loading,
  files: ModelFiles,
  name: string,
  source: FileSource,
  tensors: readonly ExternalTensor[],
): Promise<void> {
  const { module } = loading;
  const ranges = rangesOf(tensors);
  if (!ranges) {
    const whole = new ByteList();
    await readAll(loading, source, (bytes) => {
      whole.write(bytes);
    });
    withListCopy(module, whole, (buffer) => {
      files.addExternalData(name, buffer);
    });
    return;
  }
  const splitter = new ExternalSplitter(ranges, (size) => new WeightBlock(module, size));
  await readAll(loading, source, (bytes) => {
    splitter.push(bytes);
  });
  const pieces = splitter.finish();
  for (const { offset, block } of pieces) block.handOver(files, name, offset);
  // A file that holds nothing was given all the same.
  if (pieces.length === 0) new WeightBlock(module, 0).handOver(files, name, 0);
}

/** A file by its name, which is no path: it lies beside the model or was given. */
async function findFile(
  name: string,
  { named, folder }: ExternalFiles,
  missing?: RelevanceCamError,
): Promise<FileSource | undefined> {
  if (/[/\\]|^\.*$/.test(name)) return undefined;
  if (folder === undefined) return Object.hasOwn(named, name) ? named[name] : undefined;
  if (typeof folder === "string") return new URL(encodeURIComponent(name), folder).href;
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (cause) {
    throw missing ? withCause(missing, cause) : cause;
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

function prepare(
  module: MainModule,
  files: ModelFiles,
  { dimensions, inputShapes, imageInput, foldBatchNorm }: LoadRequest,
  { threads, imageSize }: Defaults,
): Model {
  const shapes = Object.entries(inputShapes).map(([name, shape]) => [name, [...shape]]);
  return module.Model.load(files, {
    dimensions: { ...dimensions },
    inputShapes: Object.fromEntries(shapes) as Record<string, number[]>,
    imageInput,
    imageSize: [...(imageSize ?? [])],
    foldBatchNorm,
    threads,
  });
}
