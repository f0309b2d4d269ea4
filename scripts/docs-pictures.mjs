#!/usr/bin/env node
// Draws the pictures of docs/methods by the command lines that stand above them there:
// `node scripts/docs-pictures.mjs [PICTURE...]`, after `npm run build`
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installModel } from "./build/model.mjs";
import { cache, downloadWheels, providePython, scripts as models } from "./models/python.mjs";
import { command } from "./setup/command.mjs";
import { projectRoot } from "./setup/paths.mjs";
import { SetupError, run } from "./setup/process.mjs";

export const folder = join(projectRoot, "docs", "methods");
const cli = join(projectRoot, "dist", "cli.js");
const quantize = join(projectRoot, "scripts", "docs", "quantize.py");
const transformer = "vit_s_focus.onnx";

/** Every picture of a page's text: its path from the page, and the command line that makes it. */
export function picturesOf(text) {
  return text
    .split("\n```sh\n")
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf("\n```");
      const path = /\]\((pictures\/[^)]+)\)/.exec(part.slice(end))?.[1];
      return path === undefined ? [] : [{ path, words: wordsOf(part.slice(0, end)) }];
    });
}

/** The words of a command line, which needs no quotes. */
function wordsOf(line) {
  return line.replaceAll("\\\n", " ").trim().split(/\s+/);
}

/** A word as it reads on this machine: models and photos lie in the cache folder. */
function onThisMachine(word, out) {
  if (word === "maps") return out;
  if (word.endsWith(".onnx")) return join(cache, "models", word);
  return /\.(png|jpg)$/.test(word) ? join(cache, "photos", word) : word;
}

function draw({ path, words: [, ...words] }) {
  const out = mkdtempSync(join(tmpdir(), "relevance-cam-docs-"));
  try {
    // Files of rules are named as seen from the page.
    run(process.execPath, [cli, ...words.map((word) => onThisMachine(word, out))], { cwd: folder });
    const [picture, ...others] = readdirSync(out);
    if (picture === undefined || others.length > 0) {
      throw new SetupError(`The command line of ${path} has to write one picture.`);
    }
    copyFileSync(join(out, picture), join(folder, path));
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The model of the pictures of attention, which the default model has not. */
function installTransformer(python) {
  const path = join(cache, "models", transformer);
  if (existsSync(path)) return;
  const downloads = downloadWheels(python, join(models, "transformer-packages.txt"));
  python([join(models, "transformer.py"), downloads, path]);
}

async function drawAll(names) {
  if (!existsSync(cli)) throw new SetupError("There is no dist/cli.js: run `npm run build`.");
  installModel();
  const python = await providePython();
  const pages = readdirSync(folder).filter((name) => name.endsWith(".md"));
  const pictures = pages
    .flatMap((page) => picturesOf(readFileSync(join(folder, page), "utf8")))
    .filter(({ path }) => names.length === 0 || names.some((name) => path.endsWith(`/${name}`)));
  if (pictures.some(({ words }) => words.includes(transformer))) installTransformer(python);
  for (const picture of pictures) {
    console.log(picture.path);
    draw(picture);
    python([quantize, join(folder, picture.path)]);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await command("docs", () => drawAll(process.argv.slice(2)));
}
