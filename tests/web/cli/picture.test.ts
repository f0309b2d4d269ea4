import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { decodePicture } from "../../../web/cli/picture.js";

const jpeg = readFileSync(new URL("../../../.cache/photos/rocket.jpg", import.meta.url));
const [width, height] = [640, 427];

/** One pixel. */
const webp = Buffer.from("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "base64");

/** The file with an EXIF block that says how its rows and columns lie. */
function withOrientation(orientation: number): Buffer {
  const tiff = Buffer.from("4d4d002a0000000800010112000300000001000000000000000000", "hex");
  tiff.writeUInt16BE(orientation, 18);
  const exif = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const marker = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, exif, jpeg.subarray(2)]);
}

test("JPEG and WebP are decoded", async () => {
  expect(await decodePicture(jpeg, "a.jpg")).toMatchObject({ width, height });
  const { data } = await decodePicture(jpeg, "a.jpg");
  expect(data).toHaveLength(width * height * 4);
  expect(await decodePicture(webp, "a.webp")).toMatchObject({ width: 1, height: 1 });
});

test("a JPEG is turned as its EXIF orientation says", async () => {
  const upright = await decodePicture(jpeg, "a.jpg");
  const turned = await decodePicture(withOrientation(6), "a.jpg");
  expect([turned.width, turned.height]).toEqual([height, width]);
  // Turned clockwise, the upper left corner comes to the upper right.
  const corner = turned.data.subarray((turned.width - 1) * 4, turned.width * 4);
  expect(Array.from(corner)).toEqual(Array.from(upright.data.subarray(0, 4)));
});

test.each([
  ["a.jpg", jpeg.subarray(0, jpeg.length / 2)],
  ["a.webp", webp.subarray(0, 35)],
])("a damaged %s is refused by name", async (name, bytes) => {
  await expect(decodePicture(bytes, name)).rejects.toMatchObject({
    code: "invalid-image",
    node: name,
  });
});
