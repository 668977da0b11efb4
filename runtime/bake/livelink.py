"""Recordings of the iPhone app Live Link Face: what Unreal's importer and most tools for faces read."""

from __future__ import annotations

import csv
import io

import numpy as np
from numpy.typing import NDArray

from runtime.face.names import LIVE_LINK, LIVE_LINK_CSV, live_link
from runtime.types import Pose, Weights

HEADER = ("Timecode", "BlendShapeCount", *LIVE_LINK_CSV)
BASE = 60
"""The last field of a timecode counts sixtieths of a second at any rate: Unreal's importer reads it so,
and the app writes it so."""

_ORDER = [LIVE_LINK.index(name) for name in LIVE_LINK_CSV]
_ROW = f"%s,{len(LIVE_LINK_CSV)}," + ",".join(["%.6f"] * len(LIVE_LINK_CSV)) + "\n"


def encode(weights: Weights, pose: Pose, fps: int) -> bytes:
    """The whole file. Angles are in radians."""
    values = live_link(weights, pose)[:, _ORDER].astype(np.float64) + 0.0  # no "-0.000000"
    rows = [_ROW % (timecode(k / fps), *row) for k, row in enumerate(values.tolist())]
    return (",".join(HEADER) + "\n" + "".join(rows)).encode()


def timecode(seconds: float) -> str:
    """HH:MM:SS:FF.fff from 0."""
    thousandths = round(seconds * BASE * 1000)
    frames, part = divmod(thousandths, 1000)
    whole, frame = divmod(frames, BASE)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}:{frame:02d}.{part:03d}"


def decode(data: bytes) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Seconds (frames,) and the values in the order of LIVE_LINK, shape (frames, 61), of any such recording.

    Columns are found by name, in any case and order; one that is missing is 0. Raises ValueError.
    """
    header, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    if not header or header[0].lower() != "timecode":
        raise ValueError("it is no recording of Live Link Face: its first column is not `Timecode`")
    places = {name.lower(): place for place, name in enumerate(header)}
    found = np.zeros((len(rows), len(LIVE_LINK)), np.float32)
    for column, name in enumerate(LIVE_LINK):
        if name.lower() in places:
            found[:, column] = [float(row[places[name.lower()]]) for row in rows]
    return np.array([_seconds(row[0]) for row in rows]), found


def _seconds(code: str) -> float:
    hours, minutes, seconds, frame = code.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(frame) / BASE
