import type {
  ExplainReply,
  ExplainRequest,
  ForwardReply,
  LoadRequest,
  PortableInput,
} from "../backend.js";
import { RelevanceCamError, type ErrorCode } from "../error.js";
import type { ModelInfo, Progress, RunResult, RuntimeInfo, Tensor } from "../types.js";

/** Number of a call, given by the page. */
export type CallId = number;

/** A result or an error in a form that keeps its code and node on the way between threads. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: PostedError };

interface PostedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly node: string;
}

/** What the worker offers. */
export interface RemoteEngine {
  /**
   * Says where progress goes, and takes the lock that tells of the worker's death: the browser
   * gives it to the page when the worker is gone.
   */
  connect(lock: string, report: (id: CallId, progress: Progress) => void): Promise<void>;
  cancel(id: CallId): void;
  load(id: CallId, request: LoadRequest): Promise<Outcome<ModelInfo>>;
  forward(id: CallId, input: PortableInput): Promise<Outcome<ForwardReply>>;
  explain(
    id: CallId,
    input: PortableInput,
    request: ExplainRequest,
  ): Promise<Outcome<ExplainReply>>;
  run(id: CallId, input: PortableInput): Promise<Outcome<RunResult>>;
  readTensor(file: Uint8Array): Promise<Outcome<Tensor>>;
  runtimeInfo(): Promise<Outcome<RuntimeInfo>>;
}

export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: posted(error) };
  }
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, message, node } = outcome.error;
  throw new RelevanceCamError(code, message, node);
}

function posted(error: unknown): PostedError {
  if (error instanceof RelevanceCamError) {
    return { code: error.code, message: error.message, node: error.node };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, node: "" };
}

/** The Web Locks API is absent in insecure contexts: a worker's death goes unnoticed there. */
export function hasLocks(): boolean {
  return "locks" in navigator;
}
