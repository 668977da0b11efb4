"""Memory: what a character keeps of a player, across conversations and restarts."""

from runtime.memory.facts import Fact, Memo, Recalled, Relation
from runtime.memory.memory import Memory
from runtime.memory.store import Embedder, MemoryFailed, Store
from runtime.memory.where import USER, memory_file

__all__ = [
    "USER",
    "Embedder",
    "Fact",
    "Memo",
    "Memory",
    "MemoryFailed",
    "Recalled",
    "Relation",
    "Store",
    "memory_file",
]
