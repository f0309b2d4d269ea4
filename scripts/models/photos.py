"""Demo photos: those of scikit-image's data folder that are CC0 or in the public domain.

The licence facts are those that scikit-image states beside each picture's loader.
"""

import io
import json
from dataclasses import asdict, dataclass
from zipfile import ZipFile

from PIL import Image

FOLDER = "skimage/data"
SOURCE = "scikit-image 0.25.2"


@dataclass(frozen=True)
class Photo:
    """A photo and whom to credit for it."""

    file: str
    title: str
    author: str
    licence: str
    source: str = SOURCE


CAT = Photo("chelsea.png", "Chelsea the cat", "Stefan van der Walt", "CC0")
COFFEE = Photo("coffee.png", "Cup of coffee", "Rachel Michetti", "CC0")
PHOTOS = (
    CAT,
    COFFEE,
    Photo("camera.png", "Photographer with tripod", "Lav Varshney", "CC0"),
    Photo("rocket.jpg", "Launch of DSCOVR on a Falcon 9", "SpaceX", "public domain"),
    Photo("astronaut.png", "Astronaut Eileen Collins", "NASA", "public domain"),
)
MONTAGE = Photo(
    "cat-and-coffee.png",
    "A cat above a cup of coffee",
    f"{CAT.author} (cat), {COFFEE.author} (coffee)",
    "CC0",
    f"cropped and joined from {SOURCE}",
)

MONTAGE_WIDTH, MONTAGE_HALF = 448, 224
CAT_BOX = (0, 40, 451, 266)
COFFEE_BOX = (0, 50, 600, 350)


def _montage(cat: bytes, coffee: bytes) -> bytes:
    """A square PNG with two classes in it, for explanations that differ by class."""
    canvas = Image.new("RGB", (MONTAGE_WIDTH, 2 * MONTAGE_HALF))
    for row, (data, box) in enumerate(((cat, CAT_BOX), (coffee, COFFEE_BOX))):
        part = Image.open(io.BytesIO(data)).convert("RGB").crop(box)
        part = part.resize((MONTAGE_WIDTH, MONTAGE_HALF), Image.Resampling.BICUBIC)
        canvas.paste(part, (0, row * MONTAGE_HALF))
    file = io.BytesIO()
    canvas.save(file, "PNG")
    return file.getvalue()


def demo_photos(wheel: ZipFile) -> dict[str, bytes]:
    """Every demo photo and their `credits.json`, by file name, from scikit-image's wheel."""
    files = {photo.file: wheel.read(f"{FOLDER}/{photo.file}") for photo in PHOTOS}
    files[MONTAGE.file] = _montage(files[CAT.file], files[COFFEE.file])
    credit_list = [asdict(photo) for photo in (MONTAGE, *PHOTOS)]
    return files | {"credits.json": (json.dumps(credit_list, indent=2) + "\n").encode()}
