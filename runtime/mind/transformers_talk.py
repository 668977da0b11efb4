"""What a model in PyTorch has read: conversations in its cache, and the prefixes they begin with.

Not thread-safe: all of it belongs to the model's one thread.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Talk:
    """Tokens that were read with an adapter, and the keys and values that came of them."""

    adapter: str
    cache: Any
    tokens: list[int] = field(default_factory=list)

    def shared(self, adapter: str, tokens: Sequence[int]) -> int:
        """With how many of its tokens `tokens` begin. One is left to read, as a reply needs its logits."""
        if adapter != self.adapter:
            return 0
        pairs = enumerate(zip(self.tokens, tokens[:-1], strict=False))
        end = min(len(self.tokens), len(tokens) - 1)
        return next((at for at, (mine, theirs) in pairs if mine != theirs), end)


class Growing:
    """Caches that grow token by token."""

    def __init__(self, config: Any) -> None:
        self._config = config

    def new(self) -> Any:
        import transformers

        return transformers.DynamicCache(config=self._config)

    def copy(self, cache: Any) -> Any:
        return copy.deepcopy(cache)

    def cut(self, cache: Any, before: int, after: int) -> None:
        """Forget all but the first `after` of `before` tokens. Raises RuntimeError where that is lost."""
        cache.crop(after - before)

    def free(self, cache: Any) -> None:
        """Nobody needs it any more."""


class Fixed:
    """Caches of one size at fixed addresses, which compiled code wants; free ones are used again."""

    def __init__(self, config: Any, context: int) -> None:
        self._config, self._context = config, context
        self._spare: list[Any] = []

    def new(self) -> Any:
        import transformers

        if not self._spare:
            return transformers.StaticCache(config=self._config, max_cache_len=self._context)
        cache = self._spare.pop()
        cache.reset()
        return cache

    def copy(self, cache: Any) -> Any:
        twin = self.new()
        for mine, theirs in zip(twin.layers, cache.layers, strict=True):
            if not mine.is_initialized:
                mine.lazy_initialization(theirs.keys, theirs.values)
            mine.keys.copy_(theirs.keys)
            mine.values.copy_(theirs.values)
            mine.cumulative_length.copy_(theirs.cumulative_length)
        return twin

    def cut(self, cache: Any, before: int, after: int) -> None:
        """What lies behind the length is neither looked at nor kept."""
        for layer in cache.layers:
            if layer.is_initialized and layer.is_sliding:
                raise RuntimeError("a sliding window cannot go back")
        for layer in cache.layers:
            if layer.is_initialized:
                layer.cumulative_length.fill_(after)

    def free(self, cache: Any) -> None:
        self._spare.append(cache)


class Talks:
    """At most `count` conversations, those that were used last, and every prefix that was kept."""

    def __init__(self, caches: Growing | Fixed, count: int) -> None:
        self._caches, self._count = caches, count
        self._kept: dict[str, Talk] = {}
        self._talks: OrderedDict[str, Talk] = OrderedDict()

    def has(self, name: str) -> bool:
        """Whether this prefix is kept."""
        return name in self._kept

    def keep(self, name: str, talk: Talk) -> None:
        """Keep a prefix for good."""
        self._kept[name] = talk

    def take(self, conversation: str, name: str, adapter: str, tokens: Sequence[int]) -> Talk:
        """Whatever saves most: the conversation's own talk, or a copy of the prefix, cut to what is shared.

        It is the caller's alone until it is given back.
        """
        own, kept = self._talks.pop(conversation, None), self._kept.get(name)
        mine = own.shared(adapter, tokens) if own else 0
        theirs = kept.shared(adapter, tokens) if kept else 0
        if own and mine and mine >= theirs and self._cut(own, mine):
            return own
        if own:
            self._caches.free(own.cache)
        if kept and theirs:
            talk = Talk(adapter, self._caches.copy(kept.cache), list(kept.tokens))
            if self._cut(talk, theirs):
                return talk
        return Talk(adapter, self._caches.new())

    def give(self, conversation: str, talk: Talk) -> None:
        """Keep it for the conversation's next turn, until others need its place."""
        if conversation:
            self._talks[conversation] = talk
        else:
            self._caches.free(talk.cache)
        while len(self._talks) > self._count:
            self._caches.free(self._talks.popitem(last=False)[1].cache)

    def _cut(self, talk: Talk, length: int) -> bool:
        try:
            if length < len(talk.tokens):
                self._caches.cut(talk.cache, len(talk.tokens), length)
        except RuntimeError:  # of a sliding window only the end is kept: it is read anew
            return False
        del talk.tokens[length:]
        return True
