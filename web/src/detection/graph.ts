import type { LayerInfo, ModelInfo } from "../types.js";
import { BYTES, findings, PLAIN, type Findings } from "./finding.js";
import type { InputFormat } from "./input-format.js";

type Layers = Pick<ModelInfo, "layers">;

const ARITHMETIC: readonly string[] = ["Mul", "Div", "Sub", "Add", "BatchNormalization"];
/** What may stand before it. */
const SILENT: readonly string[] = ["Cast", "Transpose", "Identity", "DequantizeLinear"];

/** What the input itself and the first nodes of the graph tell of the numbers that it takes. */
export function graphFindings({ layers }: Layers, format: InputFormat): Findings {
  return [...typeFindings(format), ...arithmeticFindings(layers, format)];
}

function typeFindings({ name, type }: InputFormat): Findings {
  if (type !== "uint8") return [];
  return findings(BYTES, `The input "${name}" takes uint8: bytes from 0 to 255.`, "stated");
}

/** Arithmetic on the pixels themselves means that the graph normalises. */
function arithmeticFindings(layers: readonly LayerInfo[], format: InputFormat): Findings {
  const types = leadingTypes(layers, format);
  const [first] = types;
  if (first === undefined) return [];
  const begins = `The graph begins with ${types.join(", ")} on the input: it normalises by itself`;
  if (first === "BatchNormalization") return batchNormFindings(format, begins);
  // Pixels are scaled before anything else in Keras; PyTorch's Normalize subtracts from 0 to 1.
  const scales = first === "Mul" || first === "Div" || format.layout === "NHWC";
  return findings(
    scales ? BYTES : PLAIN,
    `${begins}, so that ${scales ? "bytes from 0 to 255" : "pixels from 0 to 1"} are assumed.`,
    "inferred",
  );
}

/** Networks of MXNet call their input "data" and normalise before their first layer all the same. */
function batchNormFindings({ name }: InputFormat, begins: string): Findings {
  if (name === "data") return [];
  return findings(PLAIN, `${begins}, so that pixels from 0 to 1 are assumed.`, "guessed");
}

function leadingTypes(layers: readonly LayerInfo[], format: InputFormat): string[] {
  const size = format.channels * format.height * format.width;
  const types: string[] = [];
  for (const { opType, shape, parameters } of layers) {
    const isPixels = shape.slice(1).reduce((product, n) => product * n, 1) === size;
    // Without constants of its own it joins the pixels with another input, such as a mask.
    const normalises = ARITHMETIC.includes(opType) && parameters > 0;
    if (!isPixels || !(normalises || SILENT.includes(opType))) break;
    types.push(opType);
  }
  return types.filter((type) => ARITHMETIC.includes(type));
}
