"""Open Sound Control 1.0, as much as VMC needs: messages of strings and numbers, and bundles of them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_HEAD = b"#bundle\0" + struct.pack(">Q", 1)
"""With the time tag for `at once`."""


def message(address: str, *values: str | int | float) -> bytes:
    """One message."""
    tags = "".join({str: "s", int: "i", float: "f"}[type(value)] for value in values)
    return _string(address) + _string("," + tags) + b"".join(map(_argument, values))


def bundles(messages: Iterable[bytes], largest: int) -> list[bytes]:
    """As few bundles as hold `messages` in their order, none of more than `largest` bytes."""
    found = [_HEAD]
    for each in messages:
        if len(found[-1]) + 4 + len(each) > largest and len(found[-1]) > len(_HEAD):
            found.append(_HEAD)
        found[-1] += struct.pack(">i", len(each)) + each
    return found


def _argument(value: str | int | float) -> bytes:
    if isinstance(value, str):
        return _string(value)
    return struct.pack(">i" if isinstance(value, int) else ">f", value)


def _string(text: str) -> bytes:
    """Ends with a zero at least, and on a multiple of four bytes."""
    data = text.encode() + b"\0"
    return data + bytes(-len(data) % 4)
