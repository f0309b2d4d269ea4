// The demo page and the package in a real Chromium.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installModel } from "../build/model.mjs";
import { buildPackage } from "../build/package.mjs";
import { projectRoot } from "../setup/paths.mjs";
import { setUp } from "../setup/parts.mjs";
import { runProgram } from "./programs.mjs";

const config = join(projectRoot, "tests", "e2e", "playwright.config.ts");
const report = join(projectRoot, "build", "playwright.json");

export async function runBrowserTests() {
  await setUp(["wasm", "browser"]);
  buildPackage();
  installModel();
  rmSync(report, { force: true });
  const program = join(projectRoot, "node_modules", ".bin", "playwright");
  const args = ["test", "--config", config, "--reporter=list,json"];
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const { status, output } = await runProgram(program, args, { env });
  if (status !== 0) console.error(output);
  const { stats } = JSON.parse(readFileSync(report, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: stats.skipped,
  };
}
