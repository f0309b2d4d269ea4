import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: { "relevance-cam": fileURLToPath(new URL("dist/node.js", import.meta.url)) },
  },
  test: {
    include: ["tests/web/**/*.test.ts", "tests/pack/**/*.test.ts", "tests/bench/**/*.test.mjs"],
    // What is shipped is what is tested: the built package is loaded by Node itself.
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
