import type { FileSource } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import type { ByteStream, OpenOptions, Platform } from "./platform.js";
import type { Buffer, MainModule } from "./wasm-module.js";

/** A WebAssembly memory has 4 GB. */
const MAX_BYTES = 2 ** 32 - 2 ** 16;

/** Copies `bytes` into the WebAssembly memory. The caller deletes the buffer. */
export function copyIn(module: MainModule, bytes: Uint8Array): Buffer {
  checkSize(bytes.length);
  const buffer = module.Buffer.make(bytes.length);
  buffer.view().set(bytes);
  return buffer;
}

/** Runs `use` on a copy of `data` in the WebAssembly memory. */
export function withCopy<T>(
  module: MainModule,
  data: Float32Array | Uint8Array | Uint8ClampedArray,
  use: (buffer: Buffer) => T,
): T {
  const buffer = copyIn(module, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  try {
    return use(buffer);
  } finally {
    buffer.delete();
  }
}

/** Brings a file into the WebAssembly memory as it arrives. The caller deletes the buffer. */
export async function readIn(
  module: MainModule,
  platform: Platform,
  source: FileSource,
  options: OpenOptions,
  onProgress: (loaded: number, total: number) => void,
): Promise<Buffer> {
  if (source instanceof Uint8Array) return copyIn(module, source);
  const stream = await open(platform, source, options);
  const buffer = module.Buffer.make(checkSize(stream.size ?? 0));
  try {
    await fill(buffer, stream, options.signal, onProgress);
    await stream.kept;
    return buffer;
  } catch (error) {
    buffer.delete();
    throw error;
  }
}

/** A small file as text. */
export async function readText(
  platform: Platform,
  source: FileSource,
  options: OpenOptions,
): Promise<string> {
  if (source instanceof Uint8Array) return new TextDecoder().decode(source);
  const { chunks } = await open(platform, source, options);
  return new Response(chunks as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}

async function open(
  platform: Platform,
  source: string | Blob,
  options: OpenOptions,
): Promise<ByteStream> {
  if (source instanceof Blob) return { size: source.size, chunks: source.stream() };
  return platform.open(source, options);
}

async function fill(
  buffer: Buffer,
  { size, chunks }: ByteStream,
  signal: AbortSignal | undefined,
  onProgress: (loaded: number, total: number) => void,
): Promise<void> {
  let loaded = 0;
  let capacity = size ?? 0;
  const reader = chunks.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      signal?.throwIfAborted();
      const end = loaded + part.value.length;
      if (end > capacity) {
        // Nobody said how long the file is, or it was said of its compressed form.
        capacity = checkSize(Math.max(end, capacity * 2));
        buffer.resize(capacity);
      }
      buffer.view().set(part.value, loaded);
      loaded = end;
      onProgress(loaded, Math.max(size ?? 0, loaded));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  buffer.resize(loaded);
}

function checkSize(size: number): number {
  if (size <= MAX_BYTES) return size;
  throw new RelevanceCamError(
    "out-of-memory",
    `A file of ${size} bytes does not fit into the 4 GB of a WebAssembly memory.`,
  );
}
