/** Where a model comes from. A URL may be relative to the page. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array | Blob;

/** A configuration file, or what it holds. A text is an address, which may be relative to the page. */
export type ConfigSource = string | URL | Blob | Readonly<Record<string, unknown>>;

/** Of all files only those that the model refers to are read. */
export type ExternalData =
  Readonly<Record<string, ModelSource>> | readonly File[] | FileList | FileSystemDirectoryHandle;

/** Pixels as a canvas gives them: rows from the top, four bytes R, G, B, A per pixel. */
export interface PixelImage {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A ready input of the model in its own axis order, already normalised. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Everything `classify` and `explain` accept. In Node: {@link PixelImage} and {@link Tensor}. */
export type ImageSource =
  | PixelImage
  | Tensor
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | Blob;

/**
 * How pixels become the input of the model: resized, cropped, and every channel value x on the
 * scale 0 to `range` made (x - mean) / std. Without `range`, `mean` and `std`: as `preset` says.
 */
export interface PreprocessOptions {
  /** Default `imagenet`. */
  readonly preset?: PreprocessPreset | undefined;
  /**
   * A number: pixels of the shorter side, before the centre is cut out in the model's input size
   * (default: 8/7 of that size). `stretch`: the whole image, its proportions lost. `none`: the
   * image must have the model's input size.
   */
  readonly resize?: number | "stretch" | "none" | undefined;
  /** Resampling, antialiased as PIL does it; default `bilinear`. */
  readonly interpolation?: string | undefined;
  /** Order in which the model wants the colours. */
  readonly channels?: "rgb" | "bgr" | undefined;
  /** Value of a full channel before normalisation, usually 1 (default) or 255. */
  readonly range?: number | undefined;
  /** One entry, or one per channel in the model's order; default 0. */
  readonly mean?: readonly number[] | undefined;
  /** One entry, or one per channel in the model's order; default 1. */
  readonly std?: readonly number[] | undefined;
}

/** A field of {@link PreprocessOptions} that is decided for every model. */
export type PreprocessField = "resize" | "interpolation" | "channels" | "range" | "mean" | "std";

/** How one field of the pre-processing was decided. */
export interface PreprocessFinding {
  readonly field: PreprocessField;
  readonly value: string | number | readonly number[];
  /** Why, in one sentence. */
  readonly source: string;
  /** Somebody said so; it follows from what somebody said; nobody did, and it is merely likely. */
  readonly confidence: "stated" | "inferred" | "guessed";
}

/** Names of the ready-made pre-processings. */
export type PreprocessPreset = "imagenet" | "minus-one-to-one" | "zero-to-one" | "caffe-bgr";

/** One step of loading or computing; `total` is 0 while it is not known. */
export interface Progress {
  readonly phase: "runtime" | "model" | "prepare" | "forward" | "backward" | "trials" | "cam";
  readonly loaded: number;
  readonly total: number;
}

export interface CallOptions {
  /** Aborting rejects the call with `signal.reason`; the explainer stays usable. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options of calls that compute from an image. */
export interface InputOptions extends CallOptions {
  /**
   * Tensors for the model's inputs beside the image, by name: one for each that it reads. They stay
   * fixed while the image is explained.
   */
  readonly inputs?: Readonly<Record<string, Tensor>> | undefined;
}

export interface LoadOptions extends CallOptions {
  /** Threads to compute on; up to 4 when absent. Without cross-origin isolation always one. */
  readonly threads?: number | undefined;
  /** `simd` gives the same bits on every machine, `relaxed` is faster; `auto` chooses. */
  readonly runtime?: "auto" | "simd" | "relaxed" | undefined;
  /**
   * Class names in the order of the logits, or a text with one name per line. Absent: those that
   * `configs` or the model's metadata have.
   */
  readonly labels?: readonly string[] | string | undefined;
  /**
   * What is not given is found: in `configs`, the model's metadata and graph, else by what is
   * likely. {@link ModelInfo.preprocess} says what was found, and why.
   */
  readonly preprocess?: PreprocessPreset | PreprocessOptions | undefined;
  /** Sizes of symbolic dimensions by name. */
  readonly dimensions?: Readonly<Record<string, number>> | undefined;
  /**
   * Full shapes of inputs by name. Of images that leave height and width open, those are as
   * `configs` say, else 224.
   */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /**
   * The input that takes the image, where a model has several; absent: the first of rank 4 with one
   * to four channels and batch 1, else the first.
   */
  readonly imageInput?: string | undefined;
  /**
   * `preprocessor_config.json` and `config.json` of the model's repository (Hugging Face or timm),
   * as files, by address, or as the objects that they hold: pre-processing and class names.
   */
  readonly configs?: readonly ConfigSource[] | undefined;
  /**
   * Files that the model refers to: by their name, as a list of files, or the folder that holds
   * them. Absent, they are looked for beside the model if that has an address; nowhere else.
   */
  readonly externalData?: ExternalData | undefined;
  /** Whether BatchNormalization is folded into the convolution before it; default `fold`. */
  readonly batchNorm?: "fold" | "keep" | undefined;
  /**
   * A module worker made by the caller from `relevance-cam/worker`, for this explainer alone; or a
   * function that makes one, so that it can be replaced should it die.
   */
  readonly worker?: Worker | (() => Worker) | undefined;
  /** The WebAssembly file by address or as bytes, in place of the package's own. */
  readonly wasm?: string | URL | ArrayBuffer | Uint8Array | undefined;
  /**
   * Keep a model loaded by address in the Cache API; default true. The same address is taken for
   * the same model then: give a changed model a new one, e.g. by a query string.
   */
  readonly cache?: boolean | undefined;
}

export interface TensorInfo {
  readonly name: string;
  /** In ONNX order. */
  readonly shape: readonly number[];
  /** ONNX element type, e.g. `float32`. */
  readonly type: string;
}

/** Where a layer of tokens has the image: behind `prefix` others (class and register tokens). */
export interface TokenInfo {
  readonly prefix: number;
  readonly rows: number;
  readonly columns: number;
}

/** One activation that can be explained. */
export interface LayerInfo {
  /** ONNX tensor name. */
  readonly name: string;
  readonly opType: string;
  /** In ONNX order; images are NCHW. */
  readonly shape: readonly number[];
  /** Multiply-accumulate operations. */
  readonly macs: number;
  readonly parameters: number;
  /** Two spatial axes, or tokens: a map can be made here. */
  readonly spatial: boolean;
  /** One of `"stages"`: the last activation at its spatial resolution, or some of a transformer's. */
  readonly stage: boolean;
  /** A transformer's attention of all tokens to all: what methods on attention look at. */
  readonly attention: boolean;
  /** How a transformer's tokens make up the image. */
  readonly tokens?: TokenInfo | undefined;
}

export interface BatchNormInfo {
  readonly node: string;
  readonly channels: number;
  readonly negativeScales: number;
  readonly folded: boolean;
}

export interface ModelInfo {
  readonly name: string;
  readonly opset: number;
  /** That for the image first. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Tensor that relevance starts from: before a final Softmax. */
  readonly logits: string;
  readonly classes: number;
  /** In the order of computation. */
  readonly layers: readonly LayerInfo[];
  readonly batchNorms: readonly BatchNormInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  /** How pictures become inputs, field by field; empty where the model takes none. */
  readonly preprocess: readonly PreprocessFinding[];
  /** Class names that came with the model; empty: none. */
  readonly labels: readonly string[];
}

/** The build that runs and what it holds. */
export interface RuntimeInfo {
  readonly variant: Variant;
  readonly simd: boolean;
  readonly relaxed: boolean;
  readonly threads: number;
  readonly version: string;
  /** Size of the WebAssembly memory in bytes. It never shrinks before `dispose`. */
  readonly memory: number;
}

export type Variant = "simd" | "simd-threads" | "relaxed" | "relaxed-threads";

export type ArrayKind =
  | "cam"
  | "scaled"
  | "relevance"
  | "weights"
  | "activation"
  | "gradient"
  | "seed"
  | "attribution"
  | "token_matrix";

/** Rectangle of the source image, in its pixels, that the model saw. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A map, or several channels of one, and the part of the image it lies over. */
export interface Heatmap {
  readonly data: Float32Array;
  /** The last two axes are rows and columns; channels before them are summed for painting. */
  readonly shape: readonly number[];
  /** Of an attribution the strongest hundredth is drawn alike, so that the rest is seen. */
  readonly kind?: ArrayKind | undefined;
  /** `null`: the whole image. */
  readonly region?: Region | null | undefined;
}

/** One array of an explanation, raw and signed. */
export interface ResultArray extends Heatmap {
  readonly method: string;
  /** ONNX tensor name. */
  readonly layer: string;
  readonly kind: ArrayKind;
  /** What is explained, as in {@link Explanation.targets}; -1 after a seed. */
  readonly target: number;
  readonly start: string;
  readonly composite: string;
  /** ONNX order: `cam` [1,1,h,w], `weights` [1,C,1,1], `scaled` [1,1,H,W], and so on. */
  readonly shape: readonly number[];
  readonly region: Region | null;
}

/**
 * Where the relevance of one node's outputs went in the backward sweep, summed over elements:
 * received = sent + zeros + bias + epsilon + padding + aside + other. Parts may be negative.
 */
export interface LedgerEntry {
  /** Class index; -1 where relevance began with a seed. */
  readonly target: number;
  /** The node's name; that of its first output where it has none. */
  readonly node: string;
  readonly opType: string;
  readonly rule: string;
  /** Relevance of the node's outputs. */
  readonly received: number;
  /** Relevance that went to inputs on the way to asked-for layers. */
  readonly sent: number;
  /** Lost where a denominator is exactly 0. */
  readonly zeros: number;
  /** Lost to biases and other constants. */
  readonly bias: number;
  /** Lost to what keeps denominators away from 0. */
  readonly epsilon: number;
  /** Lost on outputs that show no element of an input. */
  readonly padding: number;
  /** Went to inputs that lead to no asked-for layer. */
  readonly aside: number;
  /** The remainder: rounding, or everything where a rule does not divide (gradients). */
  readonly other: number;
}

/** Something to know before trusting a map. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  /** Tensor or node it is about; empty: the whole explanation. */
  readonly layer: string;
  /** One sentence. */
  readonly message: string;
  /** Class index; -1: not about one class. */
  readonly target: number;
}

export type DiagnosisCode =
  /** Every position is exactly 0. */
  | "empty-map"
  /** The positions hardly differ. */
  | "flat-map"
  /** No position speaks for the class. */
  | "no-positive-evidence"
  /** Most positions are near the maximum. */
  | "saturated-map"
  /** The class is not among the model's first five. */
  | "unlikely-target"
  /** Relevance begins before the model's final Softmax. */
  | "ends-in-softmax"
  /** A node received relevance and passed none on. */
  | "relevance-vanished"
  /** Negative BatchNormalization scales were folded, and a rule looks at the signs of weights. */
  | "negative-batch-norm"
  /** A row of the rules given as `composite` serves no node of the model. */
  | "unused-rule-row"
  /** NaN or infinity was computed and is given as 0. */
  | "not-finite";

/** Milliseconds. */
export interface Timings {
  readonly preprocess: number;
  readonly forward: number;
  readonly backward: number;
  readonly total: number;
}

export interface Prediction {
  /** One per class, before any Softmax. */
  readonly logits: Float32Array;
  /** Softmax of the logits. */
  readonly probabilities: Float32Array;
  readonly timings: Timings;
  /** Image and inputs were the same as before, so that no forward pass was needed. */
  readonly reusedForward: boolean;
}

export interface ClassScore {
  readonly index: number;
  /** The class's name; `class N` without labels. */
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

export interface ClassifyOptions extends InputOptions {
  /** How many classes to return; default 5. */
  readonly topK?: number | undefined;
}

export interface Classification extends Prediction {
  /** The most probable classes, best first. */
  readonly top: readonly ClassScore[];
}

/** One row of a composite of your own: which nodes get which rule. */
export interface RuleRow {
  /** ONNX operator, e.g. `Conv`; absent: any. */
  readonly opType?: string | undefined;
  /** Name of the node's output tensor, `*` for any characters and `?` for one; absent: any. */
  readonly tensor?: string | undefined;
  /** `first`, `last`: linear nodes with no other linear node before or after; default `any`. */
  readonly position?: "any" | "first" | "last" | undefined;
  /** `epsilon`, `z-plus`, `gamma`, `alpha-beta`, `z-box`, `w-square`, `flat`, `norm` or `pass`. */
  readonly rule: string;
  /** Of the rule, e.g. `{ gamma: 0.25 }`. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
}

export interface ExplainOptions extends InputOptions {
  /** Default `relevance-cam`. */
  readonly method?: string | undefined;
  /**
   * Class index, class name, or `top` (default): the most probable class; or several of these, of
   * which each is explained once. With `output`: an element of that tensor.
   */
  readonly target?: TargetChoice | undefined;
  /**
   * Tensor names, or the words `stages`, `last-stage`, `input`, `logits`; for methods on attention
   * names of attention matrices, or `attention`; else the method's own.
   */
  readonly layers?: readonly string[] | string | undefined;
  /** Name of a start, which says where relevance begins; else the method's. */
  readonly start?: string | undefined;
  /**
   * Which relevance rule serves which node: a composite by name, or rows of your own, of which the
   * first that matches a node serves it. Rows must cover all linear nodes. The method's own when
   * absent.
   */
  readonly composite?: string | readonly RuleRow[] | undefined;
  /** Settings of the method, start or composite, e.g. `{"conv-bias": "twice"}`. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
  /**
   * Which arrays to return; absent: the method's own, `cam` or `attribution`. The `seed` is that of
   * the tensor that relevance begins at, whatever the layers.
   */
  readonly emit?: readonly ArrayKind[] | undefined;
  /** Tensor that relevance begins at; absent: the logits. */
  readonly output?: string | undefined;
  /** The initial relevance itself, in place of a start and targets. */
  readonly seed?: SeedChoice | undefined;
  /**
   * Adds for every target one more `scaled` map, of the layer `fusion`, which joins the maps of all
   * layers; `none`: no such map; absent: as the method has it, mostly none.
   */
  readonly fusion?: "none" | "mean" | "max" | "product" | undefined;
  /** Which part of the maps is given; absent: the method's own, which leaves `cam` signed. */
  readonly evidence?: "positive" | "negative" | "signed" | undefined;
  /** Account for relevance node by node ({@link Explanation.ledger}); default false. */
  readonly ledger?: boolean | undefined;
}

/** A class by index, by name or as `top`, or several. */
export type TargetChoice = number | string | readonly (number | string)[];

/**
 * Relevance to begin with: one number per element of {@link ExplainOptions.output}, in ONNX order;
 * or weights by element index, the others being 0.
 */
export type SeedChoice = Float32Array | readonly number[] | Readonly<Record<number, number>>;

export interface Explanation extends Prediction {
  /** The first of `targets`; -1 after a seed. */
  readonly target: number;
  /** Name of the first target; empty after a seed. */
  readonly label: string;
  /** Target by target; of each, layers shallow to deep; per layer in the order of `emit`; a seed
   * and a joined map after the layers. */
  readonly results: readonly ResultArray[];
  /** What is explained: class indices, or elements of `output`. Empty after a seed. */
  readonly targets: readonly number[];
  /** Their names; `element N` for elements of a tensor that has not one per class. */
  readonly labels: readonly string[];
  /** In the order of the backward sweep; empty unless asked for. */
  readonly ledger: readonly LedgerEntry[];
  /** Why a map may be blank, flat or not to be trusted; often empty. */
  readonly diagnoses: readonly Diagnosis[];
}

/** Inputs of `run`: one image or tensor, or tensors by input name. */
export type RunInput = ImageSource | Readonly<Record<string, Tensor>>;

export interface RunResult {
  /** Graph outputs by name, in ONNX order. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly timings: Timings;
}

/** One of the methods of a comparison, with the options that are its own. */
export interface ComparedMethod extends Pick<
  ExplainOptions,
  "start" | "composite" | "parameters" | "fusion" | "evidence"
> {
  readonly method: string;
  /** What the comparison calls it; default the method's name and the options given. */
  readonly title?: string | undefined;
  /** Which of its arrays to compare; default the method's own. */
  readonly kind?: ArrayKind | undefined;
}

export interface CompareOptions extends InputOptions {
  /** Methods by name, or with options. */
  readonly methods: readonly (string | ComparedMethod)[];
  /** As in {@link ExplainOptions}: the same for all methods, or each method's own. */
  readonly layers?: readonly string[] | string | undefined;
  /** As {@link ExplainOptions.target}. */
  readonly targets?: TargetChoice | undefined;
  /** As in {@link ExplainOptions}. */
  readonly output?: string | undefined;
  /**
   * `each` (default): every map is painted up to its own strongest value, since methods differ in
   * their units. `shared`: one scale for all, so that strengths can be compared.
   */
  readonly scale?: "shared" | "each" | undefined;
}

/** What one method says of one target at one layer: ready for `paint` with `scale` and `signed`. */
export interface ComparisonCell {
  /** The method's title. */
  readonly method: string;
  readonly target: number;
  /** ONNX tensor name. */
  readonly layer: string;
  /** `null` where the method failed, or was not asked about this layer. */
  readonly result: ResultArray | null;
  /** Why the method failed, else `null`. */
  readonly error: string | null;
  /** The value to be painted strongest. */
  readonly scale: number;
  /** Whether to paint evidence against the target as well. */
  readonly signed: boolean;
}

export interface ComparisonDiagnosis extends Diagnosis {
  readonly method: string;
}

/** A grid of methods, targets and layers. Logits and timings are those of all calls together. */
export interface Comparison extends Prediction {
  /** Titles, in the order of the request. */
  readonly methods: readonly string[];
  readonly targets: readonly number[];
  /** Names of the targets. */
  readonly labels: readonly string[];
  /** Shallow to deep: every layer at which some method has a map. */
  readonly layers: readonly string[];
  /** One for every method, target and layer: method by method, of each target by target. */
  readonly cells: readonly ComparisonCell[];
  /** What to know before trusting a map, with the method's title. */
  readonly diagnoses: readonly ComparisonDiagnosis[];
}
