import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { cachedAssets } from "./cached-assets.js";
import { contentSecurityPolicy } from "./content-security-policy.js";

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What lets a page use threads; any other host of the page may send them, none must. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: project("web/demo"),
  base: "./",
  publicDir: false,
  resolve: { alias: { "relevance-cam": project("dist/index.js") } },
  plugins: [cachedAssets(project(".cache")), contentSecurityPolicy()],
  server: { headers: isolation, fs: { allow: [project("")] } },
  preview: { headers: isolation },
  worker: { format: "es" },
  build: {
    outDir: project("dist/demo"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
