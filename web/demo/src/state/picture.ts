/** Whom a photo is owed to. */
export interface Credit {
  readonly file: string;
  readonly title: string;
  readonly author: string;
  readonly licence: string;
  readonly source: string;
}

export interface Picture {
  readonly name: string;
  readonly bitmap: ImageBitmap;
  readonly credit?: Credit | undefined;
}

/** Larger photos are reduced once, so that every further class is quick. */
const MAX_SIDE = 1600;

/** @throws Error naming the file when it is no picture that the browser reads. */
export async function readPicture(
  source: Blob | HTMLImageElement,
  name: string,
  credit?: Credit,
): Promise<Picture> {
  try {
    return { name, credit, bitmap: await reduced(await createImageBitmap(source)) };
  } catch (cause) {
    throw new Error(
      `“${name}” cannot be opened as a picture: it is damaged, too large, or of a kind that ` +
        "this browser does not read.",
      { cause },
    );
  }
}

async function reduced(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const factor = MAX_SIDE / Math.max(bitmap.width, bitmap.height);
  if (factor >= 1) return bitmap;
  const small = await createImageBitmap(bitmap, {
    resizeWidth: Math.max(1, Math.round(bitmap.width * factor)),
    resizeHeight: Math.max(1, Math.round(bitmap.height * factor)),
    resizeQuality: "high",
  });
  bitmap.close();
  return small;
}
