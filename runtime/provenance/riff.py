"""Labels in WAV files: chunks behind the sound, which readers that do not know them pass over.

`LIST INFO` is read by nearly everything, `_PMX` holds XMP (Adobe's XMP Specification, part 3), and `id3 ` an
ID3v2.3 tag as many tools write it into WAV files. Source of the container: Multimedia Programming Interface
and Data Specifications 1.0.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from runtime.provenance.label import COMMENT, Label

_OURS = (b"LIST", b"_PMX", b"id3 ")
_PREFIX = f"{COMMENT}. "


class NotWav(ValueError):
    """Bytes that are no WAV file."""


def labelled(wav: bytes, label: Label) -> bytes:
    """`wav` with `label` in it, in place of any it had; the sound is as it was. Raises NotWav."""
    kept = [(name, data) for name, data in chunks(wav) if name not in _OURS]
    info = {
        b"ISFT": f"{label.generator} {label.version}",
        b"ICMT": _PREFIX + label.json(),
        **({b"IART": label.character} if label.character else {}),
        **({b"ICRD": label.time} if label.time else {}),
    }
    listed = b"INFO" + b"".join(_chunk(name, text.encode() + b"\0") for name, text in info.items())
    added = [(b"LIST", listed), (b"_PMX", label.xmp().encode()), (b"id3 ", _id3(label))]
    body = b"WAVE" + b"".join(_chunk(name, data) for name, data in [*kept, *added])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read(wav: bytes) -> Label | None:
    """The label in `wav`, or None. Raises NotWav."""
    for name, data in chunks(wav):
        if name == b"LIST" and data[:4] == b"INFO":
            for key, text in _parts(data[4:]):
                if key == b"ICMT":
                    return parsed(text.rstrip(b"\0").decode("utf-8", "replace"))
    return None


def parsed(comment: str) -> Label | None:
    """The label in a comment, as WAV, FLAC and OGG files hold one; None where there is none."""
    try:
        return msgspec.json.decode(comment.removeprefix(_PREFIX), type=Label)
    except msgspec.DecodeError:
        return None


def chunks(wav: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the chunks of a WAV file, in order. Raises NotWav."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise NotWav("no WAV file: it does not begin with RIFF and WAVE")
    yield from _parts(wav[12:])


def _parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _id3(label: Label) -> bytes:
    """An ID3v2.3 tag of user-defined texts: the label, and China's."""
    texts = {"AIGC": label.aigc(), "AI-generated": label.json(), "DigitalSourceType": label.source}
    frames = b"".join(_text_frame(name, text) for name, text in texts.items())
    size = bytes(len(frames) >> shift & 127 for shift in (21, 14, 7, 0))  # "synchsafe": 7 bits a byte
    return b"ID3\x03\x00\x00" + size + frames


def _text_frame(name: str, text: str) -> bytes:
    body = b"\x01" + name.encode("utf-16") + b"\0\0" + text.encode("utf-16")
    return b"TXXX" + struct.pack(">IH", len(body), 0) + body
