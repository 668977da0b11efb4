"""Which slot of a model's cache a prompt goes to: a conversation to its own, a new one to the oldest."""

from __future__ import annotations

from runtime.types import Message, Prompt


class Slots:
    """The conversations a model's cache holds. Not thread-safe; its user holds a lock.

    A slot that already read part of this very conversation is best: only the newest turn is left to read.
    Otherwise the free slot that was longest unused gives its conversation up; the character's prefix can
    then be put back from a file, which is why sharing a prefix alone earns no preference.
    """

    def __init__(self, count: int) -> None:
        self._held: list[tuple[Message, ...]] = [()] * count
        self._used = [0] * count
        self._busy: set[int] = set()
        self._clock = 0

    def take(self, prompt: Prompt) -> tuple[int, bool]:
        """A free slot, and whether it holds the prefix already. There must be one (see `Llama`)."""
        messages = prompt.prefix + prompt.messages
        free = [slot for slot in range(len(self._held)) if slot not in self._busy]

        def worth(slot: int) -> tuple[int, int]:
            known = shared(self._held[slot], messages)
            return (known if known > len(prompt.prefix) else 0), -self._used[slot]

        slot = max(free, key=worth)
        has_prefix = shared(self._held[slot], messages) >= len(prompt.prefix)
        self._busy.add(slot)
        self._held[slot] = messages
        return slot, has_prefix

    def give(self, slot: int) -> None:
        """The slot is free again and keeps what it read."""
        self._clock += 1
        self._used[slot] = self._clock
        self._busy.discard(slot)


def shared(one: tuple[Message, ...], other: tuple[Message, ...]) -> int:
    """How many messages both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
