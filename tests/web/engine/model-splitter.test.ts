import { describe, expect, test } from "vitest";

import type { ByteList } from "../../../web/src/engine/byte-list.js";
import { ExternalSplitter, rangesOf } from "../../../web/src/engine/external-splitter.js";
import {
  ModelSplitter,
  SMALLEST_BLOCK,
  type Block,
} from "../../../web/src/engine/model-splitter.js";
import { bytesField, fieldsOf, integerField } from "../../../web/src/engine/protobuf.js";

class FakeBlock implements Block {
  readonly bytes: Uint8Array;
  #written = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  write(part: Uint8Array): void {
    this.bytes.set(part, this.#written);
    this.#written += part.length;
  }
}

const makeBlock = (size: number): FakeBlock => new FakeBlock(size);

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** `toEqual` of long arrays is slow. */
function expectBytes(bytes: Uint8Array | undefined, wanted: Uint8Array): void {
  expect(Buffer.compare(bytes ?? Uint8Array.of(), wanted)).toBe(0);
}

function content(list: ByteList): Uint8Array {
  return concat(...list.parts());
}

function pattern(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251);
}

const large = pattern(SMALLEST_BLOCK + 5, 1);
const small = pattern(100, 2);

function tensor(name: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(5, concat(integerField(1, 7), bytesField(8, name), ...fields));
}

function entry(key: string, value: string): Uint8Array {
  return bytesField(13, concat(bytesField(1, key), bytesField(2, value)));
}

function model(...initializers: readonly Uint8Array[]): Uint8Array {
  const node = bytesField(1, bytesField(4, "Relu"));
  const graph = concat(node, ...initializers, bytesField(2, "graph"));
  return concat(integerField(1, 8), bytesField(7, graph), bytesField(8, integerField(2, 17)));
}

function split(
  file: Uint8Array,
  cut: (at: number) => number,
): ReturnType<ModelSplitter<FakeBlock>["finish"]> {
  const splitter = new ModelSplitter(makeBlock);
  for (let at = 0; at < file.length;) {
    const end = Math.min(at + cut(at), file.length);
    splitter.push(file.subarray(at, end));
    at = end;
  }
  return splitter.finish();
}

const cuts: [string, (at: number) => number][] = [
  ["in one piece", () => Infinity],
  ["byte by byte", () => 1],
  ["in uneven pieces", (at) => 1 + ((at * 7) % 1000)],
];

/** Fields of the first message at each field number of the path. */
function fieldsAt(message: Uint8Array, path: readonly number[]): [number, Uint8Array][] {
  const [first, ...rest] = path;
  const fields = [...fieldsOf(message)];
  if (first === undefined) return fields;
  const found = fields.find(([field]) => field === first);
  return found ? fieldsAt(found[1], rest) : [];
}

describe("ModelSplitter", () => {
  test.each(cuts)("sets large tensors apart when the file arrives %s", (_, cut) => {
    const raw = bytesField(9, large);
    const file = model(tensor("a", raw), tensor("b", bytesField(9, small)), tensor("c", raw));
    const { skeleton, blocks } = split(file, cut);
    expect(blocks).toHaveLength(2);
    for (const { bytes } of blocks) expectBytes(bytes, large);
    const tensors = fieldsAt(content(skeleton), [7]).filter(([field]) => field === 5);
    const place = (index: number): Uint8Array[] =>
      [
        ["location", ""],
        ["offset", String(index)],
        ["length", String(large.length)],
      ].map(([key, value]) => entry(key ?? "", value ?? ""));
    expect(tensors.map(([, bytes]) => bytes)).toEqual(
      [
        tensor("a", integerField(14, 1), ...place(0)),
        tensor("b", bytesField(9, small)),
        tensor("c", integerField(14, 1), ...place(1)),
      ].map((field) => [...fieldsOf(field)][0]?.[1]),
    );
    expect(fieldsAt(content(skeleton), [8])).toEqual([]);
    expect([...fieldsOf(content(skeleton))].map(([field]) => field)).toEqual([7, 8]);
  });

  test.each(cuts)("passes a file without large tensors unchanged %s", (_, cut) => {
    const file = model(tensor("b", bytesField(9, small)));
    const { skeleton, blocks } = split(file, cut);
    expectBytes(content(skeleton), file);
    expect(blocks).toEqual([]);
  });

  test.each(cuts)(
    "passes what is no model, or only the beginning of one, unchanged %s",
    (_, cut) => {
      const file = model(tensor("b", bytesField(9, small)));
      const wrong = [
        new TextEncoder().encode("<!DOCTYPE html><html><body>Not found</body></html>"),
        new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n"),
        Uint8Array.of(0x0a, 0xff, 0xff, 0xff),
        new Uint8Array(11).fill(0xff),
        ...Array.from({ length: file.length }, (_unused, size) => file.subarray(0, size)),
      ];
      for (const bytes of wrong) expectBytes(content(split(bytes, cut).skeleton), bytes);
    },
  );

  test("refuses a file that ends within a large tensor", () => {
    const file = model(tensor("a", bytesField(9, large)));
    const broken = file.subarray(0, file.length - 1000);
    expect(() => split(broken, () => 4096)).toThrow("truncated or damaged");
  });

  test("says where tensors lie in other files", () => {
    const places = [entry("location", "data/w.bin"), entry("offset", "8"), entry("length", "4")];
    const file = model(tensor("a", ...places), tensor("b", entry("location", "w.bin")));
    expect(split(file, () => 3).external).toEqual([
      { file: "w.bin", offset: 8, length: 4 },
      { file: "w.bin", offset: 0, length: undefined },
    ]);
    for (const location of ["/w.bin", "\\w.bin", "../w.bin", "a/../../w.bin", "C:w.bin"]) {
      const outside = model(tensor("a", entry("location", location)));
      expect(split(outside, () => 3).external).toEqual([]);
    }
  });
});

describe("ExternalSplitter", () => {
  const at = (
    offset: number,
    length: number | undefined,
  ): Parameters<typeof rangesOf>[0][number] => ({
    file: "w",
    offset,
    length,
  });

  test("cuts at large tensors and keeps what lies between", () => {
    const size = SMALLEST_BLOCK;
    const bytes = pattern(3 * size + 20, 3);
    const ranges = rangesOf([at(2 * size + 10, size), at(10, size), at(0, 10)]);
    const splitter = new ExternalSplitter(ranges ?? [], makeBlock);
    for (let i = 0; i < bytes.length; i += 999) splitter.push(bytes.subarray(i, i + 999));
    const pieces = splitter.finish();
    expect(pieces.map(({ offset }) => offset)).toEqual([
      0,
      10,
      size + 10,
      2 * size + 10,
      3 * size + 10,
    ]);
    for (const { offset, block } of pieces) {
      expectBytes(block.bytes, bytes.subarray(offset, offset + block.bytes.length));
    }
    expect(pieces.reduce((sum, { block }) => sum + block.bytes.length, 0)).toBe(bytes.length);
  });

  test("joins tensors that overlap, and leaves out one that the file ends within", () => {
    const size = SMALLEST_BLOCK;
    expect(rangesOf([at(0, size), at(size / 2, size)])).toEqual([{ begin: 0, end: 1.5 * size }]);
    const splitter = new ExternalSplitter([{ begin: 0, end: size }], makeBlock);
    splitter.push(pattern(size - 1, 4));
    expect(splitter.finish()).toEqual([]);
  });

  test("cuts nowhere when a length is not said", () => {
    expect(rangesOf([at(0, undefined)])).toBeUndefined();
    expect(rangesOf([at(NaN, 5)])).toBeUndefined();
  });
});
