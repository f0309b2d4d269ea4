import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import decodeJpeg, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodeWebp, { init as initWebp } from "@jsquash/webp/decode.js";
import { imageSize } from "image-size";
import { PNG } from "pngjs";

import { RelevanceCamError } from "../src/error.js";
import { checkImageSize } from "../src/image/limits.js";
import type { PixelImage } from "../src/types.js";

type Decoder = (bytes: Uint8Array) => Promise<PixelImage>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  jpg: (bytes) =>
    decodeWith(initJpeg, "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", () =>
      decodeJpeg(arrayBufferOf(bytes), { preserveOrientation: true }),
    ),
  webp: (bytes) =>
    decodeWith(initWebp, "@jsquash/webp/codec/dec/webp_dec.wasm", () =>
      decodeWebp(arrayBufferOf(bytes)),
    ),
  png: (bytes) => {
    const { data, width, height } = PNG.sync.read(Buffer.from(bytes));
    return Promise.resolve({ data, width, height });
  },
};

/**
 * Decodes a JPEG (turned as its EXIF orientation says), PNG or WebP file to RGBA.
 * @param name what error messages call the file
 * @throws RelevanceCamError `invalid-image`
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<PixelImage> {
  const { type, width, height } = measure(bytes, name);
  const decoder = DECODERS[type];
  if (!decoder) throw invalid(name, `${type} files are not known; give a JPEG, PNG or WebP`);
  checkImageSize(width, height, name);
  try {
    return await decoder(bytes);
  } catch (cause) {
    throw invalid(name, "it is damaged", cause);
  }
}

function measure(bytes: Uint8Array, name: string): { type: string; width: number; height: number } {
  try {
    const { type = "unknown", width, height } = imageSize(bytes);
    return { type, width, height };
  } catch (cause) {
    throw invalid(name, "it is no picture, .npy array or TensorProto .pb", cause);
  }
}

/** Emscripten's options, of which the codecs' own types list only a part. */
interface CodecOptions {
  instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
  printErr: (message: string) => void;
}

/** A new instance for each picture: one that failed is not usable again. */
async function decodeWith(
  init: (options: never) => Promise<void>,
  wasmFile: string,
  decode: () => Promise<PixelImage>,
): Promise<PixelImage> {
  provideImageData();
  const path = createRequire(import.meta.url).resolve(wasmFile);
  const wasm = await WebAssembly.compile(await readFile(path));
  const warnings: string[] = [];
  const options: CodecOptions = {
    instantiateWasm: (imports, receive) => {
      const instance = new WebAssembly.Instance(wasm, imports);
      receive(instance);
      return instance.exports;
    },
    printErr: (message) => warnings.push(message),
  };
  await init(options as never);
  const image = await decode();
  // A decoder fills up what is missing in a cut file with grey and only warns.
  if (warnings.length > 0) throw new Error(warnings.join("; "));
  return image;
}

/** The codecs return their pixels in the browser's class. */
function provideImageData(): void {
  const scope = globalThis as { ImageData?: unknown };
  scope.ImageData ??= class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  };
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function invalid(name: string, reason: string, cause?: unknown): RelevanceCamError {
  return new RelevanceCamError("invalid-image", `${name} cannot be used: ${reason}.`, name, {
    cause,
  });
}
