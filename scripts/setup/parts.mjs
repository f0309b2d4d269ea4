// The parts of the toolchain, by name.
import { setUpBrowser } from "./browser.mjs";
import { setUpWasm } from "./emscripten.mjs";
import { setUpLint } from "./lint.mjs";
import { setUpNative } from "./native.mjs";
import { setUpNodeTests } from "./node-tests.mjs";
import { SetupError } from "./process.mjs";

const parts = {
  native: setUpNative,
  wasm: setUpWasm,
  browser: setUpBrowser,
  lint: setUpLint,
  "node-tests": setUpNodeTests,
};

/** Sets up the named parts; none, or "all", stands for every part. */
export async function setUp(names) {
  const asked = names.length === 0 || names.includes("all") ? Object.keys(parts) : names;
  const unknown = asked.find((name) => !(name in parts));
  if (unknown) {
    throw new SetupError(
      `Unknown part "${unknown}": choose ${Object.keys(parts).join(", ")} or all.`,
    );
  }
  for (const name of asked) await parts[name]();
}
