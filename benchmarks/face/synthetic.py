"""Clips of synthetic voices that no engine was trained on; their synthesisers know when each sound is made.

The true mouth is that of the text-driven engine, fed with those times: a mouth as phoneticians describe it,
not a person's. It tells whether an engine hears what is said; only `recordings` tell whether it looks right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks import stimuli
from benchmarks.face import lips, synthesisers
from benchmarks.face.clips import FPS, Clip
from benchmarks.face.synthesisers import Spoken
from runtime.character import Voice
from runtime.face.articulation import Mouth
from runtime.flow import Stream
from runtime.models import find
from runtime.types import Line, Phone, Speech, Weights
from runtime.voice.hibari import HibariVoice

SENTENCES: Final = tuple(Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines())

HIBARI: Final = Voice(pitch=-8, size=1.12)
"""The setting of the embedded voice that is held out: a tall man."""

HELD_OUT: Final[dict[str, Callable[[str], Spoken | None]]] = {
    "festival ked": lambda text: synthesisers.festival(text, "voice_ked_diphone"),
    "espeak-ng en+benjamin": lambda text: synthesisers.espeak(text, "en+benjamin"),
    "espeak-ng en-us+quincy": lambda text: synthesisers.espeak(text, "en-us+quincy"),
}
"""Voices of programs that may be installed. They, HIBARI and SENTENCES are for measuring only."""

BEFORE, AFTER = 0.4, 0.6
"""Seconds of room around each sentence, in which a mouth should rest."""

ROOM: Final = -66.0
"""dBFS of the room: a studio's, never digital silence."""

LEVEL: Final = -23.0
"""dBFS of the speech, as broadcasters have it."""


def clips(sentences: int = len(SENTENCES)) -> tuple[list[Clip], list[str]]:
    """The first `sentences` by each voice that is there, and the names of those that are not."""
    made = [clip(f"hibari {k}", spoken) for k, spoken in enumerate(_hibari(SENTENCES[:sentences]))]
    missing = []
    for name, say in HELD_OUT.items():
        found = [say(text) for text in SENTENCES[:sentences]]
        made += [clip(f"{name} {k}", spoken) for k, spoken in enumerate(found) if spoken]
        if not all(found):
            missing.append(name)
    return made, missing


def clip(name: str, spoken: Spoken) -> Clip:
    """Speech in a quiet room, with the mouth of the text-driven engine as its truth."""
    rate, before, after = spoken.rate, round(BEFORE * spoken.rate), round(AFTER * spoken.rate)
    gain = 10 ** (LEVEL / 20) / max(float(np.sqrt(np.mean(np.square(spoken.audio)))), 1e-6)
    audio = np.pad(spoken.audio * np.float32(min(gain, 0.98 / np.abs(spoken.audio).max())), (before, after))
    audio += stimuli.room(len(audio), ROOM, seed=len(audio))
    shift = before / rate
    phones = tuple(Phone(p.symbol, p.start + shift, p.end + shift, p.stress) for p in spoken.phones)
    bare = Clip(name, audio.astype(np.float32), rate, phones)
    truth = lips.of_weights(text_driven(bare))
    return Clip(name, bare.audio, rate, phones, truth, frozenset({"weights"}))


def text_driven(clip: Clip) -> Weights:
    """The mouth that the text-driven engine makes of a clip's phones and loudness, shape (frames, 52)."""
    speech = Speech(Line("", ""), clip.audio, clip.rate, clip.phones)
    return Mouth().follow(speech, np.arange(clip.frames) / FPS, FPS)


def _hibari(sentences: tuple[str, ...]) -> list[Spoken]:
    async def lines() -> Stream[Line]:
        for text in sentences:
            yield Line(text, text)

    async def speak() -> list[Speech]:
        return [speech async for speech in engine.speak(lines(), HIBARI)]

    engine = HibariVoice({"heart": find("hibari-heart")})
    try:
        said = asyncio.run(speak())
    finally:
        engine.close()
    return [Spoken(speech.audio, speech.rate, speech.phones) for speech in said]
