import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { test } from "vitest";

test("the API reference is complete: every public type is exported, every link leads somewhere", () => {
  const project = fileURLToPath(new URL("../../", import.meta.url));
  const args = ["node_modules/.bin/typedoc", "--emit", "none"];
  execFileSync(process.execPath, args, { cwd: project, stdio: "pipe" });
});
