import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { catalog } from "relevance-cam";
import { describe, expect, test } from "vitest";

import { folder, picturesOf } from "../../scripts/docs-pictures.mjs";
import { projectRoot } from "../../scripts/setup/paths.mjs";

const MOST_BYTES = 150_000;
const MOST_BYTES_OF_ALL = 1_750_000;

const { methods, starts, composites, rules } = catalog();

/** Where sections of starts, composites and rules stand; all other pages are about methods. */
const pageOf = { starts: "starts.md", composites: "composites.md", rules: "rules.md" };

function markdownBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("api"))
    .map((name) => join(path, name));
}

const methodPages = markdownBelow(folder).filter(
  (path) => !Object.values(pageOf).includes(basename(path)),
);

/** The text under the heading that is the entry's name in code style; of none or several pages "". */
function sectionOf(name: string, pages: readonly string[]): string {
  const sections = pages.flatMap((page) =>
    `\n${readFileSync(page, "utf8")}`
      .split("\n## ")
      .filter((section) => section.startsWith(`\`${name}\`\n`)),
  );
  return sections.length === 1 ? (sections[0] ?? "") : "";
}

describe.each([
  { noun: "method", entries: methods, pages: methodPages },
  { noun: "start", entries: starts, pages: [join(folder, pageOf.starts)] },
  { noun: "composite", entries: composites, pages: [join(folder, pageOf.composites)] },
  { noun: "rule", entries: rules, pages: [join(folder, pageOf.rules)] },
])("every $noun of the catalogue", ({ entries, pages }) => {
  test.each(entries)("$name has a section with its settings", ({ name, parameters }) => {
    const section = sectionOf(name, pages).replace(/\s+/g, " ");
    expect(section).not.toBe("");
    for (const { name: setting, fallback } of parameters) {
      expect(section).toContain(`\`${setting}\` (${fallback && `\`${fallback}\``}`);
    }
  });
});

test.each(methods)("$name has a formula, a paper and both calls", ({ name }) => {
  const section = sectionOf(name, methodPages);
  for (const part of ["```math\n", "**Paper.**", "```sh\nrelevance-cam ", "```js\n"]) {
    expect(section).toContain(part);
  }
});

test.each(methods)("$name has a picture", ({ name }) => {
  const section = sectionOf(name, methodPages);
  const [picture, ...others] = picturesOf(section);
  expect(others).toEqual([]);
  expect(picture?.words.some((word: string) => word.split(":")[0] === name)).toBe(true);
});

describe("pictures", () => {
  const drawn = markdownBelow(folder).flatMap((page) =>
    picturesOf(readFileSync(page, "utf8")).map(({ path }: { path: string }) => path),
  );
  const stored = readdirSync(join(folder, "pictures")).map((name) => `pictures/${name}`);

  test("are those of the command lines: else run scripts/docs-pictures.mjs", () => {
    expect(drawn.sort()).toEqual(stored.sort());
  });

  test("are small", () => {
    const sizes = stored.map((path) => statSync(join(folder, path)).size);
    expect(Math.max(...sizes)).toBeLessThan(MOST_BYTES);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES_OF_ALL);
  });
});

/** The addresses of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of text.matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

const withoutCode = (text: string): string => text.replace(/^```[^]*?^```$/gm, "");

/** Links of a page that lead nowhere. */
function brokenLinks(page: string): string[] {
  const links = [...withoutCode(readFileSync(page, "utf8")).matchAll(/\]\(([^)\s]+)\)/g)];
  return links
    .map(([, link = ""]) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).has(anchor);
    });
}

const topPages = readdirSync(projectRoot)
  .filter((name) => name.endsWith(".md"))
  .map((name) => join(projectRoot, name));

test.each(
  [...topPages, ...markdownBelow(join(projectRoot, "docs"))].map((page) => ({
    page,
    name: relative(projectRoot, page),
  })),
)("the links of $name lead somewhere", ({ page }) => {
  expect(brokenLinks(page)).toEqual([]);
});
