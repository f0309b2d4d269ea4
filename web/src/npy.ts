import { RelevanceCamError } from "./error.js";
import type { Tensor } from "./types.js";

// The .npy format, version 1: magic, version, header length, a Python dictionary, the numbers.
const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];
const PREFIX_BYTES = 10;
const ALIGNMENT = 64;

/**
 * Reads a C-ordered little-endian float32 array.
 * @param name what error messages call the file
 * @throws RelevanceCamError `invalid-input`
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const isNpy = MAGIC.every((byte, place) => bytes[place] === byte);
  if (!isNpy || bytes.length < PREFIX_BYTES + 2) {
    throw malformed(name, "it is no .npy file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) > 1;
  const start = wide ? PREFIX_BYTES + 2 : PREFIX_BYTES;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(bytes.subarray(start, end));
  const shape = shapeOf(header, name);
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length - end !== size * Float32Array.BYTES_PER_ELEMENT) {
    throw malformed(
      name,
      `it should hold ${size} float32 numbers, but has ${bytes.length - end} bytes`,
    );
  }
  // Copied, because the numbers may stand at any address of the file.
  return { data: new Float32Array(Uint8Array.from(bytes.subarray(end)).buffer), shape };
}

function shapeOf(header: string, name: string): number[] {
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  if (type !== "<f4") {
    const found = `its numbers are of type ${type ?? "unknown"}, not float32 ("<f4")`;
    throw malformed(name, `${found}; save the array with .astype("float32")`);
  }
  if (!/'fortran_order':\s*False/.test(header)) {
    throw malformed(name, "it is in Fortran order; save a C-ordered array");
  }
  const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (shape === undefined) throw malformed(name, "its header has no shape");
  return shape
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map(Number);
}

/** A .npy file of float32 numbers. */
export function writeNpy({ data, shape }: Tensor): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const unpadded = PREFIX_BYTES + dictionary.length + 1;
  const start = Math.ceil(unpadded / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(start - PREFIX_BYTES - 1)}\n`;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), PREFIX_BYTES);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

function malformed(name: string, reason: string): RelevanceCamError {
  return new RelevanceCamError("invalid-input", `${name} cannot be read: ${reason}.`, name);
}
