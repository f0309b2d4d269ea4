import { describe, expect, test } from "vitest";

import { ByteList } from "../../../web/src/engine/byte-list.js";
import { readFile, WeightBlock, withListCopy } from "../../../web/src/engine/files.js";
import type { ByteStream, Platform } from "../../../web/src/engine/platform.js";
import type {
  Buffer,
  MainModule,
  ModelFiles,
  Weights,
} from "../../../web/src/engine/wasm-module.js";

/** The module's memory over ordinary arrays, counting what is still held. */
function fakeModule(): { module: MainModule; held: () => number } {
  let held = 0;
  const make = (size: number): Buffer & Weights => {
    const bytes = new Uint8Array(size);
    held++;
    return {
      view: () => bytes,
      delete: () => {
        held--;
      },
    } as Buffer & Weights;
  };
  const module = { Buffer: { make }, Weights: { make } } as unknown as MainModule;
  return { module, held: () => held };
}

function fill(
  controller: Pick<ReadableStreamDefaultController<Uint8Array>, "enqueue" | "close">,
  parts: readonly number[][],
): void {
  for (const part of parts) controller.enqueue(Uint8Array.from(part));
  controller.close();
}

/** A stream that has chunks of its own only. */
function streamOf(parts: readonly number[][]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      fill(controller, parts);
    },
  });
}

/** A stream that writes into the buffers of its reader; counts them. */
function fillingStream(parts: readonly number[][]): {
  stream: ReadableStream<Uint8Array>;
  buffers: Set<number>;
  reads: () => number;
} {
  let reads = 0;
  const buffers = new Set<number>();
  const left = [...parts];
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller: ReadableByteStreamController) {
      const request = controller.byobRequest as ReadableStreamBYOBRequest;
      const view = request.view as Uint8Array<ArrayBuffer>;
      reads++;
      buffers.add(view.buffer.byteLength);
      const part = left.shift();
      if (!part) controller.close();
      else view.set(part);
      request.respond(part?.length ?? 0);
    },
  });
  return { stream, buffers, reads: () => reads };
}

function platformWith(
  size: number | undefined,
  parts: readonly number[][],
  chunks = streamOf(parts),
): Platform {
  return { open: () => Promise.resolve<ByteStream>({ size, chunks }) } as unknown as Platform;
}

const options = { cache: false, signal: undefined };
const parts = [[1, 2, 3], [4], [5, 6]];

describe("readFile", () => {
  test.each([
    ["the right size", 6],
    ["no size", undefined],
    ["too small a size", 2],
    ["too large a size", 10],
  ])("passes a stream on that announced %s", async (_, size) => {
    const progress: number[] = [];
    const read: number[] = [];
    const report = (loaded: number): void => void progress.push(loaded);
    const push = (bytes: Uint8Array): void => void read.push(...bytes);
    await readFile(platformWith(size, parts), "file:///x", options, report, push);
    expect(read).toEqual([1, 2, 3, 4, 5, 6]);
    expect(progress).toEqual([3, 4, 6]);
  });

  test("lets a stream fill buffers where it can, a new one for every part", async () => {
    const { stream, buffers, reads } = fillingStream(parts);
    const progress: number[] = [];
    const read: number[] = [];
    const views = new Set<ArrayBufferLike>();
    const report = (loaded: number): void => void progress.push(loaded);
    const push = (bytes: Uint8Array): void => {
      read.push(...bytes);
      views.add(bytes.buffer);
    };
    await readFile(platformWith(6, parts, stream), "file:///x", options, report, push);
    expect(read).toEqual([1, 2, 3, 4, 5, 6]);
    expect(progress).toEqual([3, 4, 6]);
    expect(reads()).toBe(4);
    expect(buffers.size).toBe(1);
    expect(views.size).toBe(3);
    for (const { byteLength } of views) expect(byteLength).toBe([...buffers][0]);
  });

  test("ends a stream that fills buffers when it fails or is aborted", async () => {
    let cancelled: unknown;
    const endless = new ReadableStream({
      type: "bytes",
      pull(controller: ReadableByteStreamController) {
        controller.byobRequest?.respond(1);
      },
      cancel() {
        cancelled = true;
      },
    });
    const fail = (): never => {
      throw new Error("no room");
    };
    const nothing = (): void => undefined;
    const platform = platformWith(6, parts, endless);
    await expect(readFile(platform, "file:///x", options, nothing, fail)).rejects.toThrow(
      "no room",
    );
    expect(cancelled).toBe(true);
  });

  test("reads a Blob that is larger than the buffer, which takes all parts in turn", async () => {
    const bytes = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * i) % 251);
    const read: Uint8Array[] = [];
    const used: ArrayBufferLike[] = [];
    const push = (part: Uint8Array): void => {
      read.push(part.slice());
      used.push(part.buffer);
    };
    const progress: number[] = [];
    const report = (loaded: number): void => void progress.push(loaded);
    await readFile(platformWith(0, []), new Blob([bytes]), options, report, push);
    expect(Buffer.compare(Buffer.concat(read), bytes)).toBe(0);
    // Every part's memory was given back with the next read.
    expect(used.every(({ byteLength }) => byteLength === 0)).toBe(true);
    expect(used.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(bytes.length);
  });

  test("reads a Blob", async () => {
    const read: number[] = [];
    const blob = new Blob([Uint8Array.of(7, 8)]);
    const push = (bytes: Uint8Array): void => void read.push(...bytes);
    await readFile(platformWith(0, []), blob, options, () => undefined, push);
    expect(read).toEqual([7, 8]);
  });

  test("stops when it is aborted", async () => {
    const controller = new AbortController();
    const reading = readFile(
      platformWith(6, parts),
      "file:///x",
      { cache: false, signal: controller.signal },
      () => {
        controller.abort(new Error("enough"));
      },
      () => undefined,
    );
    await expect(reading).rejects.toThrow("enough");
  });

  test("refuses a file larger than a WebAssembly memory at once", async () => {
    const nothing = (): void => undefined;
    const reading = readFile(platformWith(2 ** 33, []), "file:///x", options, nothing, nothing);
    await expect(reading).rejects.toMatchObject({ code: "out-of-memory" });
  });
});

test("withListCopy copies what the list holds, and frees the copy", () => {
  const { module, held } = fakeModule();
  const list = new ByteList();
  const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
  for (let i = 0; i < bytes.length; i += 77) list.write(bytes.subarray(i, i + 77));
  const seen = withListCopy(module, list, (buffer) => buffer.view().slice());
  expect(seen).toEqual(bytes);
  expect(held()).toBe(0);
});

test("a WeightBlock is filled part by part and handed over", () => {
  const { module, held } = fakeModule();
  const given: [string, number, number[]][] = [];
  const files = {
    addWeights: (file: string, offset: number, weights: Weights) => {
      given.push([file, offset, [...weights.view()]]);
    },
  } as unknown as ModelFiles;
  const block = new WeightBlock(module, 3);
  block.write(Uint8Array.of(1));
  block.write(Uint8Array.of(2, 3));
  block.handOver(files, "w.bin", 8);
  expect(given).toEqual([["w.bin", 8, [1, 2, 3]]]);
  expect(held()).toBe(0);
  expect(() => new WeightBlock(module, 2 ** 33)).toThrow("4 GB");
});
