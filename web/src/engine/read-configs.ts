import type { Call, ConfigFile, LoadRequest } from "../backend.js";
import type { Config } from "../detection/detect.js";
import { isJsonObject, parsedJson } from "../detection/finding.js";
import { RelevanceCamError } from "../error.js";
import { baseName } from "../file-name.js";
import { readText } from "./files.js";
import type { Platform } from "./platform.js";

/**
 * The configurations that were given beside a model.
 * @throws RelevanceCamError `invalid-option` naming a file that holds no JSON object, `unreadable`
 */
export function readConfigs(
  platform: Platform,
  { configs }: LoadRequest,
  call: Call,
): Promise<readonly Config[]> {
  return Promise.all(configs.map((file) => readConfig(platform, file, call)));
}

async function readConfig(platform: Platform, file: ConfigFile, call: Call): Promise<Config> {
  if (!isFile(file)) return { name: "The configuration", json: file };
  const name = nameOf(file);
  const text = await readText(platform, file, { cache: false, signal: call.signal });
  const json = parsedJson(text);
  if (isJsonObject(json)) return { name, json };
  const message = `The configuration ${name} holds no JSON object.`;
  throw new RelevanceCamError("invalid-option", message, name);
}

/** What a file is called; empty where it has no name. */
export function nameOf(file: LoadRequest["model"]): string {
  if (typeof file === "string") return decodeURIComponent(baseName(file.replace(/[?#].*$/, "")));
  return typeof File !== "undefined" && file instanceof File ? file.name : "";
}

function isFile(file: ConfigFile): file is LoadRequest["model"] {
  return typeof file === "string" || file instanceof Blob || file instanceof Uint8Array;
}
