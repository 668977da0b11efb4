"""Engines by name: those that come along, and those that other packages bring by an entry point.

An engine is described by a `Card`, an object that costs nothing to look at; what it needs is imported when it
is opened. Packages name theirs in the entry point group `townsfolk.engines`. Settings choose one with a
table: `[mind]`, `engine = "openai"`, and its options beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct

from runtime.models import HUB, find

Stage = Literal["ears", "mind", "voice", "face"]
STAGES: tuple[Stage, ...] = get_args(Stage)

ENTRY_POINTS = "townsfolk.engines"

EMBEDDED: Mapping[Stage, str] = {"ears": "whisper", "mind": "llama", "voice": "hibari", "face": "network"}
"""What serves where nothing is chosen."""

OURS = (
    *("runtime.ears.cards:WHISPER", "runtime.ears.faster_whisper:CARD", "runtime.ears.remote:CARD"),
    *("runtime.mind.cards:LLAMA", "runtime.mind.transformers:CARD", "runtime.mind.remote:CARD"),
    *("runtime.voice.cards:HIBARI", "runtime.voice.piper:CARD", "runtime.voice.kokoro:CARD"),
    *("runtime.voice.coqui:CARD", "runtime.voice.remote:CARD"),
    *("runtime.face.cards:NETWORK", "runtime.face.cards:AUDIO2FACE"),
)
"""The cards of the engines in this program."""


class BadSettings(ValueError):
    """Settings that cannot be used: says where, why, and what there is instead."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What can be set of an engine: fields with types, bounds (`msgspec.Meta`), defaults and docstrings."""


@dataclass(frozen=True)
class Context:
    """What an engine may need of its server beside its own options."""

    models: Mapping[str, str] = field(default_factory=dict)
    """The table [models]: where weights lie instead; for `runtime.models.find`."""
    threads: int = 0
    """Threads of compute; 0 decides by the machine."""
    slots: int = 8
    """Conversations that a mind keeps in its cache."""
    adapters: Mapping[str, Path] = field(default_factory=dict)
    """LoRA adapters (GGUF) of characters, by their ids."""

    def weights(self, model: str) -> Path:
        """Where `model` lies: a name of assets/models.toml or of [models], a path, or `hub:owner/name`.

        Raises MissingModel.
        """
        is_place = model.startswith((HUB, "~", ".")) or "/" in model or "\\" in model
        return find(model, {model: model, **self.models} if is_place else self.models)


@dataclass(frozen=True)
class Card:
    """One engine, as it is listed and chosen."""

    name: str
    """What settings call it: `faster-whisper`."""
    stage: Stage
    summary: str
    """What it is, in a line."""
    licence: str
    """SPDX identifier of its code; weights may have others."""
    languages: str
    """`en`, `en zh …`, `99`, or `as its model`."""
    devices: str
    """`cpu`, `cpu cuda`, `remote`."""
    open: Callable[[Any, Context], Any]
    """Load it: its options and its context to what the stage's contract says (`Recogniser`, `Mind`,
    `VoiceEngine`, `FaceEngine`). Raises what its stage raises: MindFailed, MissingModel, BadSettings."""
    options: type[Options] = Options
    extra: str = ""
    """What installs it: `townsfolk[extra]`; empty where it comes along."""
    modules: tuple[str, ...] = ()
    """What must be importable for it."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that it needs and that are not installed."""
        return tuple(name for name in self.modules if not _importable(name))

    @property
    def remedy(self) -> str:
        """The command that installs what it needs; empty where it comes along."""
        return f'pip install "{self.extra}"' if self.extra else ""


@dataclass(frozen=True)
class Choice:
    """An engine with its options, as settings chose it."""

    card: Card
    options: Options
    fallback: Choice | None = None
    """Who answers where it fails; of minds only."""

    @property
    def key(self) -> tuple[str, str, bytes]:
        """The same for two choices that one open engine can serve."""
        other = repr(self.fallback.key) if self.fallback else ""
        return self.card.name, other, msgspec.json.encode(self.options)

    def open(self, context: Context) -> Any:
        """Load it. Raises BadSettings where something is not installed, else what the engine raises."""
        card = self.card
        try:
            if not card.missing:
                return card.open(self.options, context)
            reason = f"{', '.join(card.missing)} not installed"
        except ImportError as error:
            reason = str(error)
        advice = f"; install it: {card.remedy}" if card.remedy else ""
        raise BadSettings(f"[{card.stage}] engine {card.name!r} cannot be used: {reason}{advice}")


@dataclass(frozen=True)
class Known:
    """All engines there are."""

    cards: tuple[Card, ...]
    broken: Mapping[str, str]
    """Where a card should be and is none -> why."""

    def of(self, stage: Stage) -> dict[str, Card]:
        """Those of one stage, by name."""
        return {card.name: card for card in self.cards if card.stage == stage}


@cache
def known() -> Known:
    """The engines of this program, then those of other packages. Imports their modules, opens nothing."""
    cards: dict[tuple[str, str], Card] = {}
    broken = {}
    for place, load in _places():
        try:
            card = load()
            if not isinstance(card, Card):
                raise TypeError(f"it is {type(card).__name__}, not a runtime.registry.Card")
            if (card.stage, card.name) in cards:
                raise ValueError(f"there is an engine {card.stage} {card.name!r} already")
        except Exception as error:  # noqa: BLE001 - one bad package must not take the others with it
            broken[place] = f"{type(error).__name__}: {error}"
        else:
            cards[card.stage, card.name] = card
    return Known(tuple(cards.values()), broken)


def choose(stage: Stage, table: Mapping[str, Any]) -> Choice:
    """What a table of settings asks for: `engine`, its options, and for a mind perhaps `fallback`.

    Raises BadSettings, which names the table, the field and what there is instead.
    """
    given = dict(table)
    card = _card(stage, given.pop("engine", EMBEDDED[stage]))
    other = given.pop("fallback", None) if stage == "mind" else None
    fallback = choose(stage, {"engine": other} if isinstance(other, str) else other) if other else None
    try:
        return Choice(card, msgspec.convert(given, card.options), fallback)
    except msgspec.ValidationError as error:
        names = ", ".join(card.options.__struct_encode_fields__) or "none"
        told = str(error).replace("$.", f"{stage}.")
        raise BadSettings(f"[{stage}] engine {card.name!r}: {told}; its options are: {names}") from error


def _card(stage: Stage, name: object) -> Card:
    there = known()
    found = there.of(stage)
    if isinstance(name, str) and name in found:
        return found[name]
    listed = ", ".join(
        f"{card.name} ({card.remedy})" if card.missing else card.name for card in found.values()
    )
    broken = f". These packages have none that works: {', '.join(there.broken)}" if there.broken else ""
    raise BadSettings(f"[{stage}] there is no engine {name!r}; there are {listed}{broken}")


def _places() -> Iterator[tuple[str, Callable[[], object]]]:
    for path in OURS:
        yield path, partial(_ours, path)
    for point in metadata.entry_points(group=ENTRY_POINTS):
        yield point.value, point.load


def _ours(path: str) -> object:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # its parent is missing, or is half a module
        return False
