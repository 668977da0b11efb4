"""A character as its writer wrote it: `characters/<id>/character.toml`, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from runtime.emotion.temper import Temper
from runtime.face.layers import FaceSettings
from runtime.language.facts import of

Text = Annotated[str, Meta(min_length=1, max_length=4000)]


class Voice(Struct, frozen=True, forbid_unknown_fields=True):
    """How a character sounds."""

    name: str = "heart"
    """A voice of the engine."""
    speed: Annotated[float, Meta(ge=0.5, le=2.0)] = 1.0
    pitch: Annotated[float, Meta(ge=-12, le=12)] = 0.0
    """Semitones against the voice as it is."""
    size: Annotated[float, Meta(ge=0.7, le=1.3)] = 1.0
    """Length of the vocal tract against the voice as it is: above 1 a larger body, deeper formants."""
    engine: str = ""
    """The engine that speaks; empty for the server's own. `townsfolk engines` lists them."""
    options: dict[str, Any] = {}
    """Of that engine, as in the server's table [voice]."""


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """One exchange that shows how the character talks."""

    player: Text
    reply: Text


class Told(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A character's texts in one language: `[language.zh]`. What is left out stays as the writer's own
    language has it."""

    name: Annotated[str, Meta(max_length=64)] = ""
    description: str = ""
    personality: str = ""
    greeting: str = ""
    at_a_loss: str = ""
    examples: list[Example] = []
    never: list[Text] = []
    """Beside what it never says in the writer's language."""
    deflections: list[Text] = []
    honest: str = ""
    care: str = ""
    voice: Voice | None = None
    """Of an engine or a speaker that has the language."""


class Character(Struct, frozen=True, forbid_unknown_fields=True):
    """One `character.toml`."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    description: Text
    """One sentence for the player: who this is."""
    personality: Text
    """Second person, for the model: temper, trade, way of talking, what it knows and wants."""
    greeting: Text
    """Said when the player comes up."""
    at_a_loss: Text
    """Said in place of a reply that failed or held nothing that may be said."""
    voice: Voice = Voice()
    mind: dict[str, Any] = {}
    """A mind of its own, as in the server's table [mind]; empty for the server's."""
    face: FaceSettings = FaceSettings()
    temper: Temper = Temper()
    examples: list[Example] = []
    patience: Annotated[float, Meta(ge=0.5, le=4)] = 1.0
    """How many times as long as usual it waits for the player to go on."""
    never: list[Text] = []
    """Words and phrases it does not say; a sentence that holds one is not spoken."""
    deflections: list[Text] = []
    """Said in turn to what it should not go into: attempts on its part, what the game's rating bars."""
    honest: str = ""
    """Said to who sincerely needs to know whether a person speaks; empty for a plain one. May hold {name}."""
    care: str = ""
    """Said to who speaks of harming themselves; empty for a plain one."""
    speaks: str = "en"
    """The language of the texts above (BCP 47)."""
    language: dict[str, Told] = {}
    """The same texts in other languages, by their tags."""
    words: list[Text] = []
    """Names that players say to it and few recognisers know, the likeliest first; its own is known."""
    id: str = ""
    """The name of its folder."""
    adapter: str = ""
    """Path of its own adapter for the embedded model; found beside the file as `adapter.gguf`."""

    def __post_init__(self) -> None:
        for tag in (self.speaks, *self.language):
            of(tag)


class BadCharacter(ValueError):
    """A character file that cannot be used; says which file and why."""


def load(folder: Path) -> Character:
    """Read `folder/character.toml`. Raises BadCharacter."""
    file = folder / "character.toml"
    try:
        character = msgspec.toml.decode(file.read_bytes(), type=Character)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadCharacter(f"{file}: {error}") from error
    adapter = folder / "adapter.gguf"
    return msgspec.structs.replace(
        character, id=folder.name, adapter=str(adapter) if adapter.is_file() else ""
    )


def load_all(folder: Path) -> dict[str, Character]:
    """Every character under `folder`, by id. Raises BadCharacter if one is bad or there is none."""
    found = {file.parent.name: load(file.parent) for file in sorted(folder.glob("*/character.toml"))}
    if not found:
        raise BadCharacter(f"{folder}: no folder with a character.toml in it")
    return found
