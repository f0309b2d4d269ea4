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

function platformWith(size: number | undefined, parts: readonly number[][]): Platform {
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(Uint8Array.from(part));
      controller.close();
    },
  });
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
