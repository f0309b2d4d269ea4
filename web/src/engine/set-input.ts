import type { PortableImage, PortableInput } from "../backend.js";
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
 * Makes `input` what the model computes from: inputs that it does not name are given no longer.
 * Returns the part of the picture that the model sees, `null` where there is none.
 * @throws RelevanceCamError `invalid-input`, naming the input
 */
export async function setInput(
  target: InputTarget,
  platform: Platform,
  { image, tensors }: PortableInput,
): Promise<Region | null> {
  const { inputs } = target.info;
  const others = image === undefined ? inputs : inputs.slice(1);
  const names = others.map(({ name }) => name);
  const unknown = Object.keys(tensors).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownInput(unknown, target.info, names);
  for (const input of others) setTensor(target, input, tensors);
  return image === undefined ? null : setImage(target, platform, image);
}

function unknownInput(
  name: string,
  { inputs: [first] }: ModelInfo,
  names: readonly string[],
): RelevanceCamError {
  const problem =
    name === first?.name
      ? `The input "${name}" is the one that the image is given for`
      : `The model has no input "${name}"`;
  const valid = names.length === 0 ? "there is no other" : `valid: ${names.join(", ")}`;
  return new RelevanceCamError("invalid-input", `${problem}; ${valid}.`, name);
}

function setTensor(
  { exports, model }: InputTarget,
  input: TensorInfo,
  tensors: Readonly<Record<string, Tensor>>,
): void {
  const { name } = input;
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!tensor) {
    model.forgetInput(name);
    return;
  }
  checkShape(tensor, input);
  withCopy(exports, tensor.data, (buffer) => {
    model.setInput(name, buffer);
  });
}

async function setImage(
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
