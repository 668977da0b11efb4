"""Where eyes and mouth are, in mm: all that the pieces of a head must agree on."""

from __future__ import annotations

import numpy as np

INNER, OUTER, CORNER = 17.0, 47.0, 26.0
"""Columns at the corners of eye and mouth."""

EYE = np.array([32.0, 0.0, 58.5])
"""Centre of the left eyeball."""
BALL = 17.0
LID = 18.6
"""Radii in mm. A morph moves a lid along the chord of its arc, up to 1.1 mm inside it: so much and a little
more lies between lid and eyeball."""

LIP_Y = -65.0
