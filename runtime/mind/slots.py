"""Which slot of a model's cache a prompt goes to: a conversation to its own, a new one to the oldest."""

from __future__ import annotations


class Slots:
    """The conversations a model's cache holds. Not thread-safe; its user holds a lock.

    A conversation keeps its slot, so that only what is new is left to read, and waits for it where its own
    last request is still being broken off. A new one takes the free slot that was longest unused; the
    character's prefix can be put back there from a file.
    """

    def __init__(self, count: int) -> None:
        self._owner = [""] * count
        self._prefix = [""] * count
        self._used = [0] * count
        self._busy: set[int] = set()
        self._clock = 0

    def take(self, conversation: str, prefix: str) -> tuple[int, bool] | None:
        """A slot, and whether it holds that prefix already; None where it has to be waited for."""
        if conversation and conversation in self._owner:
            slot = self._owner.index(conversation)
            if slot in self._busy:
                return None
        else:
            free = [slot for slot in range(len(self._owner)) if slot not in self._busy]
            if not free:
                return None
            slot = min(free, key=lambda slot: self._used[slot])
        has_prefix = self._prefix[slot] == prefix
        self._busy.add(slot)
        self._owner[slot], self._prefix[slot] = conversation, prefix
        return slot, has_prefix

    def give(self, slot: int) -> None:
        """The slot is free again and keeps what it read."""
        self._clock += 1
        self._used[slot] = self._clock
        self._busy.discard(slot)

    def spoil(self, slot: int) -> None:
        """Nobody knows what the slot holds: a request in it failed."""
        self._owner[slot] = self._prefix[slot] = ""
