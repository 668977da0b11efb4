"""Where baked lines lie: a folder for each, which is there when all of its files are, and not before."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import wave
from collections.abc import Collection
from pathlib import Path

import msgspec

from runtime.bake import arkit, gltf, livelink, srt
from runtime.bake.items import Item
from runtime.bake.performance import Performance, pcm16
from runtime.character import Voice
from runtime.face.layers import FaceSettings
from runtime.provenance.label import Label
from runtime.provenance.riff import labelled

FORMATS = ("wav", "csv", "json", "glb", "srt")
STAMP = "line.json"
UNFINISHED = ".baking-"
EDITION = 2
"""Raise it whenever the same line becomes other files, so that what an older version baked is baked again."""


class Recipe(msgspec.Struct, frozen=True):
    """What decides the bytes of a line, beside the line itself."""

    voice: Voice
    face: FaceSettings
    fps: int
    formats: tuple[str, ...]
    captions: srt.Captions
    speaker: str = "hibari"
    """The engine that speaks, for the label."""
    engines: str = ""
    """That engine and the face's with their options; empty where both are the embedded ones."""
    edition: int = EDITION


class Stamp(msgspec.Struct, frozen=True):
    """What a folder was made of."""

    id: str
    text: str
    emotion: str
    recording: str
    """SHA-256 of the recording it follows; empty where there is none."""
    recipe: Recipe
    seconds: float = 0.0


def stamp(item: Item, recipe: Recipe, seconds: float = 0.0) -> Stamp:
    """The stamp of a line that is made by a recipe."""
    recording = hashlib.sha256(item.wav.read_bytes()).hexdigest() if item.wav else ""
    return Stamp(item.id, item.text, item.emotion, recording, recipe, seconds)


def finished(out: Path, item: Item, recipe: Recipe) -> bool:
    """Whether the line lies there just as it would be made now."""
    try:
        found = msgspec.json.decode((out / item.id / STAMP).read_bytes(), type=Stamp)
    except (OSError, msgspec.DecodeError):
        return False
    return found == stamp(item, recipe, found.seconds)


def encode(made: Performance, recipe: Recipe) -> dict[str, bytes]:
    """The files of a line by name. The same performance gives the same bytes. No words, no captions."""
    sound = f"{made.id}.wav"
    makers = {
        "wav": lambda: _wav(made),
        "csv": lambda: livelink.encode(made.weights, made.pose, made.fps),
        "json": lambda: arkit.encode(made.weights, made.fps, sound),
        "glb": lambda: gltf.encode(made.weights, made.pose, made.fps, made.id),
        "srt": lambda: srt.encode(made.words, recipe.captions),
    }
    wanted = [name for name in recipe.formats if name != "srt" or made.words]
    return {f"{made.id}.{name}": makers[name]() for name in wanted}


def keep(out: Path, item: Item, recipe: Recipe, made: Performance) -> None:
    """Write the folder of a line aside and put it into its place by one rename."""
    files = encode(made, recipe)
    if item.wav is None and (sound := f"{made.id}.wav") in files:  # a recording was said by somebody
        label = Label(models={"voice": recipe.speaker}, id=made.id)
        files[sound] = labelled(files[sound], label)
    files[STAMP] = msgspec.json.format(msgspec.json.encode(stamp(item, recipe, round(made.seconds, 3))))
    aside, old = (out / f"{UNFINISHED}{item.id}.{os.getpid()}{end}" for end in ("", ".old"))
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for name, data in files.items():
        (aside / name).write_bytes(data)
    place = out / item.id
    if place.exists():
        place.rename(old)  # a folder cannot be renamed onto one that holds something
    aside.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def sweep(out: Path) -> None:
    """Remove what a bake that was killed left unfinished."""
    for path in out.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)


def check(formats: Collection[str]) -> tuple[str, ...]:
    """The formats in their usual order. Raises ValueError for one that is not known."""
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"there is no format {unknown[0]!r}; known are {', '.join(FORMATS)}")
    return tuple(name for name in FORMATS if name in formats)


def _wav(made: Performance) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(made.rate)
        sound.writeframes(pcm16(made.audio).tobytes())
    return file.getvalue()
