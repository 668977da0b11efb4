"""Hands audio to the peers and takes their curves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from benchmarks.face.clips import Clip
from benchmarks.face.peers.environment import HERE, MODULES, PYTHON
from runtime.face.visemes import VISEMES
from runtime.types import Phone, Samples

RECOGNISER_RATE: Final = 16000
"""What the Python peers work at inside; resampled well for them, as two of them would do it badly."""

BROWSER_RATE: Final = 48000
"""What a browser's AudioContext has on most machines."""

IN_NODE: Final = ("headaudio", "wawa")

_IPA: Final = {
    **{"eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "ɝ": "ɜ", "g": "ɡ", "tʃ": "ʧ", "dʒ": "ʤ"},
    **{"ɫ": "l", "ɚ": "ɜ"},
}


class Curves(NamedTuple):
    """What a peer says of one clip: `values` of shape (frames, names) at 60 frames a second."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    seconds: float
    """Of work."""


def curves(peer: str, clips: Sequence[Clip]) -> list[Curves] | None:
    """What `peer` makes of `clips`; None where it needs Node and there is none."""
    if peer in IN_NODE and not (shutil.which("node") and MODULES.exists()):
        return None
    found = _run(peer, [(clip.audio, clip.rate) for clip in clips])
    return [Curves(tuple(each["names"]), np.array(each["frames"]), each["seconds"]) for each in found]


def phones(audio: Samples, rate: int) -> list[Phone]:
    """Phones of a recording by hama, in the alphabet of `runtime.face.visemes`."""
    (found,) = _run("phones", [(audio, rate)])
    rows = [(_symbol(ipa), start, end) for ipa, start, end in found["phones"]]
    return [Phone(symbol, start, end) for symbol, start, end in rows if symbol in VISEMES]


def sound(video: Path, out: Path) -> None:
    """The sound of a video into `out` (wav)."""
    _call([str(PYTHON), str(HERE / "label.py"), str(video), str(out)])


def label(video: Path, out: Path, box: tuple[int, int, int, int], model: Path) -> None:
    """The sound of a video into `out` (wav), and landmarks of the face in `box` beside it (npz)."""
    _call([str(PYTHON), str(HERE / "label.py"), str(video), str(out), ",".join(map(str, box)), str(model)])


def _run(peer: str, sounds: Sequence[tuple[Samples, int]]) -> list[dict[str, Any]]:
    target = BROWSER_RATE if peer in IN_NODE else RECOGNISER_RATE
    with tempfile.TemporaryDirectory() as folder:
        for k, (audio, rate) in enumerate(sounds):
            sf.write(Path(folder, f"{k:04}.wav"), soxr.resample(audio, rate, target), target, "PCM_16")
        if peer in IN_NODE:
            _call(["node", str(HERE / "browser.mjs"), peer, folder, str(MODULES)])
        else:
            _call([str(PYTHON), str(HERE / "analyse.py"), peer, folder])
        files = sorted(Path(folder).glob(f"*.{peer}.json"))
        return [json.loads(file.read_text()) for file in files]


def _call(command: list[str]) -> None:
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-2000:]}")


def _symbol(ipa: str) -> str:
    plain = "".join(c for c in ipa if not unicodedata.combining(c))
    return _IPA.get(plain, plain)
