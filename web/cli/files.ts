import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { RelevanceCamError } from "../src/error.js";

/** @throws RelevanceCamError `invalid-input`, naming the file */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new RelevanceCamError(
      "invalid-input",
      `${path} cannot be read: ${reasonOf(cause)}.`,
      path,
      { cause },
    );
  }
}

/** Writes a file and the folders it lies in. */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw new RelevanceCamError(
      "invalid-input",
      `${path} cannot be written: ${reasonOf(cause)}.`,
      path,
      { cause },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  EEXIST: "a part of its path is no folder",
  EACCES: "permission denied",
  ENOSPC: "the disk is full",
};

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? ""] ?? message;
}
