"""The packets of the iPhone app Live Link Face, as Unreal's Apple ARKit plugin and many tools read them.

Big-endian, one packet a character and frame:

    uint8   6, the version
    int32   length, then the device's id in UTF-8
    int32   length, then the subject's name in UTF-8
    int32   frame since midnight    float32  part of a frame
    int32   frames a second         int32    1
    uint8   61
    float32 61 values: weights in ARKit's order; yaw, pitch, roll of the head and of each eye, in radians
"""

from __future__ import annotations

import struct
import time
import uuid

from runtime.face.names import LIVE_LINK, live_link
from runtime.protocol.media import BLENDSHAPES
from runtime.sinks.datagrams import Datagrams
from runtime.sinks.show import FPS, Look, Moment

PORT = 11111
VERSION = 6
DAY = 24 * 60 * 60 * FPS
"""Frames after which a timecode begins again."""

_TAIL = struct.Struct(f">ifiiB{len(LIVE_LINK)}f")


def packet(device: str, subject: str, frame: int, look: Look) -> bytes:
    """One packet."""
    values = live_link(look[None, :BLENDSHAPES], look[None, BLENDSHAPES:])[0]
    tail = _TAIL.pack(frame, 0.0, FPS, 1, len(LIVE_LINK), *values.tolist())
    return struct.pack(">B", VERSION) + _text(device) + _text(subject) + tail


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">i", len(data)) + data


class LiveLink:
    """Sends every character as a subject of its own, under its id."""

    def __init__(self, to: Datagrams) -> None:
        self.to = to
        self._device = str(uuid.uuid4()).upper()
        """36 characters, as the app has it: some readers count on that."""
        now = time.localtime()
        self._midnight = ((now.tm_hour * 60 + now.tm_min) * 60 + now.tm_sec) * FPS

    def show(self, moment: Moment) -> None:
        """Send the faces of a moment."""
        frame = (self._midnight + moment.number) % DAY
        for npc, look in moment.faces.items():
            self.to.send(packet(self._device, npc, frame, look))
