"""The emotions that a network is given: one without a name, from its database, and some with names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from runtime.face.audio2face.files import BadModel, arrays
from runtime.face.audio2face.layout import Look

Emotion = NDArray[np.float32]


def named(names: Sequence[str], default: Emotion, wanted: Mapping[str, float] | None) -> Emotion:
    """Weights of the emotions in the network's order. Raises ValueError for one that it does not know."""
    if wanted is None:
        return default
    emotion = np.zeros(len(names), np.float32)
    for name, weight in wanted.items():
        if name not in names:
            raise ValueError(f"the network knows no {name!r}; it knows {', '.join(names) or 'no emotions'}")
        emotion[names.index(name)] = weight
    return emotion


def implicit(file: Path, look: Look, length: int) -> Emotion:
    """What the network learned for one frame of one take of its actor. Raises BadModel."""
    with arrays(file) as held:
        takes = held.texts("emo_spec_names")
        take = look.source_shot if look.source_shot is not None else (takes or [""])[0]
        if take not in takes:
            raise BadModel(f"{file} has no take {take!r}, which source_shot names; it has {', '.join(takes)}")
        codes = held.floats("emo_db")
        if not length or codes.size % length:
            raise BadModel(f"{file}: emo_db is not made of codes of {length} values (implicit_emotion_len)")
        rows, place, frame = codes.size // length, takes.index(take), look.source_frame or 0
        starts, sizes = (held.whole(f"emo_spec_{what}", rows + 1) for what in ("start", "size"))
        if place >= min(len(starts), len(sizes)) or not 0 <= frame < sizes[place]:
            raise BadModel(f"{file}: take {take!r} has no frame {frame}, which source_frame names")
        row = int(starts[place]) + frame
        if row >= rows:
            raise BadModel(f"{file}: take {take!r} reaches beyond the end of emo_db")
        return codes[row * length : (row + 1) * length].copy()
