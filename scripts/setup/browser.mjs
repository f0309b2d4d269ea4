// A Chromium for the browser tests: the system's, the distribution's unpacked, or Playwright's.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasApt, missingClosure, unpackPackages } from "./apt.mjs";
import { libraryPath, writeProgram } from "./llvm.mjs";
import { bin, projectRoot, toolchain } from "./paths.mjs";
import { SetupError, findProgram, run } from "./process.mjs";
import { once } from "./stamp.mjs";

const prefix = join(toolchain, "chromium");
const unpacked = join(bin, "chromium");
const unpackedProgram = join(prefix, "usr/lib/chromium/chromium");

function systemBrowser() {
  return ["chromium", "chromium-browser", "google-chrome"].map(findProgram).find(Boolean);
}

/** The Chromium to start, or undefined where Playwright's own download is to be used. */
export function browserPath() {
  return systemBrowser() ?? (existsSync(unpacked) ? unpacked : undefined);
}

function writeWrapper() {
  const fonts = join(prefix, "etc/fonts/fonts.conf");
  // PulseAudio finds its private library by an absolute path, which an unpacked tree does not have.
  const folders = libraryPath(prefix).split(":");
  const libraries = [...folders, ...folders.map((folder) => join(folder, "pulseaudio"))].join(":");
  const lines = [
    "#!/bin/sh",
    `export LD_LIBRARY_PATH='${libraries}'`,
    ...(existsSync(fonts)
      ? [`export FONTCONFIG_FILE='${fonts}' FONTCONFIG_SYSROOT='${prefix}'`]
      : []),
    `exec '${unpackedProgram}' "$@"`,
    "",
  ];
  writeProgram(unpacked, lines.join("\n"));
}

function unpackBrowser() {
  unpackPackages("own", missingClosure(["chromium", "fonts-dejavu-core"]), prefix, [
    "./usr/share/doc*",
    "./usr/share/man*",
  ]);
  if (!existsSync(unpackedProgram)) throw new SetupError("the package holds no program.");
  writeWrapper();
  run(unpacked, ["--version"]);
}

function downloadBrowser() {
  const playwright = join(projectRoot, "node_modules/.bin/playwright");
  try {
    run(playwright, ["install", "chromium"]);
  } catch {
    throw new SetupError("Install Chromium and put it on PATH as chromium.");
  }
}

export async function setUpBrowser() {
  if (systemBrowser()) return;
  await once("browser", hasApt() ? "apt" : "playwright", hasApt() ? [unpacked] : [], () => {
    if (!hasApt()) return downloadBrowser();
    try {
      unpackBrowser();
    } catch (error) {
      console.log(`setup: the distribution's Chromium cannot be used (${error.message})`);
      downloadBrowser();
    }
  });
}
