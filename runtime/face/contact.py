"""What must touch: lips for p b m, lip and teeth for f v, nearly the teeth for sibilants, and vowels must
open.

The hard rules of JALI (Edwards et al. 2016). A blend of targets blurs exactly these, and viewers notice them
most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.face import AT
from runtime.face.coarticulation import Segment, Times
from runtime.face.visemes import Contact
from runtime.types import Weights

RAMP: Final = 0.045
"""Seconds in which lips close or part in running speech, where the neighbours leave that much."""

SHORTEST: Final = 0.020
"""Seconds below which a closing would look like a cut."""

HELD: Final = 0.034
"""Seconds a contact lasts at least, so that at 30 frames a second one frame shows it."""

CLOSED_JAW: Final = 0.10
TEETH_JAW: Final = 0.16
"""jawOpen at most, in a closure and in a sibilant (0.35 of the textbook, at the gain of running speech)."""

OPEN_JAW: Final = 0.07
"""jawOpen at least, in an open vowel that can be heard."""

OPEN: Final = 0.4
"""Textbook jaw of a vowel that counts as open."""

LOWER: Final = slice(AT["mouthLowerDownLeft"], AT["mouthLowerDownRight"] + 1)
UPPER: Final = slice(AT["mouthUpperUpLeft"], AT["mouthUpperUpRight"] + 1)
PART: Final = slice(LOWER.start, UPPER.stop)
PRESS: Final = slice(AT["mouthPressLeft"], AT["mouthPressRight"] + 1)
"""Neighbours among the columns, so that a slice has them (a list of columns would be copied)."""

JAW, CLOSE, FUNNEL = AT["jawOpen"], AT["mouthClose"], AT["mouthFunnel"]
ROLL_LOWER, ROLL_UPPER, SHRUG = AT["mouthRollLower"], AT["mouthRollUpper"], AT["mouthShrugLower"]


def touch(face: Weights, parts: Sequence[Segment], times: Times, seconds: float) -> None:
    """Put the contacts into `face`, shape (frames, 52), in place."""
    opened = np.array([part.viseme.vowel and part.viseme.targets[0] >= OPEN for part in parts])
    face[:, JAW] = np.maximum(face[:, JAW], OPEN_JAW * _opening(parts, opened, times))
    lips, lip_teeth, teeth = (
        wholeness(parts, kind, times, seconds) for kind in (Contact.LIPS, Contact.LIP_TEETH, Contact.TEETH)
    )
    press(face, lips, lip_teeth, teeth)


def press(
    face: Weights, lips: NDArray[np.float32], lip_teeth: NDArray[np.float32], teeth: NDArray[np.float32]
) -> None:
    """Put contacts, each 0 (none) to 1 (whole) and of shape (frames,), into `face` in place."""
    for touching, put in ((teeth, _narrow), (lip_teeth, _lip_to_teeth), (lips, _close)):
        if touching.any():
            put(face, touching)
    face[:, CLOSE] = np.minimum(face[:, CLOSE], face[:, JAW])  # lips that touch cannot close further


def _narrow(face: Weights, teeth: NDArray[np.float32]) -> None:
    face[:, JAW] -= teeth * np.maximum(face[:, JAW] - TEETH_JAW, 0)


def _close(face: Weights, closed: NDArray[np.float32]) -> None:
    jaw, apart = face[:, JAW], 1 - closed
    jaw -= closed * np.maximum(jaw - CLOSED_JAW, 0)
    face[:, CLOSE] = np.maximum(face[:, CLOSE], closed * jaw)
    face[:, PART] *= apart[:, None]
    face[:, FUNNEL] *= 1 - 0.7 * closed
    face[:, PRESS] += (0.22 * closed)[:, None]
    face[:, ROLL_LOWER] = np.maximum(face[:, ROLL_LOWER] * apart, 0.14 * closed)
    face[:, ROLL_UPPER] = np.maximum(face[:, ROLL_UPPER], 0.10 * closed)


def _lip_to_teeth(face: Weights, lip: NDArray[np.float32]) -> None:
    """The lower lip goes up and in under the upper teeth, which show."""
    face[:, LOWER] *= (1 - lip)[:, None]
    face[:, UPPER] = np.maximum(face[:, UPPER], (0.12 * lip)[:, None])
    face[:, ROLL_LOWER] = np.maximum(face[:, ROLL_LOWER], 0.28 * lip)
    face[:, SHRUG] = np.maximum(face[:, SHRUG], 0.08 * lip)
    face[:, CLOSE] = np.maximum(face[:, CLOSE], 0.6 * lip * face[:, JAW])


def _opening(parts: Sequence[Segment], chosen: NDArray[np.bool_], times: Times) -> NDArray[np.float32]:
    found = [part for part, wanted in zip(parts, chosen, strict=True) if wanted]
    holds = [(p.centre - RAMP, p.centre, p.centre, p.centre + RAMP) for p in found]
    return _bumps(holds, times)


def wholeness(parts: Sequence[Segment], kind: Contact, times: Times, seconds: float) -> NDArray[np.float32]:
    """How whole the contact is at `times`, 0 to 1; 0 at the edges of the clause if it leaves room."""
    vowels = np.array([part.centre for part in parts if part.viseme.vowel])
    holds = []
    for part in parts:
        if part.viseme.contact is kind:
            first, last = (part.start + share * (part.end - part.start) for share in part.viseme.hold)
            first, last = min(first, part.centre - HELD / 2), max(last, part.centre + HELD / 2)
            rise = _room(first - vowels[vowels < first])
            fall = _room(vowels[vowels > last] - last)
            low = min(max(first - rise, 0.0), first - SHORTEST)
            out = max(min(last + fall, seconds), last + SHORTEST)
            holds.append((low, first, last, out))
    return _bumps(holds, times)


def _room(distances: NDArray[np.float64]) -> float:
    """Seconds for a movement that leaves the nearest vowel its middle."""
    nearest = float(distances.min()) if len(distances) else RAMP
    return float(np.clip(nearest, SHORTEST, RAMP))


def _bumps(holds: Sequence[tuple[float, float, float, float]], times: Times) -> NDArray[np.float32]:
    """The highest of trapezoids (up from, up, down from, down) with raised-cosine sides."""
    if not holds:
        return np.zeros(len(times), np.float32)
    low, up, down, out = np.array(holds).T
    rise = (times[:, None] - low) / np.maximum(up - low, 1e-6)
    fall = (out - times[:, None]) / np.maximum(out - down, 1e-6)
    shape = np.clip(np.minimum(rise, fall), 0, 1)
    bumps: NDArray[np.float32] = (0.5 - 0.5 * np.cos(np.pi * shape.max(1))).astype(np.float32)
    return bumps
