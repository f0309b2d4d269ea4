import { ByteList } from "./byte-list.js";
import { SMALLEST_BLOCK, type Block, type ExternalTensor } from "./model-splitter.js";

/** A part of a file in memory of its own. */
export interface Piece<B> {
  readonly offset: number;
  readonly block: B;
}

interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * Large tensors of one external data file, in order; overlapping ones as one. `undefined` where the
 * model does not say how long some tensor is: then no place is a safe one to cut.
 */
export function rangesOf(tensors: readonly ExternalTensor[]): readonly Range[] | undefined {
  const ranges: { begin: number; end: number }[] = [];
  const sorted = [...tensors].sort((a, b) => a.offset - b.offset);
  for (const { offset, length } of sorted) {
    if (length === undefined || !Number.isSafeInteger(offset + length)) return undefined;
    const last = ranges.at(-1);
    if (last && offset < last.end) last.end = Math.max(last.end, offset + length);
    else ranges.push({ begin: offset, end: offset + length });
  }
  return ranges.filter(({ begin, end }) => end - begin >= SMALLEST_BLOCK);
}

/** Cuts a file at the tensors that it holds while it arrives. What lies between is kept too. */
export class ExternalSplitter<B extends Block> {
  readonly #makeBlock: (size: number) => B;
  readonly #ranges: readonly Range[];
  readonly #pieces: Piece<B>[] = [];
  #next = 0;
  #position = 0;
  #current: { range: Range; block: B } | undefined;
  #gap = new ByteList();

  constructor(ranges: readonly Range[], makeBlock: (size: number) => B) {
    this.#ranges = ranges;
    this.#makeBlock = makeBlock;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const end = this.#boundary();
      const part = bytes.subarray(at, at + Math.min(end - this.#position, bytes.length - at));
      if (this.#current) this.#current.block.write(part);
      else this.#gap.write(part);
      at += part.length;
      this.#position += part.length;
    }
  }

  /** A tensor that the file ends within is left out. */
  finish(): readonly Piece<B>[] {
    if (this.#current?.range.end === this.#position) this.#endBlock();
    this.#endGap();
    return this.#pieces;
  }

  /** Where what is being written ends, after beginning something new where the last has ended. */
  #boundary(): number {
    if (this.#current?.range.end === this.#position) this.#endBlock();
    const range = this.#ranges[this.#next];
    if (!this.#current && range?.begin === this.#position) {
      this.#endGap();
      this.#current = { range, block: this.#makeBlock(range.end - range.begin) };
      this.#next++;
    }
    return this.#current?.range.end ?? range?.begin ?? Infinity;
  }

  #endBlock(): void {
    if (!this.#current) return;
    const { range, block } = this.#current;
    this.#pieces.push({ offset: range.begin, block });
    this.#current = undefined;
  }

  #endGap(): void {
    if (this.#gap.size === 0) return;
    const block = this.#makeBlock(this.#gap.size);
    for (const part of this.#gap.parts()) block.write(part);
    this.#pieces.push({ offset: this.#position - this.#gap.size, block });
    this.#gap = new ByteList();
  }
}
