import type { Call, LoadRequest } from "../backend.js";
import { readIn } from "./files.js";
import type { Platform } from "./platform.js";
import type { Buffer, MainModule, Model, ModelFiles } from "./wasm-module.js";

/** Brings the files of a model into the module and lets it read them. */
export async function loadModel(
  module: MainModule,
  platform: Platform,
  request: LoadRequest,
  threads: number,
  { signal, onProgress }: Call,
): Promise<Model> {
  const read = (source: LoadRequest["model"]): Promise<Buffer> =>
    readIn(module, platform, source, { cache: request.cache, signal }, (loaded, total) => {
      onProgress?.({ phase: "model", loaded, total });
    });
  const files = handOver(await read(request.model), (buffer) => module.ModelFiles.make(buffer));
  try {
    for (const [name, source] of Object.entries(request.externalData)) {
      handOver(await read(source), (buffer) => {
        files.addExternalData(name, buffer);
      });
    }
    signal?.throwIfAborted();
    onProgress?.({ phase: "prepare", loaded: 0, total: 1 });
    const model = prepare(module, files, request, threads);
    onProgress?.({ phase: "prepare", loaded: 1, total: 1 });
    return model;
  } finally {
    files.delete();
  }
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
  threads: number,
): Model {
  const shapes = Object.entries(inputShapes).map(([name, shape]) => [name, [...shape]]);
  return module.Model.load(files, {
    dimensions: { ...dimensions },
    inputShapes: Object.fromEntries(shapes) as Record<string, number[]>,
    foldBatchNorm,
    threads,
  });
}
