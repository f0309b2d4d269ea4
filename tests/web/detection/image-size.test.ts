import { expect, test } from "vitest";

import { imageSize } from "../../../web/src/detection/image-size.js";

const sizeOf = (...configs: readonly Readonly<Record<string, unknown>>[]) =>
  imageSize(configs.map((json) => ({ name: "", json })));

test.each([
  ["timm", { pretrained_cfg: { input_size: [3, 384, 320] } }, [384, 320]],
  ["an exact size", { do_resize: true, size: { height: 96, width: 128 } }, [96, 128]],
  ["one number", { do_resize: true, size: 384 }, [384, 384]],
  ["a shortest edge", { do_resize: true, size: { shortest_edge: 256 } }, [256, 256]],
  [
    "a crop",
    { do_center_crop: true, do_resize: true, size: { shortest_edge: 256 }, crop_size: 224 },
    [224, 224],
  ],
])("is that of %s", (_, config, size) => {
  expect(sizeOf({ model_type: "vit" }, config)).toEqual(size);
});

test.each([
  ["nothing", {}],
  ["no processor", { size: 384 }],
  ["no whole number", { do_resize: true, size: 1.5 }],
  ["an enormous size", { do_resize: true, size: 1e9 }],
  ["a negative size", { pretrained_cfg: { input_size: [3, -1, 224] } }],
])("of %s is not known", (_, config) => {
  expect(sizeOf(config)).toBeUndefined();
});
