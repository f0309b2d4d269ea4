import { describe, expect, test } from "vitest";

import { readIn } from "../../../web/src/engine/files.js";
import type { ByteStream, Platform } from "../../../web/src/engine/platform.js";
import type { Buffer, MainModule } from "../../../web/src/engine/wasm-module.js";

/** The module's Buffer over ordinary memory, counting what is still held. */
function fakeModule(): { module: MainModule; held: () => number } {
  let held = 0;
  const make = (size: number): Buffer => {
    let bytes = new Uint8Array(size);
    held++;
    return {
      view: () => bytes,
      resize: (length) => {
        const resized = new Uint8Array(length);
        resized.set(bytes.subarray(0, length));
        bytes = resized;
      },
      delete: () => {
        held--;
      },
    } as Buffer;
  };
  return { module: { Buffer: { make } } as unknown as MainModule, held: () => held };
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

describe("readIn", () => {
  test.each([
    ["the right size", 6],
    ["no size", undefined],
    ["too small a size", 2],
    ["too large a size", 10],
  ])("brings a stream in that announced %s", async (_, size) => {
    const { module } = fakeModule();
    const progress: number[] = [];
    const platform = platformWith(size, parts);
    const buffer = await readIn(module, platform, "file:///x", options, (n) => progress.push(n));
    expect(Array.from(buffer.view())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(progress).toEqual([3, 4, 6]);
  });

  test("reads a Blob", async () => {
    const { module } = fakeModule();
    const blob = new Blob([Uint8Array.of(7, 8)]);
    const buffer = await readIn(module, platformWith(0, []), blob, options, () => undefined);
    expect(Array.from(buffer.view())).toEqual([7, 8]);
  });

  test("an abort frees the memory", async () => {
    const { module, held } = fakeModule();
    const controller = new AbortController();
    const reading = readIn(
      module,
      platformWith(6, parts),
      "file:///x",
      { cache: false, signal: controller.signal },
      () => {
        controller.abort(new Error("enough"));
      },
    );
    await expect(reading).rejects.toThrow("enough");
    expect(held()).toBe(0);
  });

  test("a file larger than a WebAssembly memory is refused at once", async () => {
    const { module, held } = fakeModule();
    const reading = readIn(
      module,
      platformWith(2 ** 33, []),
      "file:///x",
      options,
      () => undefined,
    );
    await expect(reading).rejects.toMatchObject({ code: "out-of-memory" });
    expect(held()).toBe(0);
  });
});
