import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { readRules } from "../../../web/cli/rules.js";

const folder = mkdtempSync(join(tmpdir(), "rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("reads the rows of a JSON file", async () => {
  const rows = [{ opType: "Conv", rule: "z-plus" }];
  expect(await readRules(file("good.json", JSON.stringify(rows)))).toEqual(rows);
});

test.each([
  ["broken.json", "[{", "invalid-option", "this is no JSON"],
  ["rows.json", '[{"rule": "flat"}, {"rules": "flat"}]', "invalid-option", "row 2 of the rules"],
])("%s is refused naming the file", async (name, text, code, words) => {
  const path = file(name, text);
  const error: unknown = await readRules(path).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code, node: path });
  expect((error as Error).message).toContain(`${path}: `);
  expect((error as Error).message).toContain(words);
});

test("a file that is not there is named", async () => {
  await expect(readRules(join(folder, "none.json"))).rejects.toThrow("none.json cannot be read");
});
