#!/usr/bin/env node
// Writes the tables of docs/catalogue.md from the built package: `node scripts/docs-tables.mjs`
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { table } from "./docs/table.mjs";
import { command } from "./setup/command.mjs";
import { projectRoot } from "./setup/paths.mjs";
import { SetupError } from "./setup/process.mjs";

export const page = join(projectRoot, "docs", "catalogue.md");

const code = (text) => (text === "" ? "-" : `\`${text}\``);
const plain = (text) => (text === "" ? "-" : text.replaceAll("|", "\\|"));

function methodsTable(methods) {
  const header = ["method", "family", "what it does", "start", "composite", "layers", "results"];
  return table(
    [...header, "paper"],
    methods.map(({ name, family, summary, start, composite, layer, kinds, paper }) => [
      ...[code(name), family, plain(summary), code(start), code(composite), code(layer)],
      ...[kinds.map(code).join(", "), plain(paper)],
    ]),
  );
}

function entriesTable(noun, entries) {
  return table(
    [noun, "what it does", "paper"],
    entries.map(({ name, summary, paper }) => [code(name), plain(summary), plain(paper)]),
  );
}

function palettesTable(palettes) {
  return table(
    ["palette", "kind", "what its colours mean"],
    palettes.map(({ name, kind, summary }) => [code(name), kind, plain(summary)]),
  );
}

function settingsTable(owners, validValues) {
  const rows = owners.flatMap(({ noun, entries }) =>
    entries.flatMap(({ name, parameters }) =>
      parameters.map((parameter) => [
        ...[code(parameter.name), `${noun} ${code(name)}`, code(parameter.fallback)],
        ...[validValues(parameter), plain(parameter.summary)],
      ]),
    ),
  );
  return table(["setting", "of", "default", "valid", "what it does"], rows);
}

function tablesOf({ catalog, validValues }) {
  const { methods, starts, composites, rules, palettes } = catalog();
  const owners = [
    { noun: "method", entries: methods },
    { noun: "start", entries: starts },
    { noun: "composite", entries: composites },
    { noun: "rule", entries: rules },
  ];
  return {
    methods: methodsTable(methods),
    starts: entriesTable("start", starts),
    composites: entriesTable("composite", composites),
    rules: entriesTable("rule", rules),
    palettes: palettesTable(palettes),
    settings: settingsTable(owners, validValues),
  };
}

/**
 * The page's text with the tables between its markers written anew.
 * @param built the built package
 */
export function withTables(text, built) {
  return Object.entries(tablesOf(built)).reduce((page, [name, rows]) => {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [begin, end] = [page.indexOf(open), page.indexOf(close)];
    if (begin < 0 || end < begin) throw new SetupError(`docs/catalogue.md lacks ${open} ${close}.`);
    return `${page.slice(0, begin + open.length)}\n${rows}\n${page.slice(end)}`;
  }, text);
}

async function writeTables() {
  const built = join(projectRoot, "dist", "node.js");
  if (!existsSync(built)) throw new SetupError("There is no dist/node.js: run `npm run build`.");
  const relevanceCam = await import(pathToFileURL(built).href);
  writeFileSync(page, withTables(readFileSync(page, "utf8"), relevanceCam));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await command("docs", writeTables);
