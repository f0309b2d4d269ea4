import type { PortableImage } from "../backend.js";
import { RelevanceCamError } from "../error.js";
import { isPixelImage, isTensor } from "../image/source.js";
import type { PreprocessSettings } from "../preprocess.js";
import type { ModelInfo, PixelImage, Region, Tensor, TensorInfo } from "../types.js";
import { withCopy } from "./files.js";
import type { Platform } from "./platform.js";
import type {
  MainModule,
  Model,
  PreprocessSettings as WasmPreprocessSettings,
} from "./wasm-module.js";

export interface InputTarget {
  readonly exports: MainModule;
  readonly model: Model;
  readonly info: ModelInfo;
  readonly preprocess: PreprocessSettings;
}

/**
 * Makes `image` the model's first input. Returns the part of the picture that the model sees,
 * `null` for a tensor.
 */
export async function setImage(
  target: InputTarget,
  platform: Platform,
  image: PortableImage,
): Promise<Region | null> {
  if (isTensor(image)) {
    setFirstTensor(target, image);
    return null;
  }
  if (isPixelImage(image)) return setPixels(target, image);
  const pixels = await platform.toPixels(image);
  if (!(image instanceof Blob)) image.close();
  return setPixels(target, pixels);
}

/** Makes tensors the inputs of their names. */
export function setTensors(
  { exports, model, info }: InputTarget,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    const input = info.inputs.find((candidate) => candidate.name === name);
    if (input) checkShape(tensor, input);
    withCopy(exports, tensor.data, (buffer) => {
      model.setInput(name, buffer);
    });
  }
}

function setFirstTensor({ exports, model, info }: InputTarget, tensor: Tensor): void {
  const input = info.inputs[0];
  if (input) checkShape(tensor, input);
  withCopy(exports, tensor.data, (buffer) => {
    model.setFirstInput(buffer);
  });
}

function setPixels(
  { exports, model, preprocess }: InputTarget,
  { data, width, height }: PixelImage,
): Region {
  return withCopy(exports, data, (buffer) =>
    model.setImage(buffer, width, height, wasmSettings(preprocess)),
  );
}

/** @throws an engine error when the settings name something that does not exist */
export function checkPreprocess(exports: MainModule, preprocess: PreprocessSettings): void {
  exports.checkPreprocess(wasmSettings(preprocess));
}

function wasmSettings(preprocess: PreprocessSettings): WasmPreprocessSettings {
  return {
    ...preprocess,
    mean: Float32Array.from(preprocess.mean),
    std: Float32Array.from(preprocess.std),
  };
}

/** Equal lengths are not enough: a tensor in another axis order would silently be taken. */
function checkShape(tensor: Tensor, input: TensorInfo): void {
  const given = tensor.shape.join("x");
  const wanted = input.shape.join("x");
  const length = tensor.shape.reduce((product, size) => product * size, 1);
  if (given === wanted && tensor.data.length === length) return;
  throw new RelevanceCamError(
    "invalid-input",
    `The input "${input.name}" takes a tensor of shape ${wanted}, but one of shape ${given} with ` +
      `${tensor.data.length} numbers was given.`,
    input.name,
  );
}
