/** Where a model comes from. A URL may be relative to the page. */
export type ModelSource = string | URL | ArrayBuffer | Uint8Array | Blob;

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

/** Names of the ready-made pre-processings. */
export type PreprocessPreset = "imagenet" | "minus-one-to-one" | "zero-to-one" | "caffe-bgr";

/** One step of loading or computing; `total` is 0 while it is not known. */
export interface Progress {
  readonly phase:
    "runtime" | "model" | "prepare" | "forward" | "bind" | "backward" | "trials" | "cam";
  readonly loaded: number;
  readonly total: number;
}

export interface CallOptions {
  /** Aborting rejects the call with `signal.reason`; the explainer stays usable. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface LoadOptions extends CallOptions {
  /** Threads to compute on; up to 4 when absent. Without cross-origin isolation always one. */
  readonly threads?: number | undefined;
  /** `simd` gives the same bits on every machine, `relaxed` is faster; `auto` chooses. */
  readonly runtime?: "auto" | "simd" | "relaxed" | undefined;
  /** Class names in the order of the logits, or a text with one name per line. */
  readonly labels?: readonly string[] | string | undefined;
  /** Absent: what the model file says, else `imagenet`. */
  readonly preprocess?: PreprocessPreset | PreprocessOptions | undefined;
  /** Sizes of symbolic dimensions by name. */
  readonly dimensions?: Readonly<Record<string, number>> | undefined;
  /** Full shapes of inputs by name. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Files that the model refers to, by their name. */
  readonly externalData?: Readonly<Record<string, ModelSource>> | undefined;
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
  /** Two spatial axes: a map can be made here. */
  readonly spatial: boolean;
  /** The last activation at its spatial resolution. */
  readonly stage: boolean;
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
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Tensor that relevance starts from: before a final Softmax. */
  readonly logits: string;
  readonly classes: number;
  /** In the order of computation. */
  readonly layers: readonly LayerInfo[];
  readonly batchNorms: readonly BatchNormInfo[];
  readonly metadata: Readonly<Record<string, string>>;
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
  "cam" | "scaled" | "relevance" | "weights" | "activation" | "gradient" | "seed";

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
  /** `null`: the whole image. */
  readonly region?: Region | null | undefined;
}

/** One array of an explanation, raw and signed. */
export interface ResultArray extends Heatmap {
  readonly method: string;
  /** ONNX tensor name. */
  readonly layer: string;
  readonly kind: ArrayKind;
  readonly target: number;
  readonly start: string;
  readonly composite: string;
  /** ONNX order: `cam` [1,1,h,w], `weights` [1,C,1,1], `scaled` [1,1,H,W], and so on. */
  readonly shape: readonly number[];
  readonly region: Region | null;
}

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
  /** The image was the same as before, so that no forward pass was needed. */
  readonly reusedForward: boolean;
}

export interface ClassScore {
  readonly index: number;
  /** The class's name; `class N` without labels. */
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}

export interface ClassifyOptions extends CallOptions {
  /** How many classes to return; default 5. */
  readonly topK?: number | undefined;
}

export interface Classification extends Prediction {
  /** The most probable classes, best first. */
  readonly top: readonly ClassScore[];
}

export interface ExplainOptions extends CallOptions {
  /** Default `relevance-cam`. */
  readonly method?: string | undefined;
  /** Class index, class name, or `top` (default): the most probable class. */
  readonly target?: number | string | undefined;
  /** Tensor names, or the words `stages` (default), `input`, `logits`. */
  readonly layers?: readonly string[] | string | undefined;
  /** Where relevance begins: `one-hot`, `logit`, `clrp`, `sglrp`, `balanced`; else the method's. */
  readonly start?: string | undefined;
  /** The method's own when absent. */
  readonly composite?: string | undefined;
  /** Settings of the method or composite, e.g. `{"conv-bias": "twice"}`. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
  /** Which arrays to return; default `["cam"]`. */
  readonly emit?: readonly ArrayKind[] | undefined;
}

export interface Explanation extends Prediction {
  readonly target: number;
  /** Name of the target class. */
  readonly label: string;
  /** Layers shallow to deep; per layer in the order of `emit`. */
  readonly results: readonly ResultArray[];
}

/** Inputs of `run`: one image or tensor, or tensors by input name. */
export type RunInput = ImageSource | Readonly<Record<string, Tensor>>;

export interface RunResult {
  /** Graph outputs by name, in ONNX order. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly timings: Timings;
}
