import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { translateError } from "../../../web/src/engine/translate-error.js";
import type { MainModule } from "../../../web/src/engine/wasm-module.js";

interface Glue {
  readonly default: (options: { readonly wasmBinary: Uint8Array }) => Promise<MainModule>;
}

const built = (file: string): URL => new URL(`../../../dist/wasm/${file}`, import.meta.url);

test("memory that WebAssembly does not have is a typed error, and the module goes on", async () => {
  const { default: start } = (await import(built("simd.mjs").href)) as Glue;
  const module = await start({ wasmBinary: readFileSync(built("simd.wasm")) });
  const everything = 2 ** 32 - 2 ** 16;
  const failure = ((): unknown => {
    try {
      return module.Buffer.make(everything);
    } catch (error) {
      return translateError(error);
    }
  })();
  expect(failure).toMatchObject({ code: "out-of-memory" });
  expect(module.Buffer.make(16).view()).toHaveLength(16);
});
