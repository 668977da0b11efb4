"""What a character may do and has chosen to do, and whether the game would take it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from runtime.actions.offer import Offer
from runtime.actions.values import default_of, fits, value_of
from runtime.protocol import messages as m

When: TypeAlias = Literal["before", "with", "after"]


class Around(Protocol):
    """What choosing asks of a scene; runtime.scene.Scene is one."""

    @property
    def attention(self) -> str | None: ...
    def visible(self, npc: str) -> Sequence[m.Entity]: ...
    def distance(self, npc: str, entity: m.Entity) -> float | None: ...
    def mentioned(self, npc: str) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One verb with all that it is told."""

    verb: str
    target: str | None = None
    parameters: Mapping[str, m.State] = field(default_factory=dict)
    when: When = "with"
    gates: bool = False
    confidence: float = 1.0
    """0 to 1; 1 where a model said it in so many words."""


def chosen(
    offer: Offer, verb: str, target: str | None, told: Mapping[str, object], confidence: float = 1.0
) -> Choice | None:
    """A choice as the game declared the verb, with numbers read and defaults filled in; None where a name is
    unknown, a value is of the wrong kind, or one is missing. Says nothing of the scene: see `valid`."""
    declared = offer.get(verb)
    if declared is None or told.keys() - declared.parameters.keys():
        return None
    values: dict[str, m.State] = {}
    for name, parameter in declared.parameters.items():
        value = value_of(parameter, told[name]) if name in told else default_of(parameter)
        if value is None:
            return None
        values[name] = value
    return Choice(declared.name, target, values, declared.when, declared.gates, confidence)


def valid(choice: Choice, offer: Offer, scene: Around, npc: str) -> bool:
    """Whether `npc` may do this now. Nothing is sent to a game that does not pass."""
    verb = offer.get(choice.verb)
    if verb is None or not able(verb, npc) or (choice.when, choice.gates) != (verb.when, verb.gates):
        return False
    if choice.parameters.keys() != verb.parameters.keys():
        return False
    if any(not fits(verb.parameters[name], value) for name, value in choice.parameters.items()):
        return False
    if verb.targets is None:
        return choice.target is None
    return choice.target in {entity.id for entity in targets(verb, scene, npc)}


def able(verb: m.Verb, npc: str) -> bool:
    """Whether the verb is one of the character's."""
    return verb.npcs is None or npc in verb.npcs


def targets(verb: m.Verb, scene: Around, npc: str) -> list[m.Entity]:
    """What `npc` sees that the verb can be done to now."""
    kinds = {kind.casefold() for kind in verb.targets or ()}
    return [e for e in scene.visible(npc) if e.kind.casefold() in kinds and ready(verb, e)]


def ready(verb: m.Verb, entity: m.Entity) -> bool:
    """Whether its state is as the verb needs it. What says nothing of a state passes."""
    return all(_same(entity.state.get(key, need), need) for key, need in verb.needs.items())


def _same(state: m.State, need: m.State) -> bool:
    return state == need and isinstance(state, bool) == isinstance(need, bool)  # True is no 1.0
