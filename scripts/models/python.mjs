// Python with the packages of requirements.txt, in a folder of the project's own.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../setup/paths.mjs";
import { SetupError, findProgram, run } from "../setup/process.mjs";
import { once } from "../setup/stamp.mjs";

export const scripts = dirname(fileURLToPath(import.meta.url));
export const cache = join(projectRoot, ".cache");

const oldest = "3.10";
const environment = join(cache, "venv");
const environmentPython = join(environment, "bin", "python");
const packages = join(cache, "python-packages");
const requirements = join(scripts, "requirements.txt");

/** This system's Python and its version, or a sentence that says what to install. */
function systemPython() {
  const program = findProgram("python3");
  if (!program) throw new SetupError(`python3 not found: install Python ${oldest} or newer.`);
  const version = run(program, ["-c", "import platform; print(platform.python_version())"]).trim();
  if (version.localeCompare(oldest, "en", { numeric: true }) < 0) {
    throw new SetupError(`Python ${version} is too old: install Python ${oldest} or newer.`);
  }
  return { program, version };
}

/** Runs pip; its last error line says what could not be had. */
function pip(python, args) {
  try {
    python(["-m", "pip", ...args, "--quiet", "--disable-pip-version-check", "--no-input"]);
  } catch (error) {
    const reason = error.message.split("\n").findLast((line) => line.startsWith("ERROR:"));
    throw new SetupError(
      `Packages of PyPI could not be had (${reason ?? error.message}): ` +
        "check the network and pip's settings.",
    );
  }
}

/** Installs into a virtual environment or, where this Python cannot make one, a plain folder. */
function install(program) {
  for (const folder of [environment, packages]) rmSync(folder, { recursive: true, force: true });
  const list = ["install", "--only-binary=:all:", "-r", requirements];
  run(program, ["-m", "venv", environment], { tolerant: true });
  if (existsSync(join(environment, "bin", "pip"))) {
    return pip((args) => run(environmentPython, args), list);
  }
  rmSync(environment, { recursive: true, force: true });
  if (!run(program, ["-m", "pip", "--version"], { tolerant: true })) {
    throw new SetupError("Python has neither venv nor pip: install python3-venv or python3-pip.");
  }
  return pip((args) => run(program, args), [...list, "--target", packages]);
}

/** Returns a function that runs Python on its arguments, in an environment set up on first use. */
export async function providePython() {
  const { program, version } = systemPython();
  const key = `${program} ${version}\n${readFileSync(requirements, "utf8")}`;
  const product = existsSync(packages) ? packages : environmentPython;
  await once("python-packages", key, [product], () => install(program));
  const python = existsSync(environmentPython) ? environmentPython : program;
  const path = [packages, process.env.PYTHONPATH].filter(Boolean).join(delimiter);
  const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1" };
  return (args) => run(python, args, { env });
}

/**
 * Downloads the wheels of a list, whose hashes pip checks, and returns their folder.
 * @param platform the tag of the wheels; one for every machine
 */
export function downloadWheels(
  python,
  packageList = join(scripts, "packages.txt"),
  platform = "manylinux2014_x86_64",
) {
  const downloads = join(cache, "downloads");
  const system = ["--platform", platform, "--python-version", "3.11"];
  const kind = [...system, "--implementation", "cp", "--abi", "cp311", "--only-binary=:all:"];
  const list = ["--no-deps", "--require-hashes", "-r", packageList];
  pip(python, ["download", ...kind, ...list, "--dest", downloads]);
  return downloads;
}
