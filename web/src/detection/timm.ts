import {
  findings,
  isJsonObject,
  numberAt,
  numbersAt,
  type Findings,
  type Json,
} from "./finding.js";
import type { InputFormat } from "./input-format.js";

/** The part of a timm `config.json` that says how its weights were trained. */
export function pretrainedConfig(json: Json): Json | undefined {
  const inner = json["pretrained_cfg"] ?? json["default_cfg"];
  return isJsonObject(inner) ? inner : undefined;
}

/** What timm's evaluation transform does for a `pretrained_cfg`. */
export function timmFindings(config: Json, name: string, format: InputFormat): Findings {
  return [
    ...normalizationFindings(config, name),
    ...filterFindings(config, name),
    ...cropFindings(config, name, format),
  ];
}

function normalizationFindings(config: Json, name: string): Findings {
  const [mean, std] = [numbersAt(config, "mean"), numbersAt(config, "std")];
  if (!mean || !std) return [];
  const values = { channels: "rgb", range: 1, mean, std } as const;
  return findings(values, `${name} has mean and std, which timm takes of 0 to 1.`, "stated");
}

function filterFindings(config: Json, name: string): Findings {
  const { interpolation } = config;
  if (typeof interpolation !== "string") return [];
  if (["nearest", "bilinear", "bicubic"].includes(interpolation)) {
    return findings({ interpolation }, `${name} says interpolation ${interpolation}.`, "stated");
  }
  const nearest = interpolation.startsWith("lanczos") ? "bicubic" : "bilinear";
  const says = `${name} says interpolation ${interpolation}, to which this comes nearest.`;
  return findings({ interpolation: nearest }, says, "inferred");
}

function cropFindings(config: Json, name: string, { height, width }: InputFormat): Findings {
  const share = numberAt(config, "crop_pct");
  const { crop_mode: mode } = config;
  if (mode === "squash") {
    return findings({ resize: "stretch" }, `${name} says crop_mode squash.`, "stated");
  }
  if (share === undefined || share <= 0 || share > 1) return [];
  const resize = Math.max(Math.floor(Math.max(height, width) / share), height, width);
  if (mode === undefined || mode === "center") {
    return findings({ resize }, `${name} says crop_pct ${share}.`, "stated");
  }
  const says = `${name} says crop_pct ${share}; its crop_mode ${String(mode)} is read as center.`;
  return findings({ resize }, says, "inferred");
}
