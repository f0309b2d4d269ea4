// The suites in the order they run. A suite reports how many tests passed, failed and were skipped.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { variants } from "../build/cmake.mjs";
import { projectRoot } from "../setup/paths.mjs";
import { runBrowserTests } from "./browser.mjs";
import { runNativeTests, runWasmTests } from "./google-test.mjs";
import { runLint } from "./lint.mjs";
import { runPackTests, runTypeScriptTests } from "./typescript.mjs";

const always = () => true;
const whereFolder = (path) => () => existsSync(join(projectRoot, path));

export const suites = [
  { name: "lint", exists: always, run: runLint },
  { name: "native", exists: always, run: runNativeTests },
  ...variants.map((variant) => ({
    name: `wasm-${variant.name}`,
    exists: always,
    run: () => runWasmTests(variant),
  })),
  { name: "ts", exists: whereFolder("tests/web"), run: runTypeScriptTests },
  { name: "browser", exists: whereFolder("tests/e2e"), run: runBrowserTests },
  { name: "pack", exists: whereFolder("tests/pack"), run: runPackTests },
];
