"""What is to be served: engines and their weights, and characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runtime import character, models
from runtime.character import BadCharacter, Character
from runtime.config import Settings
from runtime.doctor.finding import Finding
from runtime.models import MissingModel
from runtime.registry import EMBEDDED, STAGES, Choice, Stage, known
from runtime.routing import own_mind, own_voice

_ROLES: Mapping[str, Stage] = {"asr": "ears", "llm": "mind", "tts": "voice"}
"""Roles of weights that only the embedded engine of a stage needs."""


def content(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    yield from weights(settings)
    yield from chosen(settings)
    yield from others(settings)
    yield from characters(settings)


def weights(settings: Settings) -> Iterator[Finding]:
    """Whether each embedded model is there, in its whole size."""
    for name, model in models.registry().items():
        place = settings.models.get(name, "")
        try:
            if not place.startswith(models.HUB):  # else it is fetched when it is first wanted
                models.find(name, settings.models)
        except MissingModel as missing:
            stage = _ROLES.get(model.role)
            spared = model.optional or (stage and settings.engine(stage).card.name != EMBEDDED[stage])
            yield Finding(f"model: {name}", "warn" if spared else "fail", str(missing), model.install)
        else:
            yield Finding(f"model: {name}", "ok", place or f"{model.bytes / 1e6:.1f} MB")


def chosen(settings: Settings) -> Iterator[Finding]:
    """Whether the engines that the settings want can be opened here."""
    for stage in STAGES:
        yield _usable(f"engine: {stage}", settings.engine(stage))


def others(settings: Settings) -> Iterator[Finding]:
    """The engines that could be chosen as well, and packages whose engines cannot be had."""
    there = known()
    for stage in STAGES:
        serving = settings.engine(stage).card.name
        for name, card in there.of(stage).items():
            if name != serving:
                text = f"not installed: {', '.join(card.missing)}" if card.missing else "can be chosen"
                yield Finding(f"{stage}: {name}", "ok", text, card.remedy if card.missing else "")
    for place, why in there.broken.items():
        yield Finding(f"engine of {place}", "warn", why, "update or remove its package")


def characters(settings: Settings) -> Iterator[Finding]:
    """Whether they load, and the engines that some want for themselves."""
    try:
        cast = character.load_all(settings.characters_folder)
    except BadCharacter as error:
        advice = "mend the file; `townsfolk check FOLDER` says more"
        yield Finding("characters", "fail", str(error), advice)
        return
    yield Finding("characters", "ok", ", ".join(cast))
    for npc in cast.values():
        yield from _own(npc)


def _own(npc: Character) -> Iterator[Finding]:
    for own in (own_mind, own_voice):
        try:
            choice = own(npc)
        except ValueError as error:
            yield Finding(f"character: {npc.id}", "fail", str(error), "mend its character.toml")
        else:
            if choice:
                yield _usable(f"character: {npc.id}", choice)


def _usable(what: str, choice: Choice) -> Finding:
    card = choice.card
    if card.missing:
        text = f"{card.name} is not installed: {', '.join(card.missing)} missing"
        return Finding(what, "fail", text, card.remedy)
    if choice.fallback and choice.fallback.card.missing:
        return _usable(f"{what} (fall-back)", choice.fallback)
    also = f", else {choice.fallback.card.name}" if choice.fallback else ""
    return Finding(what, "ok", f"{card.name}{also}: {card.devices}; {card.languages}; {card.licence}")
