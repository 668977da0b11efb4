"""A cache of spoken clauses: what a character says again is not synthesised again, and sounds the same."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import aclosing
from typing import Any, TypeAlias

import msgspec

from runtime import character
from runtime.flow import Stream
from runtime.types import Line, Speech
from runtime.voice import VoiceEngine

MEGABYTES = 64
"""About ten minutes of speech at 24 kHz: the greetings and set phrases of a cast, many times over."""

Key: TypeAlias = tuple[Line, bytes]
"""A line, and the voice as JSON."""

_OVERHEAD = 2000
"""Bytes that a clause takes beside its audio."""


class Cached:
    """A voice engine that remembers what `engine` spoke; the clauses used longest ago are forgotten first.

    A line is kept once all of it was spoken; one that was broken off is not. An engine whose speech differs
    from time to time is, within the cache, the same each time.
    """

    def __init__(self, engine: VoiceEngine, megabytes: float = MEGABYTES) -> None:
        self.rate = engine.rate
        self._engine = engine
        self._limit = megabytes * 1e6
        self._spoken: OrderedDict[Key, tuple[Speech, ...]] = OrderedDict()
        self.bytes = 0
        """What it holds."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)  # its `worker`, for whoever watches the threads

    async def speak(self, lines: Stream[Line], voice: character.Voice) -> Stream[Speech]:
        """Speak each line in turn, from memory where it was spoken before; see `VoiceEngine`."""
        how = msgspec.json.encode(voice)  # it may hold tables, which have no hash
        async with aclosing(lines):
            async for line in lines:
                key = line, how
                known = self._spoken.get(key)
                if known is not None:
                    self._spoken.move_to_end(key)
                    for speech in known:
                        yield speech
                    continue
                made = []
                async with aclosing(self._engine.speak(_only(line), voice)) as spoken:
                    async for speech in spoken:
                        made.append(speech)
                        yield speech
                self._keep(key, tuple(made))

    def close(self) -> None:
        """Close the engine and forget everything."""
        self._spoken.clear()
        self.bytes = 0
        self._engine.close()

    def _keep(self, key: Key, made: tuple[Speech, ...]) -> None:
        if _size(made) > self._limit:
            return
        self.bytes += _size(made) - _size(self._spoken.pop(key, None))
        self._spoken[key] = made
        while self.bytes > self._limit:
            _, oldest = self._spoken.popitem(last=False)
            self.bytes -= _size(oldest)


def cached(engine: VoiceEngine, megabytes: float) -> VoiceEngine:
    """`engine` with a cache of that size; 0 is none."""
    return Cached(engine, megabytes) if megabytes else engine


def _size(made: tuple[Speech, ...] | None) -> int:
    return 0 if made is None else _OVERHEAD + sum(speech.audio.nbytes for speech in made)


async def _only(line: Line) -> Stream[Line]:
    yield line
