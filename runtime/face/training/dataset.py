"""Sessions to learn from: some utterances of one voice in one room, as features with the mouth that goes with
them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soxr

from runtime.face import AT, features
from runtime.face.articulation import Mouth
from runtime.face.coarticulation import Segment, segments
from runtime.face.contact import wholeness
from runtime.face.training import augment, corpus
from runtime.face.training.corpus import RATE, Utterance
from runtime.face.visemes import CHANNELS, REST, VISEMES, Contact
from runtime.types import Line, Speech

STEPS = 50
"""Steps of the network a second."""

CLASSES = tuple(dict.fromkeys([REST, *(viseme for visemes in VISEMES.values() for viseme in visemes)]))
"""What the network tells apart, rest first."""

CONTACTS = (Contact.LIPS, Contact.LIP_TEETH, Contact.TEETH)

SESSION = 8
"""Utterances of a session: some 20 s, after which the talker's level is unknown again."""

NOBODY = 0.06
"""Share of sessions in which nobody speaks."""

_COLUMNS = [AT.get(name, AT.get(name + "Left", -1)) for name in CHANNELS]


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of sound and the mouth in it."""

    mel: np.ndarray
    """Normalised frames, float16, shape (2 steps, MELS)."""
    mouth: np.ndarray
    """CHANNELS, float16, shape (steps, 11)."""
    contacts: np.ndarray
    """How whole each of CONTACTS is, float16, shape (steps, 3)."""
    sounds: np.ndarray
    """Number in CLASSES, int8, shape (steps,)."""


def sessions(file: Path, random: np.random.Generator) -> Iterator[Session]:
    """All that a voice says, in an order and in rooms of the day."""
    said = list(corpus.load(file))
    order = random.permutation(len(said))
    for first in range(0, len(said), SESSION):
        group = [said[k] for k in order[first : first + SESSION]]
        yield session([stretched(one, random) for one in group], random)
        if random.random() < NOBODY:
            yield silence(random)


def stretched(one: Utterance, random: np.random.Generator) -> Utterance:
    """The same from a smaller or larger body, by playing it faster or slower."""
    if random.random() < 0.4:
        return one
    speed = random.uniform(0.86, 1.16)
    audio = soxr.resample(one.audio, speed * RATE, RATE).astype(np.float32)
    phones = tuple(replace(p, start=p.start / speed, end=p.end / speed) for p in one.phones)
    return Utterance(audio, phones)


def session(said: Sequence[Utterance], random: np.random.Generator) -> Session:
    """Utterances one after another with pauses between them, then what room and microphone make of it."""
    audio, mouths, contacts, sounds = [], [], [], []
    for one in said:
        pause = int(random.exponential(0.3) * STEPS + 5)
        count = -(-len(one.audio) * STEPS // RATE)
        gap = np.zeros(pause * RATE // STEPS, np.float32)
        if random.random() < 0.25:
            sigh = augment.breath(random)[: len(gap)]
            gap[: len(sigh)] = sigh
        audio += [gap, one.audio, np.zeros(count * RATE // STEPS - len(one.audio), np.float32)]
        mouth, contact, sound = targets(one, count)
        mouths += [np.zeros((pause, len(CHANNELS))), mouth]
        contacts += [np.zeros((pause, len(CONTACTS))), contact]
        sounds += [np.zeros(pause), sound]
    loudness = 10 ** (random.uniform(-4, 4, len(said)) / 20)
    for number, factor in enumerate(loudness):
        audio[3 * number + 1] = audio[3 * number + 1] * factor
    mel = heard(augment.worsen(np.concatenate(audio), random))
    return _pack(mel, np.concatenate(mouths), np.concatenate(contacts), np.concatenate(sounds))


def silence(random: np.random.Generator) -> Session:
    """Ten seconds of something else than speech, and a mouth that stays shut."""
    count = 10 * STEPS
    level = 10 ** (random.uniform(-60, -15) / 20)
    mel = heard((augment.sound_of_nobody(count * RATE // STEPS, random) * level).astype(np.float32))
    return _pack(mel, np.zeros((count, len(CHANNELS))), np.zeros((count, len(CONTACTS))), np.zeros(count))


def heard(audio: np.ndarray) -> np.ndarray:
    """What the front end makes of a stream that begins here."""
    return features.Level().normalise(features.log_mel(audio))


def targets(one: Utterance, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mouth, contacts and sounds of `count` steps, as the text-driven engine would have them."""
    times = np.arange(count) / STEPS
    seconds = len(one.audio) / RATE
    parts = segments(one.phones, seconds)
    face = Mouth().follow(Speech(Line("", ""), one.audio, RATE, one.phones), times, STEPS)
    touching = np.stack([wholeness(parts, kind, times, seconds) for kind in CONTACTS], 1)
    return face[:, _COLUMNS], touching, _sounds(parts, times)


def _sounds(parts: Sequence[Segment], times: np.ndarray) -> np.ndarray:
    sounds = np.zeros(len(times))
    for part in parts:
        sounds[(times >= part.start) & (times < part.end)] = CLASSES.index(part.viseme)
    return sounds


def _pack(mel: np.ndarray, mouth: np.ndarray, contacts: np.ndarray, sounds: np.ndarray) -> Session:
    steps = min(len(mel) // 2, len(mouth))
    return Session(
        mel[: 2 * steps].astype(np.float16),
        mouth[:steps].astype(np.float16),
        contacts[:steps].astype(np.float16),
        sounds[:steps].astype(np.int8),
    )
