"""The server's settings: one TOML file, read once, with the defaults of a machine that has nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from runtime import presets
from runtime.bundled import bundled
from runtime.language.facts import of
from runtime.memory.where import USER
from runtime.protocol.wire import LIMITS
from runtime.registry import STAGES, Choice, Stage, choose
from runtime.registry import BadSettings as BadSettings
from runtime.safety.settings import SafetySettings

AUDIO2FACE = "audio2face:"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """`townsfolk.toml`."""

    host: str = "127.0.0.1"
    """Whom to listen to: 0.0.0.0 for everybody. Browsers give the microphone to localhost and https only."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8765
    """0 takes any that is free."""
    characters: str = ""
    """Folder of characters; empty for those that come along."""
    sessions: Annotated[int, Meta(ge=1)] = 1000
    """More than this many at once are told `busy`. One in which nobody speaks costs next to nothing."""
    delay: Annotated[float, Meta(gt=0)] = 0.5
    """Seconds that players wait for a model, on average, before newcomers are told `busy`, instead of
    everybody getting slow."""
    slots: Annotated[int, Meta(ge=1, le=64)] = 8
    """Conversations that the mind keeps in its cache, 47 MB each; one that fell out is read anew."""
    threads: Annotated[int, Meta(ge=0)] = 0
    """Threads of compute for each model; 0 decides by the machine."""
    silence: Annotated[float, Meta(ge=0.2, le=3.0)] = 0.5
    """Seconds of silence that end a turn of which nothing is known. All other waits are in proportion."""
    lead: Annotated[float, Meta(ge=0.05, le=600)] = LIMITS.lead
    """Seconds that audio is sent ahead of the moment it is due."""
    languages: list[str] = []
    """Languages players may speak (BCP 47), the usual one first; ears, mind and voice must have them. Empty:
    each character speaks its own, unless the client asks for another."""
    interpret: bool = False
    """Whether a character without words of a player's language talks through an interpreter, the mind."""
    preset: str = ""
    """A set of settings that come along (docs/engines.md); what the file says goes on top."""
    ears: dict[str, Any] = {}
    """What hears words: `engine` and its options. `townsfolk engines` lists them."""
    mind: dict[str, Any] = {}
    """What answers: `engine`, its options, and perhaps `fallback`, another engine for when it fails."""
    voice: dict[str, Any] = {}
    """What speaks: `engine` and its options."""
    face: str | dict[str, Any] = ""
    """What moves mouths: `engine` and its options, or `audio2face:` and a folder of weights."""
    watermark: bool = False
    """Whether speech bears an inaudible mark that says a machine made it. Needs the extra `watermark`."""
    memory: str = USER
    """File in which characters remember players, or the address of a database (`postgresql://…`): `user` for
    a file in the user's own data folder, empty for none."""
    record: str = ""
    """Folder to record sessions in; empty for none."""
    safety: SafetySettings = SafetySettings()
    """What characters may hear and say; see docs/safety.md."""
    models: dict[str, str] = {}
    """Where to find a model instead: name -> file, folder, or `hub:owner/name`."""

    def __post_init__(self) -> None:
        for tag in self.languages:
            of(tag)
        if isinstance(self.face, str) and self.face and not self.face.startswith(AUDIO2FACE):
            raise ValueError(f"face: {self.face!r} is neither empty nor {AUDIO2FACE!r} and a folder")

    @property
    def characters_folder(self) -> Path:
        return Path(self.characters) if self.characters else bundled("characters")

    def engine(self, stage: Stage) -> Choice:
        """The engine of a stage. Raises BadSettings."""
        table = getattr(self, stage)
        if isinstance(table, str):  # of a face, as it could be written before there were tables
            table = {"engine": "audio2face", "folder": table.removeprefix(AUDIO2FACE)} if table else {}
        return choose(stage, table)


def load(file: Path | None, preset: str = "") -> Settings:
    """Read `file`, or the defaults when there is none, over a preset: `preset`, else what the file names.

    Raises BadSettings, which names file, table and field.
    """
    where = f"{file}: " if file else ""
    try:
        given = msgspec.toml.decode(file.read_bytes(), type=dict[str, Any]) if file else {}
        named = preset or given.get("preset", "")
        settings = msgspec.convert(presets.under(presets.read(named), given) if named else given, Settings)
        for stage in STAGES:
            settings.engine(stage)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, BadSettings) as error:
        raise BadSettings(f"{where}{error}") from error
    return msgspec.structs.replace(settings, preset=named)
