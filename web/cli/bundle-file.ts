import {
  bundle,
  encodePng,
  zip,
  type BundleFile,
  type Comparison,
  type Explanation,
  type PixelImage,
} from "../src/node.js";
import { writeBytes } from "./files.js";
import type { ColorOptions } from "./shared-options.js";

interface BundleParts {
  /** Folder of the archive that the files lie in. */
  readonly folder: string;
  /** What the manifest says of model and image. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly image: PixelImage;
  readonly options: ColorOptions;
  readonly signed?: boolean | undefined;
}

/** The files of one image's bundle. */
export async function bundleOf(
  subject: Explanation | Comparison,
  { folder, about, image, signed, options: { opacity, threshold } }: BundleParts,
): Promise<BundleFile[]> {
  const overlays = { image, signed, encodePng, opacity, threshold };
  const files = await bundle(subject, { overlays, about });
  return files.map(({ name, bytes }) => ({ name: `${folder}/${name}`, bytes }));
}

/** Writes the files as one ZIP archive. */
export function writeBundle(path: string, files: readonly BundleFile[]): Promise<void> {
  return writeBytes(path, zip(files));
}
