/** What is needed of protobuf's wire format: the beginning of a field, and how to write one. */
export interface FieldHeader {
  readonly field: number;
  readonly wireType: number;
  /** Bytes of the header itself. */
  readonly size: number;
  /** Bytes of the content behind the header, which for variable-length integers is part of it. */
  readonly length: number;
}

export const LENGTH_DELIMITED = 2;
const VARINT = 0;
const FIXED = new Map([
  [1, 8],
  [5, 4],
]);
const LONGEST_VARINT = 10;

/** The bytes are no protobuf message. */
export class MalformedError extends Error {}

/** `undefined` where the bytes end too early. */
function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < LONGEST_VARINT; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    // Doubles are exact as far as any length here reaches.
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw new MalformedError("A number is too long.");
}

/**
 * The header of the field that begins `at`; `undefined` where more bytes are needed to tell.
 * @throws MalformedError
 */
export function readHeader(bytes: Uint8Array, at: number): FieldHeader | undefined {
  const tag = readVarint(bytes, at);
  if (!tag) return undefined;
  const wireType = tag.value % 8;
  const field = Math.floor(tag.value / 8);
  if (wireType === VARINT) {
    const value = readVarint(bytes, tag.end);
    return value && { field, wireType, size: value.end - at, length: 0 };
  }
  const fixed = FIXED.get(wireType);
  if (fixed !== undefined) return { field, wireType, size: tag.end - at, length: fixed };
  if (wireType !== LENGTH_DELIMITED) throw new MalformedError("A field has an unknown form.");
  const length = readVarint(bytes, tag.end);
  return length && { field, wireType, size: length.end - at, length: length.value };
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

/** A field that holds a number. */
export function integerField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)]);
}

/** The header of a field of `length` bytes. */
export function lengthHeader(field: number, length: number): Uint8Array {
  return Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(length)]);
}

/** A field that holds bytes or a text. */
export function bytesField(field: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const header = lengthHeader(field, bytes.length);
  const whole = new Uint8Array(header.length + bytes.length);
  whole.set(header);
  whole.set(bytes, header.length);
  return whole;
}

/** The length-delimited fields of a whole message. */
export function* fieldsOf(message: Uint8Array): Generator<[number, Uint8Array]> {
  for (let at = 0; at < message.length;) {
    const header = readHeader(message, at);
    if (!header) throw new MalformedError("A field ends too early.");
    const begin = at + header.size;
    at = begin + header.length;
    if (at > message.length) throw new MalformedError("A field ends too early.");
    if (header.wireType === LENGTH_DELIMITED) yield [header.field, message.subarray(begin, at)];
  }
}
