"""Reading the files of a model folder, with errors that name the file and say what to do."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

_UNREADABLE = (
    *(OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError, TypeError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, MemoryError, SyntaxError),
)
"""What numpy and zipfile raise on damaged archives, found by damaging some at random."""


class BadModel(ValueError):
    """A model folder that cannot be used; names the file and says what is wrong with it."""


def read_json(file: Path, kind: type[T]) -> T:
    """A JSON file as `kind`. Raises BadModel when it is not there, not JSON, or lacks something."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        raise BadModel(f"{file} is missing; it belongs to the download of the model") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadModel(f"{file}: {error}") from error


class Arrays:
    """The arrays of one .npz file, by name."""

    def __init__(self, file: Path, get: Callable[[str], NDArray[np.generic]], names: Sequence[str]) -> None:
        self._file, self._get, self._names = file, get, names

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def floats(self, name: str, size: int | None = None) -> NDArray[np.float32]:
        """An array of finite numbers, flat. Raises BadModel unless it has `size` of them."""
        flat = self._raw(name).ravel()
        if flat.dtype.kind not in "fiu" or (flat.dtype.kind == "f" and not np.isfinite(flat).all()):
            raise BadModel(f"{self._file}: {name} is not an array of finite numbers")
        if size is not None and flat.size != size:
            raise BadModel(f"{self._file}: {name} has {flat.size} values where {size} belong")
        return flat.astype(np.float32, copy=False)

    def whole(self, name: str, below: int) -> NDArray[np.intp]:
        """An array of indices, flat. Raises BadModel unless all are from 0 to `below` - 1."""
        flat = self._raw(name).ravel()
        if flat.dtype.kind not in "iu" or (flat.size and not 0 <= flat.min() <= flat.max() < below):
            raise BadModel(f"{self._file}: {name} should hold whole numbers from 0 to {below - 1}")
        return flat.astype(np.intp)

    def texts(self, name: str) -> list[str]:
        """An array of names, in bytes or in text."""
        flat = self._raw(name).ravel()
        if flat.dtype.kind not in "SU":
            raise BadModel(f"{self._file}: {name} should hold names")
        return [
            each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in flat.tolist()
        ]

    def _raw(self, name: str) -> NDArray[np.generic]:
        if name not in self._names:
            held = ", ".join(self._names[:8])
            raise BadModel(f"{self._file}: {name} is missing; the file holds {held or 'nothing'}")
        try:
            return self._get(name)
        except _UNREADABLE as error:
            raise BadModel(f"{self._file}: {name} cannot be read: {error}") from error


@contextmanager
def arrays(file: Path) -> Iterator[Arrays]:
    """Open a .npz file. Raises BadModel when it is missing or damaged. Runs no code that may be in it."""
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open("rb"))  # numpy leaves a damaged file open
            held = np.load(opened, allow_pickle=False)
        except FileNotFoundError:
            raise BadModel(f"{file} is missing; it belongs to the download of the model") from None
        except _UNREADABLE as error:
            raise BadModel(f"{file} is not a .npz file: {error}") from error
        if not isinstance(held, np.lib.npyio.NpzFile):
            raise BadModel(f"{file} is a single array, not a .npz file")
        stack.enter_context(held)
        yield Arrays(file, held.__getitem__, held.files)


def network_file(folder: Path, named: str) -> Path:
    """The .onnx file of the network that model.json calls `named`. Raises BadModel when there is none.

    NVIDIA's model.json names network.trt, an engine that TensorRT builds for one kind of GPU; the network it
    is built from lies beside it in the download.
    """
    beside = (folder / named).with_suffix(".onnx")
    for file in (beside, folder / "network.onnx"):
        if file.is_file():
            return file
    if (folder / named).is_file():
        raise BadModel(
            f"{folder}: there is {named}, which runs only with TensorRT on the GPU it was built for. "
            f"Put network.onnx from the same download beside it, as {beside}"
        )
    raise BadModel(f"{beside} is missing; it belongs to the download of the model")
