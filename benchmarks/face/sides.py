"""Who is measured: our engines, the peers, and two mouths that know nothing, for scale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Protocol

import numpy as np

from benchmarks.face import lips
from benchmarks.face.clips import FPS, Clip
from benchmarks.face.lips import Lips
from benchmarks.face.peers import run, shapes
from benchmarks.face.synthetic import text_driven
from runtime.face import AT
from runtime.face.loudness import envelope
from runtime.types import Samples, Weights

PUSH: Final = 0.020
"""Seconds of audio in one push: what a client's packets hold."""


class FaceStream(Protocol):
    """A face that follows sound as it comes."""

    def push(self, samples: Samples) -> Weights: ...

    def finish(self) -> Weights: ...


class AudioEngine(Protocol):
    """An engine that needs nothing but sound."""

    look_ahead: float

    def stream(self, rate: int, fps: int = FPS) -> FaceStream: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Side:
    """One system; `mouths` gives one mouth for each clip, or None where it cannot run."""

    name: str
    mouths: Callable[[Sequence[Clip]], list[Lips] | None]
    note: str


def ours(engine: AudioEngine | None) -> list[Side]:
    """Our engines, and loudness alone."""
    found = [
        Side("loudness", lambda clips: [lips.of_weights(loud(clip)) for clip in clips], "a volume meter"),
        Side("text-driven", _text_driven, "knows the phones: an upper bound where only audio is there"),
    ]
    if engine is not None:
        note = f"audio only, pushed by 20 ms, look-ahead {1000 * engine.look_ahead:.0f} ms"
        made = engine  # for the closure
        found.append(
            Side(
                "network", lambda clips: [lips.of_weights(pushed(made, c.audio, c.rate)) for c in clips], note
            )
        )
    return found


def peers() -> list[Side]:
    """The peers that can run here; `environment.install` comes first."""
    return [
        Side("openfacefx energy", _peer("energy"), "whole file at once, normalised by its 95th percentile"),
        Side("pylipsync", _peer("pylipsync"), "whole file at once, windows centred on the frame"),
        Side("hama, JALI", _peer("jali"), "whole file at once; phones by recogniser, openfacefx 0.24"),
        Side("hama, JALI x loudness", _peer("jali", louder=True), "the same, opened by loudness"),
        Side("headaudio", _peer("headaudio"), "worklet quanta of 128 samples, no delay added"),
        Side("wawa-lipsync", _peer("wawa"), "once a frame, eased as applications do"),
    ]


def network() -> AudioEngine | None:
    """The learned engine, where this tree has it with its weights."""
    try:
        module: Any = import_module("runtime.face.network")
        engine: AudioEngine = module.Network()
    except (ImportError, FileNotFoundError):
        return None
    return engine


def pushed(engine: AudioEngine, audio: Samples, rate: int, push: float = PUSH) -> Weights:
    """The face of `audio`, pushed `push` seconds at a time, shape (frames, 52)."""
    stream, step = engine.stream(rate, FPS), max(1, round(push * rate))
    parts = [stream.push(audio[at : at + step]) for at in range(0, len(audio), step)]
    return np.concatenate([*parts, stream.finish()])


def loud(clip: Clip) -> Weights:
    """A jaw that follows loudness, shape (frames, 52)."""
    face = np.zeros((clip.frames, len(AT)), np.float32)
    face[:, AT["jawOpen"]] = 0.3 * envelope(clip.audio, clip.rate, np.arange(clip.frames) / FPS)
    return face


def _text_driven(clips: Sequence[Clip]) -> list[Lips]:
    return [lips.of_weights(text_driven(clip)) for clip in clips]


def _peer(name: str, louder: bool = False) -> Callable[[Sequence[Clip]], list[Lips] | None]:
    def mouths(clips: Sequence[Clip]) -> list[Lips] | None:
        found = run.curves(name, clips)
        if found is None:
            return None
        made = [lips.of_weights(shapes.weights(curves)) for curves in found]
        return [_opened(clip, each) for clip, each in zip(clips, made, strict=True)] if louder else made

    return mouths


def _opened(clip: Clip, made: Lips) -> Lips:
    """The gap times 0.15 + loudness, which follows real mouths a little better than phones alone."""
    level = envelope(clip.audio, clip.rate, np.arange(len(made.gap)) / FPS)
    return made._replace(gap=made.gap * (0.15 + level))
