import type {
  ArrayKind,
  Diagnosis,
  LedgerEntry,
  ModelInfo,
  PixelImage,
  PreprocessOptions,
  Progress,
  ResultArray,
  RuntimeInfo,
  RunResult,
  Tensor,
  Timings,
} from "./types.js";

/** A file by absolute address or by content: what can be posted to a worker. */
export type FileSource = string | Blob | Uint8Array;

/** A configuration file, or what it holds. */
export type ConfigFile = FileSource | Readonly<Record<string, unknown>>;

/** Files that a model may refer to: by name, or in a folder, by its address or handle. */
export interface ExternalFiles {
  readonly named: Readonly<Record<string, FileSource>>;
  readonly folder: string | FileSystemDirectoryHandle | undefined;
}

export interface LoadRequest {
  readonly model: FileSource;
  readonly externalData: ExternalFiles;
  readonly configs: readonly ConfigFile[];
  readonly wasm: string | Uint8Array | undefined;
  readonly cache: boolean;
  readonly threads: number | undefined;
  readonly runtime: "auto" | "simd" | "relaxed";
  readonly preprocess: PreprocessOptions | undefined;
  readonly dimensions: Readonly<Record<string, number>>;
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** Empty: found. */
  readonly imageInput: string;
  readonly foldBatchNorm: boolean;
}

/** An image that can be posted to a worker. */
export type PortableImage = PixelImage | Tensor | ImageBitmap | Blob;

/** What a model computes from. */
export interface PortableInput {
  /** For the input that takes the picture; absent: that is among `tensors`. */
  readonly image?: PortableImage;
  /** By input name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** A `RuleRow` with every default filled in. */
export interface RuleSettings {
  readonly opType: string;
  readonly tensor: string;
  readonly position: string;
  readonly rule: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ExplainRequest {
  readonly method: string;
  /** Empty: the method's own. */
  readonly layers: readonly string[];
  /** Indices, or `top` for the largest score; empty: `top`, unless there is a seed. */
  readonly targets: readonly (number | "top")[];
  /** Empty: the method's own. */
  readonly start: string;
  /** Empty: the method's own, or `rules`. */
  readonly composite: string;
  /** A composite of the caller's own. */
  readonly rules: readonly RuleSettings[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Empty: the method's own. */
  readonly emit: readonly ArrayKind[];
  /** Empty: the logits. */
  readonly output: string;
  /** One number per element of `output`; empty: none. */
  readonly seed: Float32Array;
  /** Empty: none. */
  readonly fusion: string;
  /** Empty: the method's own. */
  readonly evidence: string;
  readonly ledger: boolean;
}

export interface ForwardReply {
  readonly logits: Float32Array;
  readonly timings: Timings;
  readonly reusedForward: boolean;
}

export interface ExplainReply extends ForwardReply {
  /** Empty after a seed. */
  readonly targets: readonly number[];
  readonly results: readonly ResultArray[];
  readonly ledger: readonly LedgerEntry[];
  readonly diagnoses: readonly Diagnosis[];
}

export interface Call {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One loaded model, in this thread or behind a worker. Calls are served one after the other. */
export interface Backend {
  load(request: LoadRequest, call: Call): Promise<ModelInfo>;
  forward(input: PortableInput, call: Call): Promise<ForwardReply>;
  explain(input: PortableInput, request: ExplainRequest, call: Call): Promise<ExplainReply>;
  run(input: PortableInput, call: Call): Promise<RunResult>;
  /** Reads a serialized ONNX TensorProto. */
  readTensor(file: Uint8Array): Promise<Tensor>;
  runtimeInfo(): Promise<RuntimeInfo>;
  /** Frees the model; calls that are under way reject. */
  dispose(): void;
}
