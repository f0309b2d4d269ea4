import { relaxedSimd, simd, threads } from "wasm-feature-detect";

import type { LoadRequest } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import type { Variant } from "../types.js";

/** The two files of a build: Emscripten's JavaScript and the WebAssembly. */
export interface VariantFiles {
  readonly glue: URL;
  readonly wasm: URL;
}

// Bundlers find and copy files that are named just so. Entries and chunks lie in one folder.
export const VARIANT_FILES: Readonly<Record<Variant, VariantFiles>> = {
  simd: {
    glue: new URL("./wasm/simd.mjs", import.meta.url),
    wasm: new URL("./wasm/simd.wasm", import.meta.url),
  },
  "simd-threads": {
    glue: new URL("./wasm/simd-threads.mjs", import.meta.url),
    wasm: new URL("./wasm/simd-threads.wasm", import.meta.url),
  },
  relaxed: {
    glue: new URL("./wasm/relaxed.mjs", import.meta.url),
    wasm: new URL("./wasm/relaxed.wasm", import.meta.url),
  },
  "relaxed-threads": {
    glue: new URL("./wasm/relaxed-threads.mjs", import.meta.url),
    wasm: new URL("./wasm/relaxed-threads.wasm", import.meta.url),
  },
};

export interface Choice {
  readonly variant: Variant;
  readonly threads: number;
}

/** More threads than this gain little on networks of one image. */
const MAX_DEFAULT_THREADS = 4;

/**
 * The best build for this machine within what the caller asked for.
 * @param available processors of the machine
 * @throws RelevanceCamError `unsupported-runtime` without SIMD, or without relaxed SIMD asked for
 */
export async function chooseVariant(
  { runtime, threads: wanted }: Pick<LoadRequest, "runtime" | "threads">,
  available: number,
): Promise<Choice> {
  const [hasSimd, hasRelaxed, hasThreads] = await Promise.all([simd(), relaxedSimd(), threads()]);
  if (!hasSimd) {
    throw new RelevanceCamError(
      "unsupported-runtime",
      "This browser has no WebAssembly SIMD; update it (Chrome 91, Firefox 89, Safari 16.4).",
    );
  }
  if (runtime === "relaxed" && !hasRelaxed) {
    throw new RelevanceCamError(
      "unsupported-runtime",
      'There is no relaxed SIMD here; choose the runtime "simd" or "auto".',
      "runtime",
    );
  }
  const relaxed = hasRelaxed && runtime !== "simd";
  const count = hasThreads ? (wanted ?? Math.min(available, MAX_DEFAULT_THREADS)) : 1;
  const base = relaxed ? "relaxed" : "simd";
  return { variant: count > 1 ? `${base}-threads` : base, threads: Math.max(count, 1) };
}
