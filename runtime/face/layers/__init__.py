"""The life of a face beside its mouth: layers of feeling, gaze, blinks, brows, head and breath."""

from __future__ import annotations

from runtime.face.layers.direction import EMOTIONS, MODES, PLAYER, Target
from runtime.face.layers.life import Life
from runtime.face.layers.settings import FaceSettings

__all__ = ("EMOTIONS", "MODES", "PLAYER", "FaceSettings", "Life", "Target")
