import { RelevanceCamError } from "../error.js";
import { checkImageSize } from "../image/limits.js";
import type { PixelImage } from "../types.js";
import { fetchFile } from "./fetch.js";
import type { ByteStream, OpenOptions, Platform } from "./platform.js";

const CACHE_NAME = "relevance-cam";

/** A page or a worker. */
export const webPlatform: Platform = {
  processors() {
    return navigator.hardwareConcurrency;
  },

  async compile(wasm) {
    if (typeof wasm !== "string") return WebAssembly.compile(wasm as BufferSource);
    const response = await fetchFile(wasm);
    const typed = response.headers.get("content-type")?.startsWith("application/wasm");
    if (typed) return WebAssembly.compileStreaming(response);
    return WebAssembly.compile(await response.arrayBuffer());
  },

  async open(address, options) {
    const { response, kept } = await cachedResponse(address, options);
    return { ...streamOf(response, address), kept };
  },

  async toPixels(image) {
    if (!(image instanceof Blob)) return pixelsOf(image);
    const bitmap = await decode(image);
    try {
      return pixelsOf(bitmap);
    } finally {
      bitmap.close();
    }
  },
};

async function cachedResponse(
  address: string,
  { cache, signal }: OpenOptions,
): Promise<{ response: Response; kept?: Promise<void> }> {
  const store = cache && /^https?:/.test(address) ? await openCache() : undefined;
  const found = await store?.match(address);
  if (found) return { response: found };
  const response = await fetchFile(address, signal);
  return store ? { response, kept: keep(store, address, response.clone()) } : { response };
}

/** `undefined` where pages have no Cache API: in insecure contexts and some private modes. */
async function openCache(): Promise<Cache | undefined> {
  if (typeof caches === "undefined") return undefined;
  return caches.open(CACHE_NAME).catch(() => undefined);
}

/** A full disk or an aborted download leaves the model uncached; the next load fetches it again. */
async function keep(store: Cache, address: string, response: Response): Promise<void> {
  await store.put(address, response).catch(() => undefined);
}

function streamOf(response: Response, address: string): ByteStream {
  if (!response.body) {
    throw new RelevanceCamError("unreadable", `${address} has no content.`, address);
  }
  const length = Number(response.headers.get("content-length"));
  return { size: length > 0 ? length : undefined, chunks: response.body };
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob);
  } catch (cause) {
    const name = blob instanceof File ? blob.name : "The image";
    throw new RelevanceCamError(
      "invalid-image",
      `${name} cannot be decoded: it is damaged, empty or of a type this browser does not know.`,
      name,
      { cause },
    );
  }
}

function pixelsOf(bitmap: ImageBitmap): PixelImage {
  const { width, height } = bitmap;
  checkImageSize(width, height, "The image");
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) {
    throw new RelevanceCamError("unsupported-runtime", "Workers of this browser have no canvas.");
  }
  context.drawImage(bitmap, 0, 0);
  return { data: context.getImageData(0, 0, width, height).data, width, height };
}
