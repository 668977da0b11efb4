"""The embedded language model while it learns: PyTorch, transformers and peft, on the CPU."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from runtime.mind.prompt import noted
from runtime.mind.tuning import Settings, adapter
from runtime.mind.tuning.conversations import Conversation

CLIP = 1.0
"""Longest gradient of a step; an odd batch must not undo the ones before it."""


class Row(NamedTuple):
    """A conversation in tokens, and which of them the character is to learn to say."""

    tokens: list[int]
    taught: list[bool]


class Batch(NamedTuple):
    """Rows as the tuned blocks see them."""

    hidden: Any
    """(rows, width, features): what comes out of the blocks below."""
    taught: Any
    """(rows, width - 1) of bool: after which tokens a taught one comes."""
    target: Any
    """(taught,): those tokens."""


class Student:
    """The model, its adapter, and how it learns.

    The weights come from the GGUF file itself, dequantised: what is tuned is what llama.cpp will run. Only
    the blocks from `settings.first` on are tuned. What those below make of a text never changes, so it is
    worked out once (`read`), and an epoch takes half the time.
    """

    def __init__(self, weights: Path, system: str, settings: Settings) -> None:
        import peft
        import torch
        import transformers

        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        folder, file = weights.parent, weights.name
        self.tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=file)
        self.base: Any = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            gguf_file=file,
            dtype=torch.bfloat16,
            quantization_config=transformers.GgufConfig(dequantize=True),
            attn_implementation="eager",  # for rows this short twice as fast as the fused one on a CPU
        )
        blocks, norm = self.base.model.layers, self.base.model.norm
        config = peft.LoraConfig(
            r=settings.rank,
            lora_alpha=settings.alpha,
            target_modules=list(settings.layers),
            layers_to_transform=list(range(settings.first, len(blocks))),
        )
        self.model: Any = peft.get_peft_model(self.base, config)
        self.tuned = {name: p for name, p in self.model.named_parameters() if p.requires_grad}
        self.system = f"<|im_start|>system\n{system}<|im_end|>\n"
        self._torch: Any = torch
        self._rate = settings.rate
        self._below = blocks[: settings.first], torch.nn.Identity()
        self._above = blocks[settings.first :], norm
        self._optimizer: Any = torch.optim.AdamW(
            self.tuned.values(), lr=settings.rate, weight_decay=settings.decay
        )

    def encode(self, talk: Conversation) -> Row:
        """In ChatML, as the template in the weights writes it; each reply is taught with its end."""
        parts = [(self.system, False)]
        for turn in talk:
            player = noted(turn.notes or (), turn.player)
            said = f"<|im_start|>user\n{player}<|im_end|>\n" if player else ""
            parts.append((f"{said}<|im_start|>assistant\n", False))
            parts.append((f"{turn.reply}<|im_end|>", turn.taught))
            parts.append(("\n", False))
        row = Row([], [])
        for text, taught in parts:
            tokens = self.tokenizer(text).input_ids
            row.tokens.extend(tokens)
            row.taught.extend([taught] * len(tokens))
        return row

    def read(self, rows: Sequence[Row]) -> Batch:
        """Take `rows` through the blocks that do not learn."""
        torch = self._torch
        width = max(len(row.tokens) for row in rows)
        # Padding stands behind what is read and is not taught, so causal attention needs no mask for it.
        tokens = torch.tensor([row.tokens + [0] * (width - len(row.tokens)) for row in rows])
        taught = torch.tensor([row.taught + [False] * (width - len(row.taught)) for row in rows])[:, 1:]
        with torch.no_grad():
            hidden = self._through(self._below, self.base.model.embed_tokens(tokens))
        return Batch(hidden, taught, tokens[:, 1:][taught])

    def loss(self, batch: Batch) -> Any:
        """Mean cross-entropy in nats over the taught tokens, as a scalar tensor."""
        return self._torch.nn.functional.cross_entropy(self.logits(batch).float(), batch.target)

    def logits(self, batch: Batch) -> Any:
        """(taught, vocabulary): what the model expects in place of each taught token."""
        hidden = self._through(self._above, batch.hidden)
        with self._torch.autocast("cpu", self._torch.bfloat16):
            return self.base.lm_head(hidden[:, :-1][batch.taught])

    def _through(self, part: tuple[Any, Any], hidden: Any) -> Any:
        """`hidden` after some of the blocks: the model without the others, its own masks and rotations."""
        self.base.model.layers, self.base.model.norm = part
        with self._torch.autocast("cpu", self._torch.bfloat16):
            return self.base.model(inputs_embeds=hidden, use_cache=False).last_hidden_state

    def learn(self, batch: Batch, rate: float) -> float:
        """One step at `rate` times the settings' rate; the loss before it."""
        for group in self._optimizer.param_groups:
            group["lr"] = rate * self._rate
        self.model.train()
        self._optimizer.zero_grad()
        loss = self.loss(batch)
        loss.backward()
        self._torch.nn.utils.clip_grad_norm_(self.tuned.values(), CLIP)
        self._optimizer.step()
        return float(loss.detach())

    def measure(self, batches: Sequence[Batch]) -> float:
        """Mean loss over every taught token of `batches`."""
        self.model.eval()
        with self._torch.no_grad():
            losses = [float(self.loss(batch)) for batch in batches]
        counts = [len(batch.target) for batch in batches]
        return sum(n * loss for n, loss in zip(counts, losses, strict=True)) / sum(counts)

    def pairs(self) -> dict[tuple[int, str], adapter.Pair]:
        """The adapter as it is now."""
        found: dict[tuple[int, str], dict[str, Any]] = {}
        for name, weight in self.tuned.items():
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
