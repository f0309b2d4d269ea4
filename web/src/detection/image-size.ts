import type { Config } from "./detect.js";
import { isJsonObject, numbersAt, type Json } from "./finding.js";
import { isProcessorConfig } from "./hugging-face.js";
import { pretrainedConfig } from "./timm.js";

type Size = readonly [height: number, width: number];

const MOST_PIXELS_OF_A_SIDE = 16384;

/** Height and width that a configuration says, for models that leave them open. */
export function imageSize(configs: readonly Config[]): Size | undefined {
  for (const { json } of configs) {
    const timm = pretrainedConfig(json);
    const [height, width] = timm ? sizeOfTimm(timm) : sizeOfProcessor(json);
    if (isSide(height) && isSide(width)) return [height, width];
  }
  return undefined;
}

function isSide(size: number | undefined): size is number {
  return Number.isInteger(size) && Number(size) >= 1 && Number(size) <= MOST_PIXELS_OF_A_SIDE;
}

/** Channels, height and width. */
function sizeOfTimm(config: Json): readonly number[] {
  return (numbersAt(config, "input_size") ?? []).slice(1);
}

/** What is left after cropping. */
function sizeOfProcessor(json: Json): readonly number[] {
  if (!isProcessorConfig(json)) return [];
  const size = json["do_center_crop"] === true ? (json["crop_size"] ?? json["size"]) : json["size"];
  if (!isJsonObject(size)) {
    const sides = numbersAt({ size }, "size") ?? [];
    return sides.length === 1 ? [...sides, ...sides] : sides;
  }
  const edge = numbersAt(size, "shortest_edge") ?? [];
  return [...(numbersAt(size, "height") ?? edge), ...(numbersAt(size, "width") ?? edge)];
}
