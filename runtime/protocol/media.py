"""Binary packets: a header of 12 bytes, little-endian, then the payload.

    offset  size  field
    0       u8    kind: 1 voice, 2 face, 16 microphone
    1       u8    flags: bit 0 of a microphone packet says that the character can be heard at the player's,
                  bit 1 of a face packet that its weights are f32, else they are u8
    2       u16   count: face frames in this packet, else 0
    4       u32   reply, else 0
    8       u32   time of the first sample or frame, in samples of the reply (voice and face) or of the
                  microphone since the session began, modulo 2**32

Voice and microphone carry PCM16 mono; a face packet carries `count` frames of 52 weights, u8 or f32.
The payload begins at a multiple of four bytes, so that a client may view it in place.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from runtime.types import Samples, Weights

HEADER = struct.Struct("<BBHII")
VOICE, FACE, MICROPHONE = 1, 2, 16
AUDIBLE, FLOATS = 1, 2
BLENDSHAPES = 52


class BadMedia(ValueError):
    """A binary packet that is not what its header says."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One decoded packet."""

    kind: int
    flags: int
    count: int
    reply: int
    time: int
    payload: memoryview

    def samples(self) -> Samples:
        """The PCM16 payload in [-1, 1], shape (n,)."""
        return np.frombuffer(self.payload, "<i2").astype(np.float32) / np.float32(32768)

    def weights(self) -> Weights:
        """The face payload in [0, 1], shape (count, 52)."""
        if not self.flags & FLOATS:
            quantised = np.frombuffer(self.payload, np.uint8).reshape(-1, BLENDSHAPES)
            return quantised.astype(np.float32) / np.float32(255)
        return np.frombuffer(self.payload, "<f4").reshape(-1, BLENDSHAPES)


def voice(reply: int, time: int, samples: Samples) -> bytes:
    """Pack a stretch of a character's voice."""
    return HEADER.pack(VOICE, 0, 0, reply, time) + pcm16(samples)


def face(reply: int, time: int, weights: Weights, format: str) -> bytes:
    """Pack face frames; `time` is that of the first."""
    if format == "u8":
        flags, body = 0, np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8).tobytes()
    else:
        flags, body = FLOATS, np.ascontiguousarray(weights, "<f4").tobytes()
    return HEADER.pack(FACE, flags, len(weights), reply, time) + body


def microphone(time: int, samples: Samples, audible: bool = False) -> bytes:
    """Pack what a microphone heard."""
    return HEADER.pack(MICROPHONE, AUDIBLE if audible else 0, 0, 0, time % 2**32) + pcm16(samples)


def pcm16(samples: Samples) -> bytes:
    """[-1, 1] to PCM16 little-endian; louder is clipped."""
    return np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def unpack(data: bytes) -> Packet:
    """Read one packet. Raises BadMedia where header and payload disagree."""
    if len(data) < HEADER.size:
        raise BadMedia(f"a packet has a header of {HEADER.size} bytes, this one has {len(data)} in all")
    kind, flags, count, reply, time = HEADER.unpack_from(data)
    payload = memoryview(data)[HEADER.size :]
    if kind in (VOICE, MICROPHONE):
        if len(payload) % 2:
            raise BadMedia("PCM16 comes in pairs of bytes; the last one is missing")
    elif kind == FACE:
        if count == 0 or len(payload) != count * BLENDSHAPES * (4 if flags & FLOATS else 1):
            raise BadMedia(f"{count} frames do not fit {len(payload)} bytes")
    else:
        raise BadMedia(f"kind {kind} is not known")
    return Packet(kind, flags, count, reply, time, payload)
