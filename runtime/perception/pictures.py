"""Camera frames as clients send them, into pixels. Bounded before anything is decoded."""

from __future__ import annotations

import io
import struct
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""

BYTES = 256 * 1024
"""Of a compressed frame: JPEG of 1280 x 720 at quality 85 has 150 kB at most."""
SIDE = 1280
"""Pixels of the longer side. Landmarks are found in 256 x 256; more only takes time to decode."""
RAW = struct.Struct("<4sHH")
"""Head of a raw frame: `RGB8`, width and height; then rows from the top, three bytes a pixel."""
_RAW = b"RGB8"
_FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"RIFF": "WEBP"}


class BadPicture(ValueError):
    """A frame that is refused; says why."""


def size(data: bytes) -> tuple[int, int]:
    """Width and height, from the first bytes alone. Raises BadPicture for what would not be decoded."""
    if data[:4] == _RAW:
        return _raw_size(data)
    form = next((form for magic, form in _FORMATS.items() if data.startswith(magic)), None)
    if form is None:
        raise BadPicture("a frame is JPEG, WebP, PNG or raw RGB8")
    if len(data) > BYTES:
        raise BadPicture(f"a frame of {len(data)} bytes; at most {BYTES}")
    from PIL import Image  # an extra: whoever has no camera does without

    try:
        with Image.open(io.BytesIO(data), formats=[form]) as image:  # reads no more than the head
            width, height = image.size
    except Exception as error:  # decoders raise whatever they like
        raise BadPicture(f"no {form} picture: {error}") from error
    return _bounded(width, height)


def decode(data: bytes) -> Pixels:
    """The picture. Raises BadPicture for what is too large, of another format, or broken."""
    width, height = size(data)
    if data[:4] == _RAW:
        return np.frombuffer(data, np.uint8, offset=RAW.size).reshape(height, width, 3)
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))
    except Exception as error:
        raise BadPicture(f"a broken picture: {error}") from error


def _raw_size(data: bytes) -> tuple[int, int]:
    if len(data) < RAW.size:
        raise BadPicture("a raw frame without its head")
    _, width, height = RAW.unpack_from(data)
    _bounded(width, height)
    if len(data) != RAW.size + 3 * width * height:
        raise BadPicture(f"a raw frame of {width} x {height} has {RAW.size + 3 * width * height} bytes")
    return width, height


def _bounded(width: int, height: int) -> tuple[int, int]:
    if min(width, height) == 0 or max(width, height) > SIDE:
        raise BadPicture(f"a frame of {width} x {height}; at most {SIDE} a side")
    return width, height
