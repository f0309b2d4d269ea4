// Where everything lives, in one place.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const toolchain = join(projectRoot, ".toolchain");
export const sources = join(toolchain, "src");
export const bin = join(toolchain, "bin");
