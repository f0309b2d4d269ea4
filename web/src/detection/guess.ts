import type { ModelInfo } from "../types.js";
import { CAFFE, findings, IMAGENET, MINUS_ONE_TO_ONE, PLAIN, type Findings } from "./finding.js";
import type { InputFormat } from "./input-format.js";

/** Networks of Keras whose weights came from Caffe, and those from PyTorch. */
const CAFFE_NAMES = /vgg|(?<!se_?)resnet(?!.*v2)|caffe/i;
const TORCH_NAMES = /densenet/i;

/**
 * What names and layout make likely, where nothing is stated; complete, so that no field stays open.
 * @param fileName the model's, if known
 */
export function guessFindings(
  { name }: Pick<ModelInfo, "name">,
  format: InputFormat,
  fileName: string,
): Findings {
  const resizing = { resize: defaultEdge(format), interpolation: "bilinear" };
  return [
    ...normalizationGuess([name, fileName, format.name].join(" "), format),
    ...findings({ channels: "rgb" }, "Nothing says otherwise: red comes first.", "guessed"),
    ...findings(
      resizing,
      "Nothing says otherwise: the shorter side at 8/7 of the input, then the centre.",
      "guessed",
    ),
  ];
}

/** torchvision's 256 for 224. */
function defaultEdge({ height, width }: InputFormat): number {
  return Math.round((Math.max(height, width) * 8) / 7);
}

function normalizationGuess(names: string, format: InputFormat): Findings {
  const { channels, layout, name } = format;
  if (channels === 1) {
    return findings(PLAIN, "The input has one channel: grey from 0 to 1.", "guessed");
  }
  if (layout === "NCHW") {
    const says =
      name === "pixel_values"
        ? 'The input is called "pixel_values", as Transformers does; most of its models take ' +
          "ImageNet's mean and std, and its preprocessor_config.json would say."
        : "Nothing says otherwise: most models with channels first take ImageNet's mean and std.";
    return findings(IMAGENET, says, "guessed");
  }
  const keras = "Channels come last, as in TensorFlow's models";
  if (CAFFE_NAMES.test(names)) {
    return findings(CAFFE, `${keras}, and the names tell of weights from Caffe.`, "guessed");
  }
  if (TORCH_NAMES.test(names)) {
    return findings(IMAGENET, `${keras}, and the names tell of a DenseNet.`, "guessed");
  }
  return findings(MINUS_ONE_TO_ONE, `${keras}, most of which take -1 to 1.`, "guessed");
}
