import type { LayerInfo } from "relevance-cam";

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

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** "14 × 14". */
export function gridSize({ shape }: Pick<LayerInfo, "shape">): string {
  return `${shape.at(-2) ?? 0} × ${shape.at(-1) ?? 0}`;
}

/** "stage 3 of 5, 28 × 28". */
export function stageName(stages: readonly LayerInfo[], depth: number): string {
  const stage = stages[depth];
  return `stage ${depth + 1} of ${stages.length}${stage ? `, ${gridSize(stage)}` : ""}`;
}
