#!/usr/bin/env node
// Formats every file of ours in place.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "./build/npm-packages.mjs";
import { command } from "./setup/command.mjs";
import { bin, projectRoot } from "./setup/paths.mjs";
import { setUp } from "./setup/parts.mjs";
import { run } from "./setup/process.mjs";

await command("format", async () => {
  await setUp(["lint"]);
  installPackages();
  const files = ["src", "bindings", "tests"]
    .map((folder) => join(projectRoot, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
    .filter((path) => /\.(h|cpp)$/.test(path));
  run(join(bin, "clang-format"), ["-i", ...files]);
  run(join(projectRoot, "node_modules", ".bin", "prettier"), ["--write", "."], {
    cwd: projectRoot,
  });
});
