import { constants, openAsBlob } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { RelevanceCamError } from "../error.js";
import { fetchFile } from "./fetch.js";
import type { Platform } from "./platform.js";

/** Node 20 and newer. */
export const nodePlatform: Platform = {
  processors: availableParallelism,

  async compile(wasm) {
    return WebAssembly.compile((await bytesOf(wasm)) as BufferSource);
  },

  async open(address, { signal }) {
    if (!address.startsWith("file:")) {
      const response = await fetchFile(address, signal);
      const length = Number(response.headers.get("content-length"));
      const chunks = response.body ?? new Blob([]).stream();
      return { size: length > 0 ? length : undefined, chunks };
    }
    const blob = await openFile(fileURLToPath(address));
    return { size: blob.size, chunks: blob.stream(), direct: true };
  },

  toPixels() {
    return Promise.reject(
      new RelevanceCamError(
        "invalid-image",
        "Node decodes no pictures; decode yours to {data, width, height} or give a tensor.",
      ),
    );
  },
};

/** A Blob says only when it is read that it cannot be. */
async function openFile(path: string): Promise<Blob> {
  try {
    await access(path, constants.R_OK);
    if (!(await stat(path)).isFile()) throw new Error("it is no file");
    return await openAsBlob(path);
  } catch (cause) {
    throw new RelevanceCamError("unreadable", `${path} cannot be read.`, path, { cause });
  }
}

async function bytesOf(wasm: string | Uint8Array): Promise<Uint8Array> {
  if (typeof wasm !== "string") return wasm;
  if (wasm.startsWith("file:")) return readFile(fileURLToPath(wasm));
  return new Uint8Array(await (await fetchFile(wasm)).arrayBuffer());
}
