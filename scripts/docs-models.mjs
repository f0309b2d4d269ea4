#!/usr/bin/env node
// Writes the table of docs/models.md from what the matrix's tests record:
// `node scripts/docs-models.mjs [TEST-PROGRAM]`; the program is the native one by default.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "./docs/table.mjs";
import { command } from "./setup/command.mjs";
import { projectRoot } from "./setup/paths.mjs";
import { SetupError, run } from "./setup/process.mjs";

export const page = join(projectRoot, "docs", "models.md");

const cases = join(projectRoot, "tests", "data", "matrix");
const nativeTests = join(projectRoot, "build", "native-asan", "tests", "relcam_tests");
const [open, close] = ["<!-- matrix -->", "<!-- /matrix -->"];

/** What case.json of every network says, by name. */
export function networks() {
  return readdirSync(cases, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => JSON.parse(readFileSync(join(cases, name, "case.json"), "utf8")))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The cells of a network that do not depend on how it ran. */
export function exportCells({ name, family, exporter, opset, batch_norm, dynamic_axes }) {
  const dynamic = dynamic_axes.length > 0 ? dynamic_axes.join(", ") : "-";
  return [family, `\`${name}\``, exporter, String(opset), batch_norm, dynamic];
}

/** The properties that the tests recorded, by network; throws where a test failed. */
function recordedProperties(program) {
  const folder = mkdtempSync(join(tmpdir(), "relevance-cam-matrix-"));
  const report = join(folder, "report.json");
  try {
    run(program, ["--gtest_filter=*MatrixTest.*", `--gtest_output=json:${report}`]);
    const { testsuites } = JSON.parse(readFileSync(report, "utf8"));
    const recorded = new Map();
    for (const test of testsuites.flatMap(({ testsuite }) => testsuite)) {
      const name = test.name.split("/").at(-1);
      recorded.set(name, { ...recorded.get(name), ...test });
    }
    return recorded;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The power of ten that a relative error keeps below. */
function bound(error) {
  const value = Number(error);
  return value === 0 ? "0" : `1e${Math.ceil(Math.log10(value))}`;
}

function resultCells({ logits, gradient, stages, ledger }) {
  return [bound(logits), bound(gradient), `${stages} stages`, bound(ledger)];
}

function writeTable() {
  const program = process.argv[2] ?? nativeTests;
  if (!existsSync(program)) throw new SetupError(`There is no ${program}: build relcam_tests.`);
  const recorded = recordedProperties(program);
  const header = ["family", "network", "exporter", "opset", "batch norms", "dynamic axes"];
  const rows = networks().map((network) => [
    ...exportCells(network),
    ...resultCells(recorded.get(network.name)),
  ]);
  const text = readFileSync(page, "utf8");
  const [begin, end] = [text.indexOf(open), text.indexOf(close)];
  if (begin < 0 || end < begin) throw new SetupError(`docs/models.md lacks ${open} ${close}.`);
  const results = ["logits", "input gradient", "Relevance-CAM", "ledger"];
  const lines = table([...header, ...results], rows);
  writeFileSync(page, `${text.slice(0, begin + open.length)}\n${lines}\n${text.slice(end)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command("docs", writeTable);
