"""What persona tuning is made of: conversations in, an adapter for llama.cpp out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train: a LoRA on every linear layer, AdamW, the rate on a cosine."""

    rank: int = 8
    """5 MB a character. Rank 16 did not lower the held-out loss."""
    alpha: float = 16.0
    rate: float = 1e-3
    epochs: int = 3
    """At most: training ends when the held-out loss has risen."""
    tokens: int = 1024
    """Of a step, padding included."""
    decay: float = 0.01
    threads: int = 0
    """0 is one a core."""
    seed: int = 7
