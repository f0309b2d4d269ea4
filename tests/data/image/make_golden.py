#!/usr/bin/env python3
"""Writes the expected values of tests/image next to this file.

    pip install pillow==11.3.0 opencv-python-headless==4.11.0.86 numpy==2.2.6
    python3 make_golden.py

The pictures and maps themselves are noise from a formula that the C++ tests share.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def noise(count: int) -> np.ndarray:
    """Byte i is the top byte of i * 2654435761 modulo 2^32."""
    product = np.arange(count, dtype=np.uint64) * 2654435761 % 2**32
    return (product >> 24).astype(np.uint8)


def picture(width: int, height: int) -> Image.Image:
    return Image.fromarray(noise(width * height * 4).reshape(height, width, 4), "RGBA")


def write(name: str, values: np.ndarray, form: str) -> None:
    np.savetxt(FOLDER / f"{name}.txt", values.reshape(-1, values.shape[-1]), fmt=form)


def write_resized(name: str, mode: str, source: tuple, target: tuple) -> None:
    """Rows of `target` as interleaved bytes, one image row a line."""
    resized = picture(*source).convert(mode).resize(target, FILTERS[name])
    rows = np.asarray(resized).reshape(target[1], -1)
    write(f"{name}_{mode}_{source[0]}x{source[1]}_to_{target[0]}x{target[1]}", rows, "%d")


def write_cropped(source: tuple, side: int, size: int) -> None:
    """torchvision's Resize(side) and CenterCrop(size) of a PIL image, in their arithmetic."""
    width, height = source
    long_side = int(side * max(source) / min(source))
    target = (side, long_side) if width <= height else (long_side, side)
    resized = picture(*source).convert("RGB").resize(target, Image.Resampling.BILINEAR)
    left = int(round((target[0] - size) / 2.0))
    top = int(round((target[1] - size) / 2.0))
    cropped = resized.crop((left, top, left + size, top + size))
    write(f"crop_{width}x{height}_{side}_{size}", np.asarray(cropped).reshape(size, -1), "%d")


def write_map(source: tuple, target: tuple) -> None:
    values = noise(source[0] * source[1]).astype(np.float32).reshape(source[1], source[0])
    resized = cv2.resize(values, target, interpolation=cv2.INTER_LINEAR)
    write(f"map_{source[0]}x{source[1]}_to_{target[0]}x{target[1]}", resized, "%.9g")


def main() -> None:
    for name in FILTERS:
        write_resized(name, "RGB", (37, 23), (16, 9))
        write_resized(name, "RGB", (7, 5), (19, 12))
    write_resized("bilinear", "L", (37, 23), (16, 9))
    write_resized("bilinear", "RGB", (40, 3), (5, 11))
    write_cropped((45, 31), 16, 14)
    write_cropped((31, 46), 17, 14)
    write_map((7, 5), (16, 12))
    write_map((9, 8), (4, 3))


if __name__ == "__main__":
    main()
