// Debian packages without root: a private apt state, and unpacking into a folder of ours.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { toolchain } from "./paths.mjs";
import { SetupError, findProgram, run } from "./process.mjs";

const sourceLists = "/etc/apt";

export function hasApt() {
  return ["apt-get", "dpkg-deb"].every((name) => findProgram(name));
}

/** Fields of the operating system's description, by name. */
function osRelease() {
  const text = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]),
  );
}

/** The sources this machine already trusts: lines of one-line and deb822 files alike. */
function sourceTexts() {
  const parts = join(sourceLists, "sources.list.d");
  const files = [join(sourceLists, "sources.list")];
  if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => join(parts, name)));
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
}

/** Address of the distribution's own archive, as this machine's sources name it. */
function archiveAddress(codename) {
  for (const text of sourceTexts()) {
    for (const stanza of text.split(/\n\s*\n/)) {
      const suites = /^Suites:(.*)$/m.exec(stanza)?.[1].trim().split(/\s+/) ?? [];
      const address = /^URIs:\s*(\S+)/m.exec(stanza)?.[1];
      if (address && suites.includes(codename)) return address;
    }
    const line = new RegExp(`^deb\\s+(?:\\[[^\\]]*\\]\\s+)?(\\S+)\\s+${codename}\\s`, "m").exec(
      text,
    );
    if (line) return line[1];
  }
  throw new SetupError(
    `No archive for "${codename}" in ${sourceLists}: add one, or put emcc 3.1.69 or newer on PATH.`,
  );
}

/** The suite that carries Emscripten 3.1.69 and the pinned sources, by distribution. */
const newerSuites = { debian: "trixie", ubuntu: "resolute" };

function suiteSources(kind) {
  const { ID: id, VERSION_CODENAME: codename } = osRelease();
  const components = id === "ubuntu" ? "main universe" : "main";
  const address = archiveAddress(codename);
  const suites = kind === "newer" ? [newerSuites[id]] : [codename, `${codename}-updates`];
  if (!suites[0]) throw new SetupError(`No newer suite is known for "${id}": install emcc 3.1.69.`);
  const entries = ["deb", ...(kind === "newer" ? ["deb-src"] : [])];
  return entries
    .flatMap((type) => suites.map((suite) => `${type} ${address} ${suite} ${components}\n`))
    .join("");
}

/** Environment of a private apt state; `kind` is "own" (this system's suite) or "newer". */
function aptEnvironment(kind) {
  const folder = join(toolchain, "apt", kind);
  const config = join(folder, "apt.conf");
  const env = { ...process.env, APT_CONFIG: config, LC_ALL: "C" };
  if (existsSync(config)) return env;
  for (const part of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const list = join(folder, "sources.list");
  writeFileSync(list, suiteSources(kind));
  const text = [
    `Dir::Etc::sourcelist "${list}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    `Dir::State::Lists "${join(folder, "lists")}";`,
    `Dir::Cache "${join(folder, "cache")}";`,
    'Acquire::Languages "none";',
    'APT::Sandbox::User "";',
    'Acquire::Retries "3";',
    "",
  ].join("\n");
  writeFileSync(`${config}.new`, text);
  run("apt-get", ["update", "-qq"], { env: { ...env, APT_CONFIG: `${config}.new` } });
  writeFileSync(config, text);
  return env;
}

/** Packages that `names` need and this system has not installed, themselves included. */
export function missingClosure(names) {
  const env = aptEnvironment("own");
  const args = ["-s", "--no-install-recommends", "-o", "Debug::NoLocking=1", "install", ...names];
  const plan = run("apt-get", args, { env });
  return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
}

/** Downloads binary packages (checked by apt against the signed index) and unpacks them. */
export function unpackPackages(kind, names, target, exclude = []) {
  if (names.length === 0) return;
  const env = aptEnvironment(kind);
  const folder = join(toolchain, "apt", kind, "download", names[0]);
  mkdirSync(folder, { recursive: true });
  mkdirSync(target, { recursive: true });
  run("apt-get", ["download", "-qq", ...names], { env, cwd: folder });
  const skip = exclude.map((pattern) => `--exclude='${pattern}'`).join(" ");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    const unpack = `dpkg-deb --fsys-tarfile '${join(folder, file)}' | tar -x ${skip} -C '${target}'`;
    run("sh", ["-c", unpack]);
  }
  run("rm", ["-rf", folder]);
}

/** Downloads a source package's upstream archive, pinned by its SHA-256, and returns its path. */
export function downloadSource(name, sha256) {
  const env = aptEnvironment("newer");
  const folder = join(toolchain, "apt", "newer", "sources", name);
  mkdirSync(folder, { recursive: true });
  // Mirrors may lack the packaging files; the archive alone counts, and its hash decides.
  run("apt-get", ["source", "-qq", "--download-only", name], { env, cwd: folder, tolerant: true });
  const matching = readdirSync(folder)
    .map((file) => join(folder, file))
    .find((file) => createHash("sha256").update(readFileSync(file)).digest("hex") === sha256);
  if (matching) return matching;
  throw new SetupError(
    `The source of ${name} with SHA-256 ${sha256} is not in this system's archive: unpack it ` +
      `into .toolchain/src/${name} by hand.`,
  );
}
