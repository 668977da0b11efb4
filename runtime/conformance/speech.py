"""Voice and face for replies, and the bad timing in which they are sent."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from runtime.face.names import SHAPES
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Samples

TONE = 180.0
"""Hertz: a hum as low as a voice, so that somebody who listens along hears holds and gaps."""
FACES = 0.05
"""Seconds of face in a packet, as the server sends it."""


@dataclass(frozen=True)
class Timing:
    """When packets leave, in seconds; as a good network has it where nothing else is said."""

    lead: float = 0.3
    sizes: tuple[float, ...] = (0.05,)
    """Lengths of voice packets, over and over."""
    face_late: float | None = 0.0
    """None sends no face at all."""
    stall: tuple[float, float] | None = None
    """At this place of the reply nothing comes for so long."""

    def due(self, at: float, late: float = 0.0) -> float:
        """When a packet that begins at `at` leaves, from the beginning of the reply on."""
        stalled = self.stall[1] if self.stall and at >= self.stall[0] else 0.0
        return max(0.0, at - self.lead) + late + stalled


BURST = Timing(lead=1e9)


@dataclass(frozen=True)
class Departure:
    """A packet on its way."""

    due: float
    data: bytes
    voice_until: int = 0


def hum(samples: int, rate: int) -> Samples:
    """A soft tone that comes and goes."""
    t = np.arange(samples, dtype=np.float32) / rate
    tone = 0.1 * np.sin(2 * np.pi * TONE * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))
    return np.asarray(tone, np.float32)


def departures(reply: int, seconds: float, ready: m.Ready, timing: Timing) -> list[Departure]:
    """All packets of a reply in the order in which they leave."""
    rate = ready.audio_out.rate
    packets = list(_voice(reply, round(seconds * rate), rate, timing))
    if timing.face_late is not None:
        packets += faces(reply, seconds, ready, timing)
    return sorted(packets, key=lambda packet: packet.due)


def _voice(reply: int, samples: int, rate: int, timing: Timing) -> list[Departure]:
    sound, at, sizes, out = hum(samples, rate), 0, itertools.cycle(timing.sizes), []
    while at < samples:
        piece = sound[at : at + max(1, round(next(sizes) * rate))]
        data = media.voice(reply, at, piece)
        out.append(Departure(timing.due(at / rate), data, at + len(piece)))
        at += len(piece)
    return out


def faces(reply: int, seconds: float, ready: m.Ready, timing: Timing) -> list[Departure]:
    """The face of a reply: a jaw that opens and closes, and a head that turns where poses are asked for."""
    rate, fps = ready.audio_out.rate, ready.face.fps
    count, step, out = frames(seconds, fps), round(FACES * fps), []
    for first in range(0, count, step):
        k = np.arange(first, min(first + step, count))
        weights = np.zeros((len(k), len(SHAPES[ready.face.shapes][0])), np.float32)
        weights[:, -1] = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * k / fps)
        pose = np.zeros((len(k), media.ANGLES), np.float32) if ready.face.pose else None
        data = media.face(reply, round(first * rate / fps), weights, ready.face.format, pose)
        out.append(Departure(timing.due(first / fps, timing.face_late or 0.0), data))
    return out


def frames(seconds: float, fps: int) -> int:
    """Frames of so much speech."""
    return int(np.ceil(seconds * fps))


def line(reply: int, npc: str, text: str, samples: int) -> m.SpokenLine:
    """The captions of a reply of one clause, its words evenly in time."""
    words = text.split()
    edges = [samples * k // len(words) for k in range(len(words) + 1)]
    spoken = [m.SpokenWord(text=w, start=a, end=b) for w, a, b in zip(words, edges, edges[1:], strict=False)]
    return m.SpokenLine(reply=reply, npc=npc, index=0, text=text, start=0, end=samples, words=spoken)
