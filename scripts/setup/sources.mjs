// Third-party C and C++ sources, each pinned by the SHA-256 of its upstream archive.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { downloadSource, hasApt } from "./apt.mjs";
import { sources } from "./paths.mjs";
import { SetupError, run } from "./process.mjs";
import { once } from "./stamp.mjs";

const roster = [
  {
    name: "xnnpack",
    override: "XNNPACK_SOURCE_DIR",
    sha256: "90bde2caef0f880f627bab0dc805a86c4b8070cd98e3243db3046ab3f3be1a99",
  },
  {
    name: "pthreadpool",
    override: "PTHREADPOOL_SOURCE_DIR",
    sha256: "4cc3cbd933b28131d2a34edc54f76af9fb41bc490af5eae1a5bd3cd07ea90708",
  },
  {
    name: "fxdiv",
    override: "FXDIV_SOURCE_DIR",
    sha256: "7953482badaf4cb34026c3487c257b8e4ab2df061c019bd6fabbbc12ad52c44b",
  },
  {
    name: "protozero",
    override: "PROTOZERO_SOURCE_DIR",
    sha256: "6c7a896f1dc08435e8cd4f3780ff688cd0bfce6890599b755f6f3cb36398dc25",
  },
  {
    name: "nlohmann-json3",
    override: "NLOHMANN_JSON3_SOURCE_DIR",
    sha256: "0d8ef5af7f9794e3263480193c491549b2ba6cc74bb018906202ada498a79406",
  },
  {
    name: "googletest",
    override: "GOOGLETEST_SOURCE_DIR",
    sha256: "2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01",
  },
];

/** Unpacks an archive so that its content, not its single top folder, lies in `target`. */
function unpackSource(archive, target) {
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  rmSync(target, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  run("tar", ["-xf", archive, "-C", fresh]);
  const entries = readdirSync(fresh);
  const inner = entries.length === 1 ? join(fresh, entries[0]) : fresh;
  renameSync(inner, target);
  rmSync(fresh, { recursive: true, force: true });
}

async function fetchSource({ name, override, sha256 }) {
  const given = process.env[override];
  if (given) {
    if (!existsSync(given)) throw new SetupError(`${override} names no folder: ${given}`);
    return;
  }
  const target = join(sources, name);
  await once(`source-${name}`, sha256, [target], () => {
    if (!hasApt()) {
      throw new SetupError(
        `The source of ${name} comes from Debian's or Ubuntu's archive and there is no apt here: ` +
          `set ${override} to a folder that holds it.`,
      );
    }
    unpackSource(downloadSource(name, sha256), target);
  });
}

/** Brings every source into the toolchain folder. */
export async function setUpSources() {
  for (const source of roster) await fetchSource(source);
}
