"""The text-driven engine: the voice says which sounds it makes when, and the mouth makes them.

Shape comes from the phonemes, opening from the loudness of the real audio, contacts from rules. A voice that
does not tell its phonemes gets a mouth that follows loudness and brightness alone. It teaches the learned
engine (`network`), whose motion is closer to that of people, and lends it the contacts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from runtime.face import ARKIT, AT, contact, loudness
from runtime.face import coarticulation as blending
from runtime.face.visemes import CHANNELS
from runtime.types import Speech, Weights

OPENING = slice(CHANNELS.index("mouthLowerDown"), CHANNELS.index("mouthUpperUp") + 1)
JAW = CHANNELS.index("jawOpen")

QUIET = 0.15
"""Share of an opening that is there however softly it is said."""

SETTLE = 0.10
"""Seconds in which a clause takes the mouth over from where the one before left it."""

DARK, BRIGHT = 0.35, 0.60
"""Brightness (see `loudness`) below which lips round and above which they spread."""

_SPREAD = np.zeros((len(CHANNELS), len(ARKIT)), np.float32)
for _row, _name in enumerate(CHANNELS):
    for _side in ("", "Left", "Right"):
        if _name + _side in AT:
            _SPREAD[_row, AT[_name + _side]] = 1.0


@dataclass
class Mouth:
    """Where the last clause left the mouth. One for a reply."""

    left: blending.Curves = field(default_factory=lambda: np.zeros(len(CHANNELS), np.float32))

    def follow(self, speech: Speech, times: blending.Times, fps: int) -> Weights:
        """The mouth at `times`, seconds of the clause, 1 / fps apart; shape (frames, 52)."""
        around = blending.margin(fps)
        edges = np.arange(1, around + 1) / fps
        wide = np.concatenate([times[0] - edges[::-1], times, times[-1] + edges])
        parts = blending.segments(speech.phones, speech.seconds)
        curves = _shapes(speech, parts, wide) if len(parts) > 1 else _loud(speech, wide)
        curves = blending.smooth(curves, fps)
        handover = np.clip(1 - (times - times[0]) / SETTLE, 0, 1)
        curves = np.maximum(curves + (handover**2 * (3 - 2 * handover))[:, None] * (self.left - curves[0]), 0)
        self.left = curves[-1].astype(np.float32)
        face: Weights = (curves @ _SPREAD).astype(np.float32)
        contact.touch(face, parts, times, speech.seconds)
        return face


def _shapes(speech: Speech, parts: list[blending.Segment], times: blending.Times) -> blending.Curves:
    curves = blending.blend(parts, times)
    loud = QUIET + (1 - QUIET) * loudness.envelope(speech.audio, speech.rate, times)
    curves[:, JAW] *= loud
    curves[:, OPENING] *= loud[:, None]
    return curves


def _loud(speech: Speech, times: blending.Times) -> blending.Curves:
    """Loudness opens the mouth; a dark sound rounds the lips and a bright one spreads them."""
    loud = np.clip((loudness.envelope(speech.audio, speech.rate, times) - 0.25) / 0.75, 0, 1)
    bright = loudness.brightness(speech.audio, speech.rate, times)
    dark, clear = np.clip(1 - bright / DARK, 0, 1), np.clip((bright - BRIGHT) / (1 - BRIGHT), 0, 1)
    curves = np.zeros((len(times), len(CHANNELS)), np.float32)
    for name, weight in (
        *(("jawOpen", 0.28 * loud), ("mouthLowerDown", 0.16 * loud), ("mouthUpperUp", 0.08 * loud)),
        *(("mouthFunnel", 0.20 * loud * dark), ("mouthPucker", 0.20 * loud * dark)),
        ("mouthStretch", 0.12 * loud * clear),
    ):
        curves[:, CHANNELS.index(name)] = weight
    return curves


class Articulation:
    """Moves a mouth by what is known of the speech. Holds no weights."""

    look_ahead = 0.0
    """A clause is known whole."""

    def mouth(self) -> Mouth:
        """A fresh one."""
        return Mouth()

    def close(self) -> None:
        """Nothing to let go of."""
