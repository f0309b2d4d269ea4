import type { LayerInfo, ResultArray } from "relevance-cam";
import { fusionOf, layersOf, methodOf, startOf, takesStart, type Choice } from "./state/choice.js";

const percentFormat = new Intl.NumberFormat("en", {
  style: "percent",
  maximumSignificantDigits: 3,
});

/** 0.1234 as "12.3 %". */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return "< 0.1 %";
  return percentFormat.format(share).replace("%", " %");
}

/** Three digits where they say something: "8.2 ms", "148 ms". */
export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** Four digits, two of what is very small: "0.01235", "−3.2e−9". */
export function amount(value: number): string {
  const digits = Math.abs(value) < 1e-4 ? 2 : 4;
  return String(Number(value.toPrecision(digits))).replaceAll("-", "−");
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** "14 × 14": of an image, or of the tokens that make one up. */
export function gridSize({ shape, tokens }: Pick<LayerInfo, "shape" | "tokens">): string {
  const { rows = shape.at(-2) ?? 0, columns = shape.at(-1) ?? 0 } = tokens ?? {};
  return `${rows} × ${columns}`;
}

/** What a stage is called beside the others: its grid, with its place where others have the same. */
export function stageTitle(stages: readonly LayerInfo[], depth: number): string {
  const sizes = stages.map(gridSize);
  const size = sizes[depth] ?? "";
  const isAlone = sizes.filter((other) => other === size).length === 1;
  return isAlone ? size : `${depth + 1}: ${size}`;
}

/** "stage 3 of 5, 28 × 28". */
export function stageName(stages: readonly LayerInfo[], depth: number): string {
  const stage = stages[depth];
  return `stage ${depth + 1} of ${stages.length}${stage ? `, ${gridSize(stage)}` : ""}`;
}

/** Words of method names that are no ordinary ones. */
const SPELLINGS: Readonly<Record<string, string>> = {
  cam: "CAM",
  "cam++": "CAM++",
  hires: "HiRes",
  xgrad: "XGrad",
  eigengrad: "EigenGrad",
  segeigen: "SegEigen",
  kpca: "KPCA",
  fullgrad: "FullGrad",
  legrad: "LeGrad",
  smoothgrad: "SmoothGrad",
  deconvnet: "DeconvNet",
  lrp: "LRP",
  rise: "RISE",
  x: "×",
};

/** `grad-cam` as "Grad-CAM", `integrated-gradients` as "Integrated gradients". */
export function methodTitle(name: string): string {
  const parts = name.split("-");
  const isMap = /cam(\+\+)?$/.test(name);
  const words = parts.map(
    (part, i) => SPELLINGS[part] ?? (isMap || i === 0 ? capital(part) : part),
  );
  return words.join(isMap ? "-" : " ");
}

/** The method's title, and what is set otherwise than the method has it. */
export function describeChoice(choice: Choice): string {
  const { method, start, composite, layers, fusion, parameters } = choice;
  const named = [start, composite, layers, fusion].filter((text) => text !== "");
  const set = Object.entries(parameters).map(([name, text]) => `${name} ${text}`);
  const details = [...named, ...set].join(", ");
  return methodTitle(method) + (details && ` (${details})`);
}

/** Where a map that is shown large comes from: "14 × 14, balanced". */
export function mapCaption(choice: Choice, map: ResultArray): string {
  const method = methodOf(choice);
  const place = fusionOf(choice)
    ? `${fusionOf(choice)} of all stages`
    : { input: "input", "last-stage": "last stage" }[layersOf(choice)];
  const start = takesStart(method) ? startOf(choice).name : "";
  return [place ?? "", gridSize(map), start].filter(Boolean).join(", ");
}

/** What the depth slider moves: both figures, one of them, or none. */
export function depthWords(left: FigureDepth, right: FigureDepth): string {
  if (left.follows && right.follows) return `above ${left.title}, below ${right.title}`;
  if (!left.follows && !right.follows) {
    return `Depth does not apply: ${left.title} and ${right.title} show one map each.`;
  }
  const [moved, fixed] = left.follows ? [left, right] : [right, left];
  return `${moved.title} only: ${fixed.title} shows one map, whatever the depth`;
}

export interface FigureDepth {
  readonly title: string;
  readonly follows: boolean;
}

/** A summary of the catalogue with a capital and a full stop. */
export function asSentence(text: string): string {
  return `${capital(text)}.`;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
