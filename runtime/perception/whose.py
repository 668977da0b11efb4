"""Whose body is it? Landmarkers find some in chairs and in coats on a hook, and are sure of it. No clock."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from runtime.perception.observation import Observation, Points

NOSE, SHOULDERS = 0, (11, 12)
_REACH = 0.6
"""Breadths of the shoulders by which one moves while the face is turned away: from one look at the body to
the next, a second later."""
_LIKE = 2.0
"""Times as tall, or as small, as which one is at most by then: half as far away."""


class _Place(NamedTuple):
    """Where a body is, in heights of the picture."""

    nose: NDArray[np.float32]
    neck: float
    """From the nose down to the shoulders: the same from all sides."""


class Whose:
    """Takes a body without a face for the player only where their face was, or where it was since."""

    def __init__(self) -> None:
        self._last: _Place | None = None
        self._breadth = 0.0

    def seen(self, observed: Observation) -> Observation:
        """The same, without a body that is nobody's."""
        body = observed.body
        if body is None:
            return observed
        place, faces = _place(body), observed.weights is not None or observed.head is not None
        if not faces and not self._may_be(place):
            return replace(observed, body=None)
        self._last = place
        if faces:  # from the side they seem narrow
            self._breadth = float(np.linalg.norm(body[SHOULDERS[0], :2] - body[SHOULDERS[1], :2]))
        return observed

    def _may_be(self, place: _Place) -> bool:
        if self._last is None:
            return False
        moved = float(np.linalg.norm(place.nose - self._last.nose))
        return moved <= _REACH * self._breadth and 1 / _LIKE <= place.neck / self._last.neck <= _LIKE


def _place(body: Points) -> _Place:
    neck = float(body[list(SHOULDERS), 1].mean() - body[NOSE, 1])
    return _Place(body[NOSE, :2], max(neck, 1e-3))
