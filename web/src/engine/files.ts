import type { FileSource } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import type { ByteList } from "./byte-list.js";
import type { Block } from "./model-splitter.js";
import type { ByteStream, OpenOptions, Platform } from "./platform.js";
import type { Buffer, MainModule, ModelFiles, Weights } from "./wasm-module.js";

/** A WebAssembly memory has 4 GB. */
const MAX_BYTES = 2 ** 32 - 2 ** 16;
/** As much as browsers hand over at once: what does not fit waits in a chunk of its own. */
const PART_BYTES = 2 ** 21;

/** Runs `use` on a copy of `data` in the WebAssembly memory. */
export function withCopy<T>(
  module: MainModule,
  data: Float32Array | Uint8Array | Uint8ClampedArray,
  use: (buffer: Buffer) => T,
): T {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return withBuffer(module, bytes.length, [bytes], use);
}

/** As `withCopy`, of what the list holds. */
export function withListCopy<T>(module: MainModule, list: ByteList, use: (buffer: Buffer) => T): T {
  return withBuffer(module, list.size, list.parts(), use);
}

function withBuffer<T>(
  module: MainModule,
  size: number,
  parts: Iterable<Uint8Array>,
  use: (buffer: Buffer) => T,
): T {
  const buffer = module.Buffer.make(checkSize(size));
  try {
    let at = 0;
    for (const part of parts) {
      buffer.view().set(part, at);
      at += part.length;
    }
    return use(buffer);
  } finally {
    buffer.delete();
  }
}

/** Memory of the engine for one tensor. */
export class WeightBlock implements Block {
  readonly #weights: Weights;
  #written = 0;

  constructor(module: MainModule, size: number) {
    this.#weights = module.Weights.make(checkSize(size));
  }

  write(bytes: Uint8Array): void {
    this.#weights.view().set(bytes, this.#written);
    this.#written += bytes.length;
  }

  /** Makes it a part of `file` that begins at `offset`. */
  handOver(files: ModelFiles, file: string, offset: number): void {
    files.addWeights(file, offset, this.#weights);
    this.#weights.delete();
  }
}

/** Passes a file on as it arrives; what `push` is given holds only until it returns. */
export async function readFile(
  platform: Platform,
  source: FileSource,
  options: OpenOptions,
  onProgress: (loaded: number, total: number) => void,
  push: (bytes: Uint8Array) => void,
): Promise<void> {
  if (source instanceof Uint8Array) {
    push(source);
    return;
  }
  const { size, chunks, direct, kept } = await open(platform, source, options);
  checkSize(size ?? 0);
  let loaded = 0;
  const nextBuffer = direct === true ? sameBuffer : newBuffer;
  for await (const part of partsOf(chunks, nextBuffer)) {
    options.signal?.throwIfAborted();
    push(part);
    loaded += part.length;
    onProgress(loaded, Math.max(size ?? 0, loaded));
  }
  await kept;
}

type NextBuffer = (used: ArrayBuffer) => ArrayBuffer;

/** What writes into the buffer itself leaves no garbage. */
const sameBuffer: NextBuffer = (used) => used;

/**
 * A response is copied from chunks of the browser's own. It collects those late, for it does not
 * count them; what is made here it counts, and collects soon and the chunks along with it. Of a
 * large buffer for a small part, the rest takes no memory.
 */
const newBuffer: NextBuffer = () => new ArrayBuffer(PART_BYTES);

/** What a stream brings, in buffers of ours where it can fill them. */
async function* partsOf(
  chunks: ReadableStream<Uint8Array>,
  nextBuffer: NextBuffer,
): AsyncGenerator<Uint8Array> {
  const filling = fillingReader(chunks);
  if (!filling) return yield* ownParts(chunks.getReader());
  try {
    let buffer = new ArrayBuffer(PART_BYTES);
    for (;;) {
      const { done, value } = await filling.read(new Uint8Array(buffer));
      if (done) return;
      yield value;
      buffer = nextBuffer(value.buffer);
    }
  } finally {
    await filling.cancel().catch(() => undefined);
  }
}

async function* ownParts(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** `undefined` where the stream has chunks of its own only. */
function fillingReader(chunks: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return chunks.getReader({ mode: "byob" });
  } catch {
    return undefined;
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
  if (source instanceof Blob) return { size: source.size, chunks: source.stream(), direct: true };
  return platform.open(source, options);
}

function checkSize(size: number): number {
  if (size <= MAX_BYTES) return size;
  throw new RelevanceCamError(
    "out-of-memory",
    `A file of ${size} bytes does not fit into the 4 GB of a WebAssembly memory.`,
  );
}
