"""The text chunks of a PNG (ISO/IEC 15948, section 11.3.3), where cards are kept. Pure."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping

SIGNATURE = b"\x89PNG\r\n\x1a\n"

TEXT = 16_000_000
"""Bytes a text may have when it is unpacked. The largest cards with a lorebook have about two million."""

CHUNKS = 65_536
"""Chunks read of a file: pictures have some thousands at most."""

_KINDS = (b"tEXt", b"zTXt", b"iTXt")


class BadPng(ValueError):
    """Not a PNG, or a broken one; says where."""


def text(png: bytes, keyword: str) -> bytes | None:
    """The text of this keyword, unpacked; of several the last, which editors append. Raises BadPng."""
    found = [(kind, data) for kind, data in chunks(png) if kind in _KINDS and _keyword(kind, data) == keyword]
    return _text(*found[-1]) if found else None


def keywords(png: bytes) -> list[str]:
    """Of all its text chunks. Raises BadPng."""
    return [_keyword(kind, data) for kind, data in chunks(png) if kind in _KINDS]


def with_texts(png: bytes, new: Mapping[str, str]) -> bytes:
    """The picture with `new` (keyword -> ASCII) as its only text chunks. Raises BadPng."""
    made = [_chunk(b"tEXt", keyword.encode() + b"\0" + text.encode("ascii")) for keyword, text in new.items()]
    kept = [(kind, _chunk(kind, data)) for kind, data in chunks(png) if kind not in _KINDS]
    parts = (b"".join([*made, chunk]) if kind == b"IEND" else chunk for kind, chunk in kept)
    return SIGNATURE + b"".join(parts)


def plain(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk, as far as IEND. Raises BadPng."""
    if not png.startswith(SIGNATURE):
        raise BadPng("this is not a PNG")
    at = len(SIGNATURE)
    for number in range(CHUNKS):
        if len(png) < at + 12:
            raise BadPng(f"the PNG breaks off in chunk {number}, at byte {at}")
        size, kind = struct.unpack_from(">I4s", png, at)
        data = png[at + 8 : at + 8 + size]
        if len(png) < at + 12 + size:
            raise BadPng(f"chunk {number} of the PNG wants {size} bytes and the file ends before them")
        if zlib.crc32(kind + data) != struct.unpack_from(">I", png, at + 8 + size)[0]:
            raise BadPng(f"chunk {number} of the PNG is damaged: its checksum is wrong")
        yield kind, data
        if kind == b"IEND":
            return
        at += 12 + size
    raise BadPng(f"the PNG has more than {CHUNKS} chunks")


def _keyword(kind: bytes, data: bytes) -> str:
    keyword, nul, _ = data[:80].partition(b"\0")  # at most 79 bytes by the standard
    if not nul or not keyword:
        raise BadPng(f"a {kind.decode()} chunk of the PNG has no keyword")
    return keyword.decode("latin-1")


def _text(kind: bytes, data: bytes) -> bytes:
    """What follows the keyword, and what each kind of chunk has between them."""
    rest = data.partition(b"\0")[2]
    packed = kind == b"zTXt"
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:]
        rest = rest.partition(b"\0")[2].partition(b"\0")[2]  # language tag, translated keyword
    elif packed:
        rest = rest[1:]  # the method; there is only one
    return _unpacked(rest, _keyword(kind, data)) if packed else rest


def _unpacked(data: bytes, name: str) -> bytes:
    """Inflated, but never beyond TEXT: a few bytes can ask for gigabytes."""
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, TEXT + 1)
    except zlib.error as error:
        raise BadPng(f"the text `{name}` of the PNG cannot be unpacked: {error}") from error
    if len(text) > TEXT:
        raise BadPng(f"the text `{name}` of the PNG has more than {TEXT} bytes unpacked")
    if not inflate.eof:
        raise BadPng(f"the text `{name}` of the PNG breaks off")
    return text


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
