"""Binary packets: a header of 12 bytes, little-endian, then the payload.

    offset  size  field
    0       u8    kind: 1 voice, 2 face, 16 microphone, 17 camera
    1       u8    flags: bit 0 of a microphone packet says that the character can be heard at the player's,
                  bit 1 of a face packet that its numbers are f32, bit 2 that it has a pose
    2       u16   count: face frames in this packet, else 0
    4       u32   reply, else 0
    8       u32   time of the first sample or frame, in samples of the reply (voice and face) or of the
                  microphone since the session began, modulo 2**32

A camera packet carries one picture of the player (JPEG, WebP, PNG, or `RGB8`, width and height as u16 and
then 3 bytes a pixel); a face packet that a client sends, the player's own face as it found it, 52 weights
a frame. Both need the player's consent, `hello.player.camera`.

Voice and microphone carry PCM16 mono. A face packet carries, frame by frame, `count` times seven angles if it
has a pose, and then `count` times as many weights as `ready` has named: 52, unless others were asked for.
Weights are u8 (255 = 1.0) or f32; angles are i16 in hundredths of a degree, or f32 in degrees: head yaw,
pitch and roll, left eye yaw and pitch, right eye yaw and pitch. Yaw is + to the character's own left, pitch
+ up, roll + to its own left shoulder. Angles and PCM begin at a multiple of four bytes, so that a client may
view them in place.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from runtime.types import Pose, Samples, Weights

HEADER = struct.Struct("<BBHII")
VOICE, FACE, MICROPHONE, CAMERA = 1, 2, 16, 17
AUDIBLE, FLOATS, POSED = 1, 2, 4
BLENDSHAPES, ANGLES = 52, 7
WIDTHS = {BLENDSHAPES, 15, 18}
"""Weights a frame may have: those of ARKit and MediaPipe, of Oculus, of VRM."""


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
        """The weights of a face in [0, 1], shape (count, 52) or as many as were asked for."""
        payload = self.payload[_pose_size(self.flags, self.count) :]
        if not self.flags & FLOATS:
            quantised = np.frombuffer(payload, np.uint8).reshape(self.count, -1)
            return quantised.astype(np.float32) / np.float32(255)
        return np.frombuffer(payload, "<f4").reshape(self.count, -1)

    def pose(self) -> Pose | None:
        """Its angles in degrees, shape (count, 7); None where they were not asked for."""
        if not self.flags & POSED:
            return None
        payload = self.payload[: _pose_size(self.flags, self.count)]
        if self.flags & FLOATS:
            return np.frombuffer(payload, "<f4").reshape(self.count, ANGLES)
        hundredths = np.frombuffer(payload, "<i2").reshape(self.count, ANGLES)
        return hundredths.astype(np.float32) / np.float32(100)


def voice(reply: int, time: int, samples: Samples) -> bytes:
    """Pack a stretch of a character's voice."""
    return HEADER.pack(VOICE, 0, 0, reply, time) + pcm16(samples)


def face(reply: int, time: int, weights: Weights, format: str, pose: Pose | None = None) -> bytes:
    """Pack face frames, with `pose` if there is one; `time` is that of the first."""
    turned = np.zeros((0, ANGLES), np.float32) if pose is None else pose
    if format == "u8":
        flags, body = 0, np.rint(np.clip(weights, 0, 1) * 255).astype(np.uint8).tobytes()
        angles = np.rint(np.clip(turned, -180, 180) * 100).astype("<i2").tobytes()
    else:
        flags, body = FLOATS, np.ascontiguousarray(weights, "<f4").tobytes()
        angles = np.ascontiguousarray(turned, "<f4").tobytes()
    flags |= 0 if pose is None else POSED
    return HEADER.pack(FACE, flags, len(weights), reply, time % 2**32) + angles + body


def microphone(time: int, samples: Samples, audible: bool = False) -> bytes:
    """Pack what a microphone heard."""
    return HEADER.pack(MICROPHONE, AUDIBLE if audible else 0, 0, 0, time % 2**32) + pcm16(samples)


def camera(picture: bytes) -> bytes:
    """Pack a picture of the player: JPEG, WebP, PNG or raw."""
    return HEADER.pack(CAMERA, 0, 0, 0, 0) + picture


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
        weights = len(payload) - _pose_size(flags, count)
        if weights not in {count * width * (4 if flags & FLOATS else 1) for width in WIDTHS if count}:
            raise BadMedia(f"{count} frames do not fit {len(payload)} bytes")
    elif kind != CAMERA:
        raise BadMedia(f"kind {kind} is not known")
    return Packet(kind, flags, count, reply, time, payload)


def _pose_size(flags: int, count: int) -> int:
    """Bytes of a face packet's angles."""
    return count * ANGLES * (4 if flags & FLOATS else 2) if flags & POSED else 0
