"""Several engines behind the contract of one: a character with an engine of its own is served by that.

Which engines there are is decided when a server starts. A character that asks for another one later, because
its file was changed meanwhile, is served by the server's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runtime import character
from runtime.character import Character
from runtime.flow import Stream
from runtime.mind import Mind
from runtime.registry import BadSettings, Choice, Stage, choose
from runtime.types import Line, Prompt, Speech
from runtime.voice import VoiceEngine


def own_mind(npc: Character) -> Choice | None:
    """The mind that a character asks for in its table [mind]. Raises BadSettings."""
    return _own(npc, "mind", npc.mind)


def own_voice(npc: Character) -> Choice | None:
    """The engine that a character asks for in its table [voice]. Raises BadSettings."""
    return _own(npc, "voice", _voice_table(npc.voice))


def acts(mind: Mind, npc: str) -> bool:
    """Whether the mind that answers for `npc` chooses what it does by itself, as tools."""
    if isinstance(mind, MindRouter):
        mind = mind.serving(npc)
    return bool(getattr(mind, "acts", False))


class MindRouter:
    """A mind made of several: `own` by the ids of characters, the others' is `default`."""

    def __init__(self, default: Mind, own: Mapping[str, Mind]) -> None:
        self._default, self._own = default, own

    def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply, by the mind of who answers; see `Mind`."""
        return self._of(prompt)(prompt)

    async def ends(self, prompt: Prompt, /) -> float:
        """How likely the player's turn ends here; see `Mind`."""
        return await self._of(prompt).ends(prompt)

    async def warm(self, prompt: Prompt) -> None:
        """Read ahead; see `Mind`."""
        await self._of(prompt).warm(prompt)

    def close(self) -> None:
        """Close each of them."""
        _close([self._default, *self._own.values()])

    def serving(self, npc: str) -> Mind:
        """The mind of this character."""
        return self._own.get(npc, self._default)

    def _of(self, prompt: Prompt) -> Mind:
        return self.serving(prompt.npc)


class VoiceRouter:
    """A voice engine made of several: `own` by `Choice.key`, the others' is `default`."""

    def __init__(self, default: VoiceEngine, own: Mapping[Any, VoiceEngine]) -> None:
        self._default, self._own = default, own
        self.rate = default.rate
        """Of the default; clauses of the others say their own."""

    def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn, by the engine that the voice is of; see `VoiceEngine`."""
        table = _voice_table(voice)
        engine = self._own.get(choose("voice", table).key) if table else None
        return (engine or self._default).speak(lines, voice)

    def close(self) -> None:
        """Close each of them."""
        _close([self._default, *self._own.values()])


def _own(npc: Character, stage: Stage, table: Mapping[str, Any] | None) -> Choice | None:
    try:
        return choose(stage, table) if table else None
    except BadSettings as error:
        raise BadSettings(f"character {npc.id!r}: {error}") from error


def _voice_table(voice: character.Voice) -> dict[str, Any]:
    """What a character's voice says of its engine; empty where it is the server's."""
    return {"engine": voice.engine, **voice.options} if voice.engine else {}


def _close(engines: Iterable[Any]) -> None:
    for engine in {id(each): each for each in engines}.values():
        engine.close()
