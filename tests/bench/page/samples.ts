/** What the page is asked to measure. */
export interface Request {
  readonly model: string;
  readonly threads: number;
  readonly rounds: number;
  /** Tensors explained in one pass; `null`: the four deepest stages. */
  readonly layers: readonly string[] | null;
}

/** Milliseconds of one call: by the engine's own clock inside its worker, and as the page saw it. */
export interface Sample {
  readonly engine: number;
  readonly wall: number;
}

/** Calls by name that took turns. */
export type Series = Readonly<Record<string, Sample[]>>;

/** How an engine starts, in milliseconds, and what it holds after the first result, in bytes. */
export interface Start {
  readonly load: number;
  readonly firstResult: number;
  readonly memory: number;
}

export interface Measurement {
  readonly threads: number;
  readonly variant: string;
  readonly layers: readonly string[];
  /** Parameters of the model in bytes, as float32. */
  readonly weights: number;
  readonly ours: Start;
  readonly theirs: Start;
  /** Largest difference between the engines' outputs over the largest output. */
  readonly difference: number;
  /** Forward passes of both engines. */
  readonly forward: Series;
  /** One layer at a time, the deepest first and beside our own forward pass. */
  readonly single: Readonly<Record<string, Series>>;
  /** All layers in one pass, then another class, beside the other engine's forward pass. */
  readonly all: Series;
}
