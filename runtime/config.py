"""The server's settings: one TOML file, read once, with the defaults of a machine that has nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from runtime.bundled import bundled
from runtime.memory.where import USER
from runtime.protocol.wire import LIMITS
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
    face: str = ""
    """What moves mouths: empty for the embedded engines, or `audio2face:` and a folder of weights."""
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
        if self.face and not self.face.startswith(AUDIO2FACE):
            raise ValueError(f"face: {self.face!r} is neither empty nor {AUDIO2FACE!r} and a folder")

    @property
    def characters_folder(self) -> Path:
        return Path(self.characters) if self.characters else bundled("characters")


class BadSettings(ValueError):
    """A settings file that cannot be used; says which file and why."""


def load(file: Path | None) -> Settings:
    """Read `file`, or the defaults when there is none. Raises BadSettings."""
    if file is None:
        return Settings()
    try:
        return msgspec.toml.decode(file.read_bytes(), type=Settings)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file}: {error}") from error
