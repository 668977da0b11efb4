"""A chat model in PyTorch: its weights, its tokens, its template, and one step of it. Blocking."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.mind import MindFailed
from runtime.mind.peft_adapter import Adapter, BadAdapter, read
from runtime.mind.repack import repacked
from runtime.mind.requests import plain
from runtime.mind.transformers_talk import Fixed, Growing, Talk
from runtime.types import Message

if TYPE_CHECKING:
    from runtime.mind.transformers import TransformersOptions

CONTEXT = 4096
"""Most tokens of a conversation; a prompt is bounded to a third of it. Compiled caches are of this size."""

ENDS = "<|im_end|> <|endoftext|> <|eot_id|> <|end|> <end_of_turn> </s>"
"""Tokens that end a turn in the usual templates: not every model's settings name its own."""

CALL, LEAST, MOST = 0.08, 8, 1024
"""Seconds that one call should compute, so that others get their turn and a cancel is soon obeyed; and bounds
of the tokens read in one, which follow from it."""


class Model:
    """Weights of one model, with the adapters of characters on them."""

    net: Any
    tokenizer: Any

    def __init__(self, path: Path, options: TransformersOptions, threads: int) -> None:
        """Load a folder of safetensors, or a GGUF file. Raises MindFailed."""
        import torch
        import transformers

        self._torch: Any = torch
        quiet: Any = transformers.utils.logging
        quiet.disable_progress_bar()
        torch.set_num_threads(threads or max(1, (os.cpu_count() or 2) // 2))
        self.device = options.device if options.device != "auto" else _device(torch)
        path = repacked(path)  # on which adapters were trained
        folder, file = (path.parent, {"gguf_file": path.name}) if path.is_file() else (path, {})
        kind = _dtype(torch, options.dtype, self.device)
        try:
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **file)
            extra = {**file, **_quantised(transformers, torch, options.quantize, bool(file), self.device)}
            if "device_map" not in extra:
                extra["dtype"] = kind
            net: Any = transformers.AutoModelForCausalLM.from_pretrained(folder, **extra)
            self.net = net if "device_map" in extra else net.to(self.device)
        except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
            raise MindFailed(f"{path}: {error}") from error
        self.net.eval()
        if not self.tokenizer.chat_template:
            raise MindFailed(f"{path}: no chat template, so it is no chat model")
        self.context = min(CONTEXT, getattr(self.net.config, "max_position_embeddings", CONTEXT))
        self.caches = Fixed(self.net.config, self.context) if options.compile else Growing(self.net.config)
        self._one = torch.compile(self.net, mode="reduce-overhead") if options.compile else self.net
        self.ends = _ends(self.tokenizer, self.net.generation_config)
        self.adapters: dict[str, float] = {}
        """Scales by the character's id."""
        self._speaking = ""
        self._bit = LEAST
        self._marks = [str(token) for token in self.tokenizer.all_special_tokens]

    def rendered(self, messages: Sequence[Message]) -> str:
        """The messages as the model reads them, and the opening of its answer, which may be begun already.

        Raises MindFailed where its template has no place for them.
        """
        begun = messages[-1].role == "assistant"
        try:
            text = self.tokenizer.apply_chat_template(
                [self._plain(message) for message in messages],
                tokenize=False,
                add_generation_prompt=not begun,
                continue_final_message=begun,
            )
        except Exception as error:  # a template raises whatever its author pleased
            raise MindFailed(f"the model's chat template: {error}") from error
        return str(text)

    def tokens(self, text: str) -> list[int]:
        """The template has put in all marks that there are to be."""
        return list(self.tokenizer(text, add_special_tokens=False).input_ids)

    def read(self, talk: Talk, tokens: Sequence[int]) -> tuple[int, Any]:
        """Read on from `tokens` as long as one call may last: how many, and logits (vocabulary,) after it.

        The talk has read them when this returns; where it raises, nobody knows what the talk has.
        """
        bit = tokens[: self._bit]
        started = time.perf_counter()
        self._speaking = talk.adapter
        step = self._one if len(tokens) == 1 else self.net
        with self._torch.no_grad():
            ids = self._torch.tensor([list(bit)], device=self.net.device)
            answer = step(input_ids=ids, past_key_values=talk.cache, use_cache=True, logits_to_keep=1)
            logits = answer.logits[0, -1].float().cpu()  # waits for a GPU, so that the time is the step's
        talk.tokens.extend(bit)
        self._pace(len(bit), time.perf_counter() - started)
        return len(bit), logits

    def adapt(self, adapters: Mapping[str, Path]) -> dict[str, str]:
        """Put the adapters on. Those that do not fit, by id, with the reason."""
        config = self.net.config
        refused = {}
        for name, path in adapters.items():
            try:
                heads = config.num_attention_heads
                self._hook(name, read(path, heads, getattr(config, "num_key_value_heads", heads)))
            except (BadAdapter, AttributeError, ValueError) as error:
                refused[name] = str(error)
        return refused

    def _hook(self, name: str, adapter: Adapter) -> None:
        """Add scale * B A x to its layers while `name` speaks. Works on quantised layers as on others."""
        linears = []
        for (block, layer), (a, b) in adapter.pairs.items():
            linear = self.net.get_submodule(f"model.layers.{block}.{layer}")
            if (linear.in_features, linear.out_features) != (a.shape[1], b.shape[0]):
                raise ValueError(f"made for another model: {layer} has other sizes")
            linears.append((linear, a, b))
        kind = next(p.dtype for p in self.net.parameters() if p.is_floating_point())
        for linear, *pair in linears:
            down, up = (self._torch.tensor(half, dtype=kind, device=self.net.device) for half in pair)
            linear.register_forward_hook(self._added(name, down.T, up.T * adapter.scale))
        self.adapters[name] = adapter.scale

    def _added(self, name: str, down: Any, up: Any) -> Any:
        def hook(module: Any, args: tuple[Any, ...], out: Any) -> Any:
            return out + (args[0].to(down.dtype) @ down @ up).to(out.dtype) if self._speaking == name else out

        return hook

    def _pace(self, count: int, seconds: float) -> None:
        """Read as many tokens at once as fit a call here: hundreds on a GPU, a dozen on a busy core."""
        if seconds > CALL:
            self._bit = max(LEAST, self._bit // 2)
        elif count == self._bit and seconds < CALL / 2.5:
            self._bit = min(MOST, self._bit * 2)

    def _plain(self, message: Message) -> dict[str, str]:
        """Without anything that the tokenizer takes for a mark of its own: nobody speaks for others."""
        said = plain(message)
        for mark in self._marks:
            said["content"] = said["content"].replace(mark, f"{mark[0]} {mark[1:]}")
        return said


def _device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(torch: Any, name: str, device: str) -> Any:
    """Half of 32 bits where the processor computes with it; most CPUs only pretend to."""
    if name == "auto":
        return torch.float32 if device == "cpu" else torch.bfloat16
    return getattr(torch, name)


def _quantised(transformers: Any, torch: Any, bits: str, is_gguf: bool, device: str) -> dict[str, Any]:
    """What `from_pretrained` needs to know of how weights are kept."""
    if is_gguf:
        if bits != "none":
            raise MindFailed("quantize: a GGUF file is quantised as it is; name a folder of safetensors")
        return {"quantization_config": transformers.GgufConfig(dequantize=True)}
    if bits == "none":
        return {}
    config = transformers.BitsAndBytesConfig(
        load_in_8bit=bits == "8bit",
        load_in_4bit=bits == "4bit",
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=torch.float32 if device == "cpu" else torch.bfloat16,
    )
    return {"quantization_config": config, "device_map": {"": device}}


def _ends(tokenizer: Any, settings: Any) -> frozenset[int]:
    """Tokens that end a reply."""
    named = settings.eos_token_id if settings is not None else None
    own = named if isinstance(named, list) else [named]
    vocabulary = tokenizer.get_vocab()
    usual = [vocabulary.get(token) for token in ENDS.split()]
    return frozenset(token for token in (*own, tokenizer.eos_token_id, *usual) if token is not None)
