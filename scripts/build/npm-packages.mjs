// npm's packages, installed from the lock file whenever it has changed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../setup/paths.mjs";
import { run } from "../setup/process.mjs";

const stamp = join(projectRoot, "node_modules", ".lock-sha256");

export function installPackages() {
  const lock = readFileSync(join(projectRoot, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.log("build: npm ci ...");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: projectRoot });
  writeFileSync(stamp, hash);
}
