import { fileURLToPath } from "node:url";
import { build } from "vite";

/** The page that is tested is the page as it is built now. */
export default async function buildDemo(): Promise<void> {
  const configFile = fileURLToPath(new URL("../../web/demo/vite.config.ts", import.meta.url));
  await build({ configFile, logLevel: "warn" });
}
