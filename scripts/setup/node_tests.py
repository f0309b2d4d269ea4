"""Unpacks the data of ONNX's node tests from the wheel of its Python package.

Usage: python node_tests.py DOWNLOADS OUTPUT.
"""

import sys
from pathlib import Path
from zipfile import ZipFile

PREFIX = "onnx/backend/test/data/node/"


def main() -> None:
    """Writes model.onnx and the test_data_set folders of every case below OUTPUT."""
    downloads, target = Path(sys.argv[1]), Path(sys.argv[2])
    with ZipFile(next(downloads.glob("onnx-*.whl"))) as wheel:
        for name in wheel.namelist():
            if not name.startswith(PREFIX) or name.endswith("/"):
                continue
            path = target / name.removeprefix(PREFIX)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wheel.read(name))


if __name__ == "__main__":
    main()
