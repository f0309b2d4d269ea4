import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const FOLDER_OF_PHOTOS = "photos";
const MODELS = ["models/efficientnet-lite0.onnx", "models/imagenet-labels.txt"];

/** Puts the default model, its labels and the sample photos beside the page, from the cache. */
export function cachedAssets(cache: string): Plugin {
  return {
    name: "cached-assets",
    buildStart() {
      for (const name of assetsOf(cache)) {
        if (!existsSync(join(cache, name))) {
          this.error(`${name} is not there: run \`node scripts/fetch-model.mjs\` first.`);
        }
      }
    },
    generateBundle() {
      for (const fileName of assetsOf(cache)) {
        const source = readFileSync(join(cache, fileName));
        this.emitFile({ type: "asset", fileName, source });
      }
    },
    configureServer(server) {
      const names = new Set(assetsOf(cache));
      server.middlewares.use((request, response, next) => {
        const name = decodeURIComponent((request.url ?? "").replace(/^\/|\?.*$/g, ""));
        if (!names.has(name)) {
          next();
          return;
        }
        createReadStream(join(cache, name)).pipe(response);
      });
    },
  };
}

/** Paths below the cache, and below the page. */
function assetsOf(cache: string): string[] {
  const folder = join(cache, FOLDER_OF_PHOTOS);
  const photos = existsSync(folder) ? readdirSync(folder) : ["credits.json"];
  return [...MODELS, ...photos.map((name) => `${FOLDER_OF_PHOTOS}/${name}`)];
}
