import { RelevanceCamError, type ErrorCode } from "../error.js";

/**
 * An error that left the WebAssembly module, typed. After a trap or an exhausted stack its memory
 * cannot be trusted: such errors get the code `worker-died`, and the module has to be started anew.
 */
export function translateError(error: unknown): RelevanceCamError {
  if (error instanceof RelevanceCamError) return error;
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    return new RelevanceCamError("worker-died", `The engine stopped: ${error.message}.`, "", {
      cause: error,
    });
  }
  if (isEngineError(error)) return new RelevanceCamError(error.code, error.message, error.node);
  return new RelevanceCamError("internal", `Internal error: ${String(error)}`, "", {
    cause: error,
  });
}

interface EngineError extends Error {
  readonly code: ErrorCode;
  readonly node: string;
}

function isEngineError(error: unknown): error is EngineError {
  if (!(error instanceof Error)) return false;
  const { code, node } = error as Partial<EngineError>;
  return typeof code === "string" && typeof node === "string";
}
