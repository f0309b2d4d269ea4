import type { Command } from "commander";

import { catalog, validValues, type CatalogEntry } from "../../src/node.js";
import { printJson, printTable } from "../print.js";

export function addCatalog(program: Command): void {
  program
    .command("catalog")
    .description("list methods, starts, composites, rules and palettes with their settings")
    .option("--json", "print one JSON object")
    .action(print);
}

function print({ json }: { readonly json?: boolean }): void {
  const { methods, starts, composites, rules, palettes } = catalog();
  if (json) {
    printJson(catalog());
    return;
  }
  printTable(
    ["method", "what it does", "start", "composite", "layers", "results"],
    methods.map(({ name, summary, start, composite, layer, kinds }) => [
      ...[name, summary, start, composite, layer, kinds.join(",")],
    ]),
  );
  printEntries("start", starts);
  printEntries("composite", composites);
  printEntries("rule", rules);
  console.log();
  printTable(
    ["palette", "kind", "what its colours mean"],
    palettes.map(({ name, kind, summary }) => [name, kind, summary]),
  );
  printSettings([...methods, ...starts, ...composites, ...rules]);
}

function printEntries(title: string, entries: readonly CatalogEntry[]): void {
  console.log();
  printTable(
    [title, "what it does"],
    entries.map(({ name, summary }) => [name, summary]),
  );
}

function printSettings(entries: readonly CatalogEntry[]): void {
  console.log();
  printTable(
    ["setting", "of", "default", "valid", "what it does"],
    entries.flatMap(({ name, parameters }) =>
      parameters.map((parameter) => [
        ...[parameter.name, name, parameter.fallback, validValues(parameter), parameter.summary],
      ]),
    ),
  );
}
