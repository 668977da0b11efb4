"""The player as a character sees them, by a camera or by what the client knows.

`Senses` decides what is noticed and `Mirror` moves a double: numbers in, values out, no I/O. `Camera` and
`Tracker` make those numbers of frames and need the extra `perception`. See docs/perception.md.
"""

from runtime.perception.camera import Camera
from runtime.perception.mirror import Mirror
from runtime.perception.noticed import Noticed
from runtime.perception.observation import BadObservation, Hand, Head, Observation, Position, arkit, head_of
from runtime.perception.pictures import BadPicture
from runtime.perception.senses import Senses
from runtime.perception.tracker import Tracker

__all__ = (
    "BadObservation",
    "BadPicture",
    "Camera",
    "Hand",
    "Head",
    "Mirror",
    "Noticed",
    "Observation",
    "Position",
    "Senses",
    "Tracker",
    "arkit",
    "head_of",
)
