"""Who and what is around a character, what happens there, and what of it matters to what is said."""

from runtime.scene.awareness import notice, remarks
from runtime.scene.events import Events, Reaction
from runtime.scene.salience import Salience
from runtime.scene.scene import Scene
from runtime.scene.waiting import Waiting

__all__ = ["Events", "Reaction", "Salience", "Scene", "Waiting", "notice", "remarks"]
