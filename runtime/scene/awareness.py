"""What of a scene matters to what is said now. Pure, beside what the scene notes was spoken of."""

from __future__ import annotations

import math
import re

from runtime.protocol import messages as m
from runtime.remarks import Remark
from runtime.scene import sentences
from runtime.scene.living import alive
from runtime.scene.resolve import resolve
from runtime.scene.scene import Scene

MOST = 6
"""Remarks on one line: about 300 characters, some 70 tokens, half a second of reading on a small machine."""
MEANT = 0.5
"""How sure it must be that a thing is meant, as in `resolve`."""
FRESH, FADES = 0.7, 30.0
"""Weight of a change of state as it happens, and seconds in which it falls to half: after 15 s it is told
only to who asks for it, as people stop remarking on what they saw by then."""
FORGOTTEN = 120.0
"""Seconds after which a change is no news at all."""
BACKGROUND = 0.35
"""Who is here, where nobody asked: below what is told at once, for prompts with room left."""
ASKED = 0.8
"""The same, where it was asked."""

_AROUND = re.compile(
    r"\b(?:who(?:'s| is| else)?\b.*\b(?:here|there|around|with (?:you|us))|(?:any|every|some)(?:one|body) "
    r"(?:else )?(?:here|there|around|with (?:you|us))|look around|(?:what|who)(?: else)? (?:do|can) you see|"
    r"what(?:'s| is) (?:here|around|in here|over there|near)|are we alone|are you alone)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:where (?:are we|am i|is this)|what(?: kind of| sort of)? place|this place|what time|"
    r"how late|what (?:day|hour))\b",
    re.IGNORECASE,
)


def remarks(scene: Scene, npc: str, text: str, now: float = 0.0) -> list[Remark]:
    """What `npc` is aware of as it answers `text` at `now` seconds, the weightiest first; at most six.

    Plain small talk gets none of weight 0.5 or more.
    """
    text = text.replace("’", "'")
    found = [*_meant(scene, npc, text), *_changes(scene, npc, now), *_own(scene, npc, text)]
    found += [*_around(scene, npc, text), *_looked_at(scene, npc, text)]
    return sorted(found, key=lambda remark: -remark.weight)[:MOST]


def notice(scene: Scene, npc: str, text: str) -> None:
    """Note what the player or `npc` spoke of in `text`, for the pronouns to come."""
    scene.mention(npc, [entity.id for entity, score in resolve(text, scene, npc) if score >= MEANT])


def _meant(scene: Scene, npc: str, text: str) -> list[Remark]:
    """What is named or meant; and of several that are only touched on, the nearest thing to it."""
    return [
        Remark(sentences.about(entity, scene.distance(npc, entity)), score * 0.95, "scene")
        for entity, score in resolve(text, scene, npc)[:MOST]
        if score > BACKGROUND and entity.kind != "player"
    ]


def _changes(scene: Scene, npc: str, now: float) -> list[Remark]:
    found = []
    for entity in (*scene.visible(npc), *_self(scene, npc)):
        at, keys = scene.changed(entity.id)
        age = max(0.0, now - at)
        if age < FORGOTTEN and (said := sentences.now(entity, keys, you=entity.id == npc)):
            found.append(Remark(said, FRESH * 0.5 ** (age / FADES), "scene"))
    return found


def _own(scene: Scene, npc: str, text: str) -> list[Remark]:
    asked = bool(re.search(r"\byou(?:r|rself)?\b", text, re.IGNORECASE))
    said = [sentences.own(entity) for entity in _self(scene, npc)]
    return [Remark(one, 0.6 if asked else 0.4, "scene") for one in said if one]


def _self(scene: Scene, npc: str) -> list[m.Entity]:
    return [entity] if (entity := scene.entities.get(npc)) else []


def _around(scene: Scene, npc: str, text: str) -> list[Remark]:
    """Who and what is near, in a sentence each, and where all this is."""
    asked, where = bool(_AROUND.search(text)), bool(_WHERE.search(text))
    seen = [entity for entity in scene.visible(npc) if entity.kind != "player"]
    company = [sentences.named(entity) for entity in _nearest(scene, npc, seen) if alive(entity)]
    things = [sentences.named(entity) for entity in _nearest(scene, npc, seen) if not alive(entity)]
    found = []
    if company:
        found.append((sentences.listed(company[:4]), ASKED if asked else BACKGROUND))
    if things and asked:
        found.append((sentences.listed(things[:4]), ASKED - 0.1))
    told = [Remark(f"Near you: {said}.", weight, "scene") for said, weight in found]
    if scene.setting:
        place = sentences.sentence(f"this is {scene.setting}")
        told.append(Remark(place, ASKED if where or asked else BACKGROUND - 0.05, "scene"))
    return told


def _nearest(scene: Scene, npc: str, entities: list[m.Entity]) -> list[m.Entity]:
    """In order of distance; what has none keeps its order behind."""
    aways = {entity.id: scene.distance(npc, entity) for entity in entities}
    return sorted(entities, key=lambda entity: math.inf if (away := aways[entity.id]) is None else away)


def _looked_at(scene: Scene, npc: str, text: str) -> list[Remark]:
    """What the player looks at. It matters where the text leaves open what it speaks of."""
    entity = next((e for e in scene.visible(npc) if e.id == scene.attention), None)
    if entity is None:
        return [Remark("The player looks at you.", 0.2, "scene")] if scene.attention == npc else []
    meant = any(e.id == entity.id and score >= MEANT for e, score in resolve(text, scene, npc))
    return [Remark(f"The player looks at {sentences.named(entity)}.", 0.65 if meant else 0.4, "scene")]
