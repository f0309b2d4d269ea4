#!/usr/bin/env node
// Brings the toolchain into .toolchain/: `node scripts/setup.mjs [native|wasm|browser|lint|node-tests|all]...`
import { command } from "./setup/command.mjs";
import { setUp } from "./setup/parts.mjs";

await command("setup", () => setUp(process.argv.slice(2)));
