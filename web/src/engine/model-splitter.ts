import { RelevanceCamError } from "../error.js";
import { ByteList } from "./byte-list.js";
import {
  bytesField,
  fieldsOf,
  integerField,
  LENGTH_DELIMITED,
  lengthHeader,
  MalformedError,
  readHeader,
  type FieldHeader,
} from "./protobuf.js";

/** Smaller tensors stay where they are. */
export const SMALLEST_BLOCK = 2 ** 16;
/** More than any file name with its position takes. */
const LONGEST_ENTRY = 2 ** 14;

const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const EXTERNAL = 1;

/** Memory for `size` bytes that are written one after the other. */
export interface Block {
  write(bytes: Uint8Array): void;
}

/** Where a tensor lies in another file. */
export interface ExternalTensor {
  readonly file: string;
  readonly offset: number;
  /** `undefined`: the file does not say it. */
  readonly length: number | undefined;
}

export interface SplitModel<B> {
  /** The model without the tensors in `blocks`, which are external data there, "" at their index. */
  readonly skeleton: ByteList;
  readonly blocks: readonly B[];
  readonly external: readonly ExternalTensor[];
}

/** A message that is being read. */
interface Frame {
  readonly kind: "graph" | "tensor";
  /** Its own header as it was read. */
  readonly header: Uint8Array;
  /** Position in the file behind it. */
  readonly end: number;
  readonly content: ByteList;
  readonly entries: Map<string, string>;
  /** Index of the block that holds its data. */
  block?: number;
  blockSize?: number;
}

/**
 * Takes large tensors out of an ONNX file while it arrives, so that each gets memory of its own and
 * the file as a whole is never held. What it does not understand passes unchanged, for the engine to
 * say what is wrong.
 */
export class ModelSplitter<B extends Block> {
  readonly #makeBlock: (size: number) => B;
  readonly #model = new ByteList();
  readonly #frames: Frame[] = [];
  readonly #blocks: B[] = [];
  readonly #external: ExternalTensor[] = [];
  /** The beginning of a field that has not arrived in full. */
  #rest = new Uint8Array();
  #position = 0;
  /** Where the content of the current field goes, and how much of it is still to come. */
  #copy: { to: (bytes: Uint8Array) => void; left: number } | undefined;

  constructor(makeBlock: (size: number) => B) {
    this.#makeBlock = makeBlock;
  }

  push(bytes: Uint8Array): void {
    const data = this.#rest.length > 0 ? joined(this.#rest, bytes) : bytes;
    this.#rest = new Uint8Array();
    let at = 0;
    while (at < data.length) {
      const used = this.#step(data, at);
      if (used === 0) break;
      at += used;
    }
    if (at < data.length) this.#rest = data.slice(at);
  }

  /** @throws RelevanceCamError `invalid-model` when the file ends within a tensor set apart. */
  finish(): SplitModel<B> {
    this.#closeFrames();
    const isWhole = this.#frames.length === 0 && this.#rest.length === 0 && !this.#isCopying();
    if (!isWhole) this.#passUnchanged(this.#rest);
    return { skeleton: this.#model, blocks: this.#blocks, external: this.#external };
  }

  /** How many bytes were understood; 0 when more are needed. */
  #step(data: Uint8Array, at: number): number {
    if (this.#copy && this.#copy.left > 0) {
      const part = data.subarray(at, at + Math.min(this.#copy.left, data.length - at));
      this.#copy.to(part);
      this.#copy.left -= part.length;
      return this.#advance(part.length);
    }
    try {
      this.#closeFrames();
      const header = readHeader(data, at);
      return header ? this.#beginField(data, at, header) : 0;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return this.#passUnchanged(data.subarray(at));
    }
  }

  #beginField(data: Uint8Array, at: number, header: FieldHeader): number {
    const frame = this.#frames.at(-1);
    const { field, wireType, size, length } = header;
    const end = this.#position + size + length;
    if (frame && end > frame.end) throw new MalformedError("A field is longer than its message.");
    const isMessage = wireType === LENGTH_DELIMITED;
    const kind = isMessage ? nestedKind(frame, field) : undefined;
    if (kind) {
      const own = data.slice(at, at + size);
      this.#frames.push({ kind, header: own, end, content: new ByteList(), entries: new Map() });
      return this.#advance(size);
    }
    if (isMessage && frame?.kind === "tensor") {
      if (field === TENSOR_RAW_DATA && length >= SMALLEST_BLOCK) {
        this.#beginBlock(frame, length);
        return this.#advance(size);
      }
      if (field === TENSOR_EXTERNAL_DATA && length <= LONGEST_ENTRY) {
        if (at + size + length > data.length) return 0;
        readEntry(data.subarray(at + size, at + size + length), frame.entries);
      }
    }
    const sink = frame?.content ?? this.#model;
    const to = (bytes: Uint8Array): void => {
      sink.write(bytes);
    };
    to(data.subarray(at, at + size));
    this.#copy = { to, left: length };
    return this.#advance(size);
  }

  #beginBlock(frame: Frame, size: number): void {
    const block = this.#makeBlock(size);
    frame.block = this.#blocks.push(block) - 1;
    frame.blockSize = size;
    const to = (bytes: Uint8Array): void => {
      block.write(bytes);
    };
    this.#copy = { to, left: size };
  }

  /** Ends the messages that are complete. */
  #closeFrames(): void {
    if (this.#isCopying()) return;
    for (let top = this.#frames.at(-1); top?.end === this.#position; top = this.#frames.at(-1)) {
      this.#frames.pop();
      if (top.kind === "tensor") this.#closeTensor(top);
      const outer = this.#frames.at(-1)?.content ?? this.#model;
      const field = top.kind === "tensor" ? GRAPH_INITIALIZER : MODEL_GRAPH;
      outer.write(lengthHeader(field, top.content.size));
      outer.append(top.content);
    }
  }

  #closeTensor({ content, block, blockSize, entries }: Frame): void {
    if (block !== undefined) {
      content.write(integerField(TENSOR_DATA_LOCATION, EXTERNAL));
      const position = { location: "", offset: block, length: blockSize };
      for (const [key, value] of Object.entries(position)) {
        content.write(bytesField(TENSOR_EXTERNAL_DATA, entry(key, String(value))));
      }
      return;
    }
    const location = entries.get("location");
    // The engine refuses what leads out of the folder: such files are not looked for.
    if (location === undefined || /^[/\\]|\.\.|:/.test(location)) return;
    const length = entries.get("length");
    this.#external.push({
      file: location.slice(Math.max(location.lastIndexOf("/"), location.lastIndexOf("\\")) + 1),
      offset: Number(entries.get("offset") ?? 0),
      length: length === undefined ? undefined : Number(length),
    });
  }

  #isCopying(): boolean {
    return this.#copy !== undefined && this.#copy.left > 0;
  }

  #advance(count: number): number {
    this.#position += count;
    return count;
  }

  /** Gives up: puts back what was read of open messages, and everything from here on. */
  #passUnchanged(bytes: Uint8Array): number {
    if (this.#blocks.length > 0) {
      throw new RelevanceCamError("invalid-model", "the model file is truncated or damaged");
    }
    for (const { header, content } of this.#frames.splice(0)) {
      this.#model.write(header);
      this.#model.append(content);
    }
    const to = (part: Uint8Array): void => {
      this.#model.write(part);
    };
    to(bytes);
    this.#copy = { to, left: Infinity };
    return this.#advance(bytes.length);
  }
}

function nestedKind(frame: Frame | undefined, field: number): Frame["kind"] | undefined {
  if (!frame) return field === MODEL_GRAPH ? "graph" : undefined;
  return frame.kind === "graph" && field === GRAPH_INITIALIZER ? "tensor" : undefined;
}

/** A StringStringEntryProto. */
function entry(key: string, value: string): Uint8Array {
  return joined(bytesField(1, key), bytesField(2, value));
}

function readEntry(message: Uint8Array, entries: Map<string, string>): void {
  const texts = new Map<number, string>();
  for (const [field, content] of fieldsOf(message)) {
    texts.set(field, new TextDecoder().decode(content));
  }
  entries.set(texts.get(1) ?? "", texts.get(2) ?? "");
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
