"""What the player's face shows: six emotions from 52 blendshapes. No clock.

Each is told by what two parts of the face do together, as in EMFACS (Ekman and Friesen 1983): speech moves
mouths and questions move brows, and neither alone is a feeling. It is what the face shows and not what its
owner feels (Barrett et al. 2019, "Emotional expressions reconsidered", Psychological Science in the Public
Interest 20): it is told to characters in these words.
"""

from __future__ import annotations

import numpy as np

from runtime.face import AT
from runtime.perception.filters import OneEuro, Settled
from runtime.perception.neutral import Neutral
from runtime.perception.noticed import Noticed
from runtime.types import Weights

_SHOWN, _GONE = 0.4, 0.25
"""Strength from which on an expression is seen, and below which it is over. Speech alone stays under 0.2."""
_LASTS, _FADES = 0.3, 0.5
"""Seconds: the shortest expressions that are meant are half a second long (Ekman 2003), and a smile that is
talked through is interrupted for a few tenths."""
_STILL, _SPEED = 1.2, 0.6
"""Smoothing of the strengths: hertz at rest, and more for each unit a second."""
_AGAIN = 0.3
"""Difference of strength that is worth telling of the same expression."""

EMOTIONS = ("neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise")


def strengths(weights: Weights) -> dict[str, float]:
    """How much of each of six emotions a face shows, 0 to 1, from what it shows beyond its rest."""

    def both(name: str) -> float:
        return float(weights[AT[f"{name}Left"]] + weights[AT[f"{name}Right"]]) / 2

    smile, frown = both("mouthSmile"), both("mouthFrown")
    lowered, wide, sneer = both("browDown"), both("eyeWide"), both("noseSneer")
    inner, outer = float(weights[AT["browInnerUp"]]), both("browOuterUp")
    opened, stretched = float(weights[AT["jawOpen"]]), both("mouthStretch")
    raised = (inner + outer) / 2
    return {
        "joy": min(1.0, smile * (0.85 + 0.3 * both("cheekSquint"))) * (1 - lowered / 2),
        "sadness": (0.65 * frown + 0.35 * max(0.0, inner - outer)) * (1 - smile),
        "anger": (0.65 * lowered + 0.35 * max(both("mouthPress"), sneer, frown)) * (1 - smile),
        "fear": float(np.cbrt(raised * wide * max(stretched, opened / 2))) * (1 - smile),
        "disgust": (0.6 * sneer + 0.4 * both("mouthUpperUp")) * (1 - smile),
        "surprise": float(np.cbrt(raised * max(wide, outer) * max(opened, wide / 2))) * (1 - stretched),
    }


class Expression:
    """The emotion that a face shows, and how much."""

    def __init__(self) -> None:
        self.intensity = 0.0
        """Of what is shown, 0 to 1."""
        self._neutral = Neutral()
        self._smooth = OneEuro(_STILL, _SPEED)
        self._shown = Settled("neutral", _LASTS)
        self._told = 0.0

    @property
    def emotion(self) -> str:
        """What is shown; `neutral` for nothing."""
        return self._shown.state

    def seen(self, weights: Weights, now: float) -> list[Noticed]:
        """What changes with this face, shape (52,)."""
        found = strengths(self._neutral(weights, now))
        if not self._neutral.learnt:  # many a face frowns at rest, few smile
            found = {name: value * (name == "joy") for name, value in found.items()}
        smoothed = dict(zip(found, self._smooth(list(found.values()), now), strict=True))
        smoothed["neutral"] = 0.0
        best = max(found, key=lambda name: smoothed[name])
        own = float(smoothed[self.emotion])
        if own >= _GONE and smoothed[best] < own + (_SHOWN - _GONE):
            best = self.emotion
        elif smoothed[best] < _SHOWN:
            best = "neutral"
        self.intensity = round(min(1.0, float(smoothed[best])), 2)
        if self._shown(best, now, wait=_FADES if best == "neutral" else _LASTS):
            return self._tell(now, 1.0 - _GONE / max(self.intensity, 2 * _GONE) / 2)
        grown = best == self.emotion != "neutral" and self.intensity - self._told >= _AGAIN
        return self._tell(now, 0.9) if grown else []

    def told(self, emotion: str, intensity: float) -> None:
        """The client knows."""
        self._shown = Settled(emotion, _LASTS)
        self.intensity = self._told = intensity

    def _tell(self, now: float, confidence: float) -> list[Noticed]:
        self._told = self.intensity
        strength = self.intensity if self.emotion != "neutral" else 1.0
        return [Noticed("expression", self.emotion, now, round(confidence, 2), strength)]
