/** What went wrong, as callers branch on it. */
export type ErrorCode =
  | "invalid-model"
  | "unsupported-operator"
  | "missing-external-data"
  | "invalid-image"
  | "invalid-input"
  | "invalid-option"
  | "unknown-layer"
  | "unknown-class"
  | "uncovered-node"
  | "out-of-memory"
  | "internal"
  | "unsupported-runtime"
  | "unreadable"
  | "worker-died"
  | "disposed";

/** The one error type of the package. An aborted call rejects with `signal.reason` instead. */
export class RelevanceCamError extends Error {
  override readonly name = "RelevanceCamError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** The ONNX node, operator, option or file it is about; may be empty. */
    readonly node = "",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
