import { catalog, type CatalogEntry } from "../src/node.js";

/** The names that options take, for a help text. */
export function helpOnNames(): string {
  const { methods, starts, composites, rules, palettes } = catalog();
  return [
    section("Methods", methods),
    section("Starts", starts),
    section("Composites", composites),
    section("Rules (of tables of your own)", rules),
    section("Palettes", palettes),
    "\nTheir settings (--set) are listed by: relevance-cam catalog",
  ].join("\n");
}

function section(
  title: string,
  entries: readonly Pick<CatalogEntry, "name" | "summary">[],
): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  const lines = entries.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `\n${title}:\n${lines.join("\n")}`;
}
