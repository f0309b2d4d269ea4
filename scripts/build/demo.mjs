// The demo page, built as any file server would host it, and served on this machine.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../setup/paths.mjs";

const program = join(projectRoot, "node_modules", ".bin", "vite");
const config = ["--config", join(projectRoot, "web", "demo", "vite.config.ts")];

function vite(command) {
  return spawnSync(program, [...command, ...config], { cwd: projectRoot, stdio: "inherit" }).status;
}

/** Builds the page and serves it until it is stopped; vite prints the address. */
export function serveDemo() {
  return vite(["build", "--logLevel", "warn"]) || vite(["preview"]);
}
