// The frame of every command: a sentence instead of a stack trace where something cannot be had.
import { SetupError } from "./process.mjs";

/** Runs `work`; a SetupError becomes one message and exit status 1. */
export async function command(name, work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
