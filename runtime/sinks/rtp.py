"""A voice over RTP: 16 bits linear, as RFC 3551 has L16, in the dynamic payload type 96."""

from __future__ import annotations

import secrets
import socket
import struct

import numpy as np

from runtime.sinks.datagrams import Datagrams
from runtime.sinks.show import RATE
from runtime.types import Samples

TYPE = 96
"""The first of the dynamic payload types; the description says what it means."""

_HEADER = struct.Struct(">BBHII")
_VERSION = 2 << 6


class RTP:
    """A stream without gaps: silence is sent too, so that a receiver's clock never has to guess."""

    def __init__(self, to: Datagrams) -> None:
        self._to = to
        # All three begin anywhere, as RFC 3550 asks for.
        self._sequence, self._time = secrets.randbits(16), secrets.randbits(32)
        self._source = secrets.randbits(32)

    def write(self, samples: Samples) -> None:
        """Send the next samples, in one packet."""
        header = _HEADER.pack(_VERSION, TYPE, self._sequence, self._time, self._source)
        self._to.send(header + np.rint(np.clip(samples, -1, 1) * 32767).astype(">i2").tobytes())
        self._sequence = (self._sequence + 1) % 2**16
        self._time = (self._time + len(samples)) % 2**32

    def close(self) -> None:
        self._to.close()


def description(to: Datagrams) -> str:
    """The stream's SDP file (RFC 8866), by which a player knows what comes."""
    host, port = to.to
    net = "IN IP6" if to.family == socket.AF_INET6 else "IN IP4"
    lines = (
        "v=0",
        f"o=- {secrets.randbits(32)} 1 {net} {host}",
        "s=Townsfolk",
        f"c={net} {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {TYPE}",
        f"a=rtpmap:{TYPE} L16/{RATE}/1",
    )
    return "\r\n".join(lines) + "\r\n"
