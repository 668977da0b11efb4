"""What a character can do, for a model that chooses by itself: tools to call, and what becomes of calls."""

from __future__ import annotations

from collections.abc import Callable

from runtime.actions.call import parse, parse_tool
from runtime.actions.choice import Around, Choice, valid
from runtime.actions.grammar import grammar, tools
from runtime.actions.offer import Offer
from runtime.actions.results import about
from runtime.actions.select import MOST
from runtime.types import Tools

IMPOSSIBLE = "That cannot be done now."
ENOUGH = "Nothing more can be done now."


def offered(offer: Offer, scene: Around, npc: str, take: Callable[[Choice], object]) -> Tools | None:
    """The tools of `npc` in one reply; None where nothing can be done. Each call that the game would take
    goes to `take`, once, and at most MOST of them."""
    schemas = tools(offer, scene, npc)
    if not schemas:
        return None
    taken: list[Choice] = []

    def decide(choice: Choice | None) -> str:
        if choice is None or not valid(choice, offer, scene, npc):
            return IMPOSSIBLE
        if choice not in taken:
            if len(taken) >= MOST:
                return ENOUGH
            taken.append(choice)
            take(choice)
        names = {entity.id: entity.name or f"the {entity.kind}" for entity in scene.visible(npc)}
        return about(choice, names)

    return Tools(
        tuple(schemas),
        grammar(offer, scene, npc),
        lambda name, arguments: decide(parse_tool(name, arguments, offer)),
        lambda written: decide(parse(written, offer)),
    )
