import type { Config } from "../../../web/src/detection/detect.js";
import { detectPreprocess, optionsOf } from "../../../web/src/detection/detect.js";
import type { ModelInfo, PreprocessFinding, PreprocessOptions } from "../../../web/src/types.js";

export interface Model {
  readonly name?: string;
  readonly input?: string;
  readonly type?: string;
  readonly shape?: readonly number[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Operators of the first layers; those on the pixels themselves come first. */
  readonly begins?: readonly string[];
  /** How many numbers of their own these have; default 1. */
  readonly parameters?: number;
  readonly configs?: readonly Readonly<Record<string, unknown>>[];
  readonly options?: PreprocessOptions;
  readonly fileName?: string;
}

export function found(model: Model): readonly PreprocessFinding[] {
  const { name = "", input = "input", type = "float32", shape = [1, 3, 224, 224] } = model;
  const layers = (model.begins ?? ["Conv"]).map((opType) => ({
    ...{
      opType,
      name: opType,
      macs: 0,
      parameters: model.parameters ?? 1,
      spatial: true,
      stage: false,
      attention: false,
    },
    shape: opType === "Conv" ? [1, 64, 112, 112] : shape,
  })) satisfies ModelInfo["layers"];
  const configs = (model.configs ?? []).map((json, i): Config => ({ name: `file ${i}`, json }));
  const info = {
    name,
    layers,
    metadata: model.metadata ?? {},
    inputs: [{ name: input, type, shape }],
  };
  return detectPreprocess({
    ...{ info, configs, fileName: model.fileName ?? "", options: model.options },
  });
}

export function optionsFor(model: Model): PreprocessOptions {
  return optionsOf(found(model));
}

export function about(model: Model, field: PreprocessFinding["field"]): PreprocessFinding {
  const finding = found(model).find((one) => one.field === field);
  if (!finding) throw new Error(`nothing about ${field}`);
  return finding;
}
