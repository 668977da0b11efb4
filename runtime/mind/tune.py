"""Persona tuning: a LoRA that makes the embedded language model speak as one character."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.character import Character
from runtime.mind.llama import smollm2
from runtime.mind.tuning import adapter
from runtime.mind.tuning.conversations import Conversation, read, split

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train."""

    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.05
    rate: float = 1e-3
    epochs: int = 4
    tokens: int = 1024
    """Of a step, padding included."""
    decay: float = 0.01
    threads: int = 0
    """0: one a core."""
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Progress:
    step: int
    steps: int
    loss: float
    """Of this step; nan after an epoch's end."""
    held_out: float
    """Loss after the last epoch that ended."""


@dataclass(frozen=True, slots=True)
class Card:
    """What an adapter was made of and how good it is."""

    character: str
    base: str
    base_sha256: str
    trained_on: int
    held_out: int
    settings: Settings
    loss_before: float
    loss_after: float
    epochs: int
    seconds: float
    machine: str
    date: str


def tune(
    character: Character,
    folder: Path,
    out: Path,
    *,
    settings: Settings = Settings(),
    report: Callable[[Progress], None] = lambda progress: None,
) -> Card:
    started = time.monotonic()
    train, held = split(read(character, folder), settings.seed)
    student = Student(smollm2(), settings)
    return student, train, held, started


class Student:
    """The model and its tokenizer."""

    def __init__(self, weights: Path, settings: Settings) -> None:
        import peft
        import torch
        import transformers

        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)
        base = transformers.AutoModelForCausalLM.from_pretrained(
            weights.parent,
            gguf_file=weights.name,
            dtype=torch.bfloat16,
            quantization_config=transformers.GgufConfig(dequantize=True),
            attn_implementation="eager",
        )
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            target_modules=[name.split(".")[1] for name in adapter.NAMES],
        )
        self.base = base
        self.model = peft.get_peft_model(base, config)
        self.weights = [p for p in self.model.parameters() if p.requires_grad]

    def encode(self, system: str, talk: Conversation) -> tuple[list[int], list[bool]]:
        parts: list[tuple[str, bool]] = [(f"<|im_start|>system\n{system}<|im_end|>\n", False)]
        for turn in talk:
            parts.append((f"<|im_start|>user\n{turn.player}<|im_end|>\n<|im_start|>assistant\n", False))
            parts.append((f"{turn.reply}<|im_end|>", turn.taught))
            parts.append(("\n", False))
        ids, taught = [], []
        for text, learn in parts[:-1]:
            piece = self.tokenizer(text).input_ids
            ids += piece
            taught += [learn] * len(piece)
        return ids, taught

    def loss(self, batch):
        import torch

        width = max(len(ids) for ids, _ in batch)
        pad = self.base.config.pad_token_id
        ids = torch.tensor([i + [pad] * (width - len(i)) for i, _ in batch])
        taught = torch.tensor([t + [False] * (width - len(t)) for _, t in batch])[:, 1:]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.base.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1][taught]
            logits = self.base.lm_head(hidden)
        return torch.nn.functional.cross_entropy(logits.float(), ids[:, 1:][taught], reduction="sum"), int(
            taught.sum()
        )


def batches(rows, tokens, rng):
    rows = sorted(rows, key=lambda r: len(r[0]) + rng.random())
    out, cur = [], []
    for r in rows:
        if cur and (len(cur) + 1) * len(r[0]) > tokens:
            out.append(cur)
            cur = []
        cur.append(r)
    if cur:
        out.append(cur)
    rng.shuffle(out)
    return out
