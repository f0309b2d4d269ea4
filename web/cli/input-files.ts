import type { Command } from "commander";

import { RelevanceCamError, type Explainer } from "../src/node.js";
import type { Tensor } from "../src/types.js";
import { aboutImage, readImageFile } from "./image-file.js";
import { collect } from "./option-values.js";

/** Options of commands that compute from an image. */
export interface InputsOptions {
  readonly input?: readonly string[];
}

/** Adds the option that gives a model's inputs beside the image. */
export function addInputsOption(command: Command): Command {
  return command.option(
    "--input <name=file>",
    "tensor for an input beside the image, as .npy or TensorProto .pb; may be repeated",
    collect,
  );
}

/**
 * The tensors of inputs beside the image, written NAME=FILE.
 * @throws RelevanceCamError `invalid-option` for what names none of them or is no tensor
 */
export async function readInputs(
  texts: readonly string[] | undefined,
  explainer: Explainer,
): Promise<Record<string, Tensor>> {
  return readTensors(texts ?? [], explainer, inputsBesideImage(explainer));
}

/** Names of the inputs beside that for the image. */
export function inputsBesideImage(explainer: Explainer): string[] {
  return explainer
    .info()
    .inputs.slice(1)
    .map(({ name }) => name);
}

/**
 * The tensors of the inputs called `names`, written NAME=FILE.
 * @throws RelevanceCamError `invalid-option` for what names none of them or is no tensor
 */
export async function readTensors(
  texts: readonly string[],
  explainer: Explainer,
  names: readonly string[],
): Promise<Record<string, Tensor>> {
  const tensors: Record<string, Tensor> = {};
  for (const text of texts) {
    const name = inputNamedIn(text, names);
    if (name === undefined) throw namesNone(text, names);
    const path = text.slice(name.length + 1);
    const tensor = await aboutImage(path, explainer, () => readImageFile(path, explainer));
    if (!("shape" in tensor)) throw isPicture(text);
    tensors[name] = tensor;
  }
  return tensors;
}

/** The one of `names` that stands before the file; names may hold = themselves. */
export function inputNamedIn(text: string, names: readonly string[]): string | undefined {
  return names.find((name) => text.startsWith(`${name}=`));
}

function namesNone(text: string, names: readonly string[]): RelevanceCamError {
  const advice =
    names.length === 0
      ? "there is none beside the image"
      : `write NAME=FILE with one of: ${names.join(", ")}`;
  const message = `--input ${text} names no input; ${advice}.`;
  return new RelevanceCamError("invalid-option", message, "input");
}

function isPicture(text: string): RelevanceCamError {
  const message = `--input ${text}: an input by name takes no picture; give a .npy or .pb.`;
  return new RelevanceCamError("invalid-option", message, "input");
}
