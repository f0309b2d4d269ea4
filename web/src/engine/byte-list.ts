const SHORTEST_CHUNK = 2 ** 12;
const LONGEST_CHUNK = 2 ** 20;

/** Copies of bytes written one after the other, without ever copying them again to grow. */
export class ByteList {
  #chunks: Uint8Array[] = [];
  /** Bytes of the last chunk that are taken. */
  #taken = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const chunk = this.#roomyChunk();
      const count = Math.min(chunk.length - this.#taken, bytes.length - at);
      chunk.set(bytes.subarray(at, at + count), this.#taken);
      this.#taken += count;
      at += count;
    }
    this.#size += bytes.length;
  }

  /** Everything that `other` holds. */
  append(other: ByteList): void {
    for (const part of other.parts()) this.write(part);
  }

  *parts(): Generator<Uint8Array> {
    for (const [i, chunk] of this.#chunks.entries()) {
      yield i === this.#chunks.length - 1 ? chunk.subarray(0, this.#taken) : chunk;
    }
  }

  #roomyChunk(): Uint8Array {
    const last = this.#chunks.at(-1);
    if (last && this.#taken < last.length) return last;
    const size = Math.min(Math.max(this.#size, SHORTEST_CHUNK), LONGEST_CHUNK);
    const chunk = new Uint8Array(size);
    this.#chunks.push(chunk);
    this.#taken = 0;
    return chunk;
  }
}
