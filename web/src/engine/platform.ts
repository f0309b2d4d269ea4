import type { PixelImage } from "../types.js";

/** A file as it arrives. */
export interface ByteStream {
  /** Expected length; `undefined` when unknown, and not to be relied on. */
  readonly size: number | undefined;
  readonly chunks: ReadableStream<Uint8Array>;
  /** Writes into its reader's buffers, as the streams of Blobs do, without chunks of its own. */
  readonly direct?: boolean;
  /** Resolves when a copy for later has been stored; an ended worker would leave it unfinished. */
  readonly kept?: Promise<void> | undefined;
}

export interface OpenOptions {
  readonly cache: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What differs between a browser and Node. */
export interface Platform {
  /** Processors of the machine. */
  processors(): number;
  compile(wasm: string | Uint8Array): Promise<WebAssembly.Module>;
  /** Opens an absolute address. */
  open(address: string, options: OpenOptions): Promise<ByteStream>;
  toPixels(image: Blob | ImageBitmap): Promise<PixelImage>;
}
