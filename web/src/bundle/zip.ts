import { zipSync, type ZippableFile } from "fflate";

import type { BundleFile } from "./bundle.js";

/** Files carry no time, so that the same files give the same archive. */
const NO_TIME = new Date(1980, 0, 1);

/** The files as one ZIP archive. */
export function zip(files: readonly BundleFile[]): Uint8Array {
  const entries = files.map(({ name, bytes }): [string, ZippableFile] => [
    name,
    // PNG files are compressed already.
    [bytes, { level: name.endsWith(".png") ? 0 : 6, mtime: NO_TIME }],
  ]);
  return zipSync(Object.fromEntries(entries));
}
