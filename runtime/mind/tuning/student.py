"""The embedded language model while it learns: PyTorch, transformers and peft, on the CPU."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from runtime.mind.tuning import Settings, adapter
from runtime.mind.tuning.conversations import Conversation

WARM_UP = 0.05
"""Share of the steps in which the rate rises: the first gradients of a fresh adapter point anywhere."""

CLIP = 1.0
"""Longest gradient of a step; an odd batch must not undo the ones before it."""


class Row(NamedTuple):
    """A conversation in tokens, and which of them the character is to learn to say."""

    tokens: list[int]
    taught: list[bool]


class Student:
    """The model, its adapter, and how it learns. `steps` is how many times `learn` will be called.

    The weights come from the GGUF file itself, dequantised: what is tuned is what llama.cpp will run.
    """

    def __init__(self, weights: Path, system: str, settings: Settings) -> None:
        import peft
        import torch
        import transformers

        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        source = {"pretrained_model_name_or_path": weights.parent, "gguf_file": weights.name}
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(**source)
        self.base: Any = transformers.AutoModelForCausalLM.from_pretrained(
            **source,
            dtype=torch.bfloat16,
            quantization_config=transformers.GgufConfig(dequantize=True),
            attn_implementation="eager",  # for rows this short twice as fast as the fused one on a CPU
        )
        layers = [name.split(".")[1] for name in adapter.NAMES]
        config = peft.LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules=layers)
        self.model: Any = peft.get_peft_model(self.base, config)
        self._torch: Any = torch
        self._system = f"<|im_start|>system\n{system}<|im_end|>\n"
        self._settings = settings
        self._tuned = {name: p for name, p in self.model.named_parameters() if p.requires_grad}
        self._optimizer: Any = torch.optim.AdamW(
            self._tuned.values(), lr=settings.rate, weight_decay=settings.decay
        )

    def encode(self, talk: Conversation) -> Row:
        """In ChatML, as the template in the weights writes it; each reply is taught with its end."""
        parts = [(self._system, False)]
        for turn in talk:
            parts.append((f"<|im_start|>user\n{turn.player}<|im_end|>\n<|im_start|>assistant\n", False))
            parts.append((f"{turn.reply}<|im_end|>", turn.taught))
            parts.append(("\n", False))
        row = Row([], [])
        for text, taught in parts:
            tokens = self._tokenizer(text).input_ids
            row.tokens.extend(tokens)
            row.taught.extend([taught] * len(tokens))
        return row

    def loss(self, rows: Sequence[Row]) -> Any:
        """Mean cross-entropy in nats over the taught tokens, as a scalar tensor."""
        torch = self._torch
        width = max(len(row.tokens) for row in rows)
        # Padding stands behind what is read and is not taught, so causal attention needs no mask for it.
        tokens = torch.tensor([row.tokens + [0] * (width - len(row.tokens)) for row in rows])
        taught = torch.tensor([row.taught + [False] * (width - len(row.taught)) for row in rows])[:, 1:]
        with torch.autocast("cpu", torch.bfloat16):
            hidden = self.base.model(input_ids=tokens, use_cache=False).last_hidden_state
            logits = self.base.lm_head(hidden[:, :-1][taught])
        return torch.nn.functional.cross_entropy(logits.float(), tokens[:, 1:][taught])

    def learn(self, rows: Sequence[Row], rate: float) -> float:
        """One step at `rate` times the settings' rate; the loss before it."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate * self._settings.rate
        self.model.train()
        self._optimizer.zero_grad()
        loss = self.loss(rows)
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self._tuned.values(), CLIP)
        self._optimizer.step()
        return float(loss.detach())

    def measure(self, batches: Sequence[Sequence[Row]]) -> float:
        """Mean loss over every taught token of `batches`."""
        self.model.eval()
        counts = [sum(sum(row.taught[1:]) for row in rows) for rows in batches]
        with self._torch.no_grad():
            losses = [float(self.loss(rows)) for rows in batches]
        return sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)

    def pairs(self) -> dict[tuple[int, str], adapter.Pair]:
        """The adapter as it is now."""
        found: dict[tuple[int, str], dict[str, Any]] = {}
        for name, weight in self._tuned.items():
            match = re.search(r"layers\.(\d+)\.(\w+\.\w+)\.lora_([AB])\.", name)
            assert match, name
            found.setdefault((int(match[1]), match[2]), {})[match[3]] = weight.detach().float().numpy().copy()
        return {key: (pair["A"], pair["B"]) for key, pair in found.items()}


def batches(rows: Sequence[Row], tokens: int, rng: Random) -> list[list[Row]]:
    """`rows` in batches of like length of at most `tokens` with their padding, in a random order."""
    made: list[list[Row]] = [[]]
    for row in sorted(rows, key=lambda row: len(row.tokens)):
        if made[-1] and (len(made[-1]) + 1) * len(row.tokens) > tokens:
            made.append([])
        made[-1].append(row)
    rng.shuffle(made)
    return made
