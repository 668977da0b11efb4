"""Where the voice goes: `device`, `wav:FILE`, `rtp:HOST:PORT` or `none`; each is the clock of the faces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeAlias

import soundfile as sf

from runtime.sinks.datagrams import Datagrams, address
from runtime.sinks.rtp import RTP, description
from runtime.sinks.show import FPS, RATE, Moment, Show
from runtime.types import Samples

RTP_PORT = 5004
"""The port that RFC 3551 gives to RTP."""

SLIP = 0.25
"""Seconds that may be caught up with after a stall. A longer one is left out: nobody wants it in a rush."""

Shown: TypeAlias = Callable[[Moment], object]
Clock: TypeAlias = Callable[[Show, Shown], Awaitable[None]]
"""Plays a show until it is cancelled, and calls back, on the loop, as each moment begins to be heard."""


class Out(Protocol):
    """What takes samples without being a clock itself."""

    def write(self, samples: Samples) -> None: ...
    def close(self) -> None: ...


class Wav:
    """PCM16, mono: sample SIZE * k belongs to moment k, silence included."""

    def __init__(self, file: Path) -> None:
        """Raises OSError where it cannot be written."""
        try:
            self._file = sf.SoundFile(file, "w", RATE, 1, "PCM_16", format="WAV")
        except (sf.LibsndfileError, TypeError) as error:
            raise OSError(f"{file} cannot be written: {error}") from error

    def write(self, samples: Samples) -> None:
        self._file.write(samples)

    def close(self) -> None:
        self._file.close()


class Nothing:
    """A voice that nobody hears: the faces are all that is wanted."""

    def write(self, samples: Samples) -> None: ...
    def close(self) -> None: ...


def clock(where: str, tell: Callable[[str], object]) -> Clock:
    """What `where` means; the description of an RTP stream is told. Raises OSError."""
    kind, _, rest = where.partition(":")
    if where == "none":
        return paced(Nothing)
    if where == "device":
        from runtime.sinks.device import play

        return play
    if kind == "wav" and rest:
        return paced(lambda: Wav(Path(rest)))
    if kind == "rtp" and rest:
        host, port = address(rest, RTP_PORT)
        return paced(lambda: _stream(host, port, tell))
    raise OSError(f"`{where}` is no place for a voice: device, wav:FILE, rtp:HOST:PORT or none")


def _stream(host: str, port: int, tell: Callable[[str], object]) -> RTP:
    to = Datagrams(host, port)
    tell(description(to))
    return RTP(to)


def paced(opened: Callable[[], Out]) -> Clock:
    """Play in real time, by the system's clock, into what is opened when the play begins."""

    async def play(show: Show, shown: Shown) -> None:
        loop, out = asyncio.get_running_loop(), opened()
        due = loop.time()
        try:
            while True:
                moment = show.next()
                out.write(moment.audio)
                shown(moment)
                due = max(due + 1 / FPS, loop.time() - SLIP)
                await asyncio.sleep(due - loop.time())
        finally:
            out.close()

    return play
