import { RelevanceCamError } from "../error.js";
import type { PreprocessOptions, PreprocessPreset } from "../types.js";
import { CAFFE, findings, IMAGENET, MINUS_ONE_TO_ONE, PLAIN, type Findings } from "./finding.js";

type Normalization = Pick<PreprocessOptions, "range" | "mean" | "std" | "channels">;

const PRESETS: Readonly<Record<PreprocessPreset, Normalization>> = {
  imagenet: { ...IMAGENET, channels: "rgb" },
  "minus-one-to-one": { ...MINUS_ONE_TO_ONE, channels: "rgb" },
  "zero-to-one": { ...PLAIN, channels: "rgb" },
  "caffe-bgr": CAFFE,
};

/**
 * Options as somebody wrote them. Range, mean and std belong together: where one is given, or a
 * preset, the others follow from it.
 */
export function presetFindings(options: PreprocessOptions, source: string): Findings {
  const { preset, range, mean, std, channels, resize, interpolation } = options;
  const custom = range !== undefined || mean !== undefined || std !== undefined;
  const plain = { range: range ?? PLAIN.range, mean: mean ?? PLAIN.mean, std: std ?? PLAIN.std };
  const named = preset === undefined ? {} : presetOf(preset);
  const normalization: Normalization = custom ? plain : reordered(named, channels);
  const values = { ...normalization, ...(channels && { channels }), resize, interpolation };
  return findings(values, source, "stated");
}

function presetOf(name: PreprocessPreset): Normalization {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset) return preset;
  const valid = Object.keys(PRESETS).join(", ");
  throw new RelevanceCamError(
    "invalid-option",
    `option preprocess cannot be '${name}'; choose one of: ${valid}`,
    "preprocess",
  );
}

/** Mean and std follow the channels. */
export function reordered(
  normalization: Normalization,
  channels: Normalization["channels"],
): Normalization {
  const { mean, std } = normalization;
  if (!channels || channels === (normalization.channels ?? "rgb")) return normalization;
  return {
    ...normalization,
    channels,
    mean: mean && [...mean].reverse(),
    std: std && [...std].reverse(),
  };
}
