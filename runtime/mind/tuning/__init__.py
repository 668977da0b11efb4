"""What persona tuning is made of: conversations in, an adapter for llama.cpp out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train: a LoRA, AdamW, the rate on a cosine."""

    first: int = 15
    """The block of the model from which on it is tuned: the upper half of 30."""
    layers: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "down_proj")
    """Of each block. Left out are `gate_proj` and `up_proj`, the widest: with them, at half the rank, an
    adapter learns no more and costs twice the time when it speaks."""
    rank: int = 32
    """6 MB a character."""
    alpha: int = 64
    rate: float = 1.5e-3
    epochs: int = 2
    """At most; training ends when the held-out loss has risen. It is least after one or two."""
    mixes: int = 2
    """Ways in which the dialogue is made into conversations; the epochs take turns."""
    tokens: int = 512
    """Of a step, padding included."""
    decay: float = 0.01
    threads: int = 0
    """0 is one a core."""
    seed: int = 7
