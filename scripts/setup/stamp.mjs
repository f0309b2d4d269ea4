// A part is done when its stamp holds the key of what was asked for.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolchain } from "./paths.mjs";

const folder = join(toolchain, "stamps");

/** Runs `work` unless `name` was already done for this `key` and all `products` still exist. */
export async function once(name, key, products, work) {
  const stamp = join(folder, name);
  const done =
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === key &&
    products.every((p) => existsSync(p));
  if (done) return;
  rmSync(stamp, { force: true });
  const start = performance.now();
  console.log(`setup: ${name} ...`);
  await work();
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, key);
  console.log(`setup: ${name} ready (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
