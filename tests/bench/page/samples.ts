/** What can be measured of a model. */
export type Study = "relevance-cam" | "grad-cam" | "classes" | "score-cam" | "loading";

/** What the page is asked to measure. */
export interface Request {
  readonly study: Study;
  readonly model: string;
  /** Address, without extension, of the parameters as TensorFlow.js reads them. */
  readonly weights: string | null;
  readonly threads: number;
  readonly rounds: number;
  /** Tensors to explain, shallow to deep; `null`: the four deepest stages. */
  readonly layers: readonly string[] | null;
}

/** Milliseconds of one call: by the engine's own clock inside its worker, and as the page saw it. */
export interface Sample {
  readonly engine: number;
  readonly wall: number;
}

/** Calls by name that took turns. */
export type Series<Name extends string = string> = Readonly<Record<Name, Sample[]>>;

/** What ran of ours. */
export interface Build {
  readonly threads: number;
  readonly variant: string;
}

/** How an engine starts, in milliseconds, and what it holds after the first result, in bytes. */
export interface Start {
  readonly load: number;
  readonly firstResult: number;
  readonly memory: number;
}

export interface RelevanceCam {
  readonly layers: readonly string[];
  /** Parameters of the model in bytes, as float32. */
  readonly weights: number;
  readonly ours: Start;
  readonly theirs: Start;
  /** Largest difference between the engines' outputs over the largest output. */
  readonly difference: number;
  /** Forward passes of both engines. */
  readonly forward: Series<"ours" | "theirs">;
  /** One layer at a time, the deepest first and beside our own forward pass. */
  readonly single: Readonly<Record<string, Series>>;
  /** All layers in one pass, then another class, beside the other engine's forward pass. */
  readonly all: Series<"theirs" | "first" | "other">;
}

export interface GradCam {
  readonly layer: string;
  /** Largest difference between the engines' maps over the largest value. */
  readonly difference: number;
  readonly explain: Series<"ours" | "theirs">;
}

export interface Classes {
  readonly layers: readonly string[];
  /** One class and ten, each on a new picture. */
  readonly explain: Series<"one" | "ten">;
}

export interface ScoreCam {
  readonly layer: string;
  /** Masks, and so forward passes, of one explanation. */
  readonly channels: number;
  readonly forward: readonly Sample[];
  readonly explain: readonly Sample[];
}

export interface Loading {
  /** From a file's bytes in the engine's worker to the first logits; the engine itself has started. */
  readonly start: Series<"ours" | "theirs">;
}

/** Loading by address. */
export interface LoadingMemory {
  /** Bytes of the WebAssembly memory, which never shrinks. */
  readonly memory: number;
}

export type Measurement = Build & (RelevanceCam | GradCam | Classes | ScoreCam | Loading);
