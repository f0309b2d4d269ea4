"""Reads the tensors of a PyTorch state dict without PyTorch.

Only the legacy (pre-1.6, non-zip) layout is read: four pickles (magic number, protocol version,
system information, the state dict), a fifth with the storage keys in file order, and then each
storage as a little-endian element count (int64) followed by its elements. A pickle may call any
function it names, so the unpickler resolves nothing but the four names such a file needs.
"""

import io
import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
ELEMENT_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class CheckpointError(ValueError):
    """The file is not a legacy PyTorch state dict of plain tensors."""


@dataclass(frozen=True)
class Storage:
    """A flat block of elements that tensors refer to by key."""

    key: str
    dtype: np.dtype
    count: int


@dataclass(frozen=True)
class TensorView:
    """Where in a storage a tensor's elements lie; offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self, elements: np.ndarray) -> np.ndarray:
        """Returns a C-contiguous copy of the tensor; raises where it leaves its storage."""
        if min(self.shape, default=1) < 1 or min(self.offset, *self.strides, 0) < 0:
            raise CheckpointError("a tensor has an empty shape, a negative stride or offset")
        steps = zip(self.shape, self.strides, strict=True)
        if self.offset + sum((n - 1) * stride for n, stride in steps) >= elements.size:
            raise CheckpointError(f"a tensor leaves its storage '{self.storage.key}'")
        byte_strides = [s * elements.itemsize for s in self.strides]
        view = np.lib.stride_tricks.as_strided(elements[self.offset :], self.shape, byte_strides)
        return np.ascontiguousarray(view)


def _tensor_view(
    storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any
) -> TensorView:
    """Stands in for torch._utils._rebuild_tensor_v2; the rest only matters to autograd."""
    return TensorView(storage, offset, tuple(shape), tuple(strides))


class _TensorUnpickler(pickle.Unpickler):
    """An unpickler that can build ordered dictionaries and tensor views, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor_view
        if module == "torch" and name in ELEMENT_TYPES:
            return ELEMENT_TYPES[name]
        raise CheckpointError(f"the state dict names '{module}.{name}', which is not allowed")

    def persistent_load(self, pid: Any) -> Storage:
        kind, dtype, key, _device, count, view = pid
        if kind != "storage" or view is not None:
            raise CheckpointError("the state dict refers to something other than a whole storage")
        return Storage(key, dtype, count)


def _read_elements(file: BinaryIO, storage: Storage) -> np.ndarray:
    """Reads one storage at the file's position."""
    header = file.read(8)
    if len(header) != 8:
        raise CheckpointError(f"the file ends before storage '{storage.key}'")
    (count,) = struct.unpack("<q", header)
    if count != storage.count:
        raise CheckpointError(f"storage '{storage.key}' has {count} elements, not {storage.count}")
    data = file.read(count * storage.dtype.itemsize)
    if len(data) != count * storage.dtype.itemsize:
        raise CheckpointError(f"the file ends inside storage '{storage.key}'")
    return np.frombuffer(data, storage.dtype)


def load_state_dict(data: bytes) -> dict[str, np.ndarray]:
    """Reads every tensor of the state dict in `data`, by parameter name, in file order."""
    file = io.BytesIO(data)
    magic, protocol, _system, views, keys = (_TensorUnpickler(file).load() for _ in range(5))
    if magic != MAGIC_NUMBER or protocol != PROTOCOL_VERSION:
        raise CheckpointError("the file is not a legacy PyTorch checkpoint")
    storages = {view.storage.key: view.storage for view in views.values()}
    elements = {key: _read_elements(file, storages[key]) for key in keys}
    return {name: view.read(elements[view.storage.key]) for name, view in views.items()}
