"""The embedded mind, as it is listed and chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from runtime.registry import Card, Context, Options

if TYPE_CHECKING:
    from runtime.mind.llama import Llama


CONTEXT = 2048
"""Tokens one conversation may have: a prefix of 600, the history a prompt is bounded to, and room."""


class LlamaOptions(Options, frozen=True):
    """Of llama.cpp in this process."""

    model: str = "smollm2-135m-instruct"
    """A name of `townsfolk models`, a GGUF file, or `hub:owner/name/file.gguf`."""
    adapters: bool = True
    """Use the characters' own adapters, where they fit the model: those that come along fit the embedded one.
    Characters without are told in full."""
    gpu_layers: Annotated[int, Meta(ge=-1, le=1000)] = -1
    """Layers of the model on the GPU; -1 as many as fit there, where llama.cpp was built for a GPU."""
    context: Annotated[int, Meta(ge=1024, le=131072)] = CONTEXT
    """Tokens that one conversation may have; as many for each of `slots` are kept in memory."""
    threads: Annotated[int, Meta(ge=0, le=1024)] = 0
    """That write; 0 for those of the server, else half the cores."""
    flash_attention: Literal["auto", "on", "off"] = "auto"
    """Attention without its matrix in memory; `auto` where the device has a kernel for it."""
    tools: bool = False
    """Have the model choose what its character does, bound to a grammar, once its words are written; for
    models of some billion parameters. Otherwise the player's words decide."""


def _open(options: LlamaOptions, context: Context) -> Llama:
    from runtime.mind.llama import Llama

    weights, threads = context.weights(options.model), context.threads or None
    return Llama(weights, context.slots, threads, context.adapters, options)


LLAMA = Card(
    name="llama",
    stage="mind",
    summary="llama.cpp in this process, any GGUF chat model; SmolLM2-135M comes along",
    licence="MIT",
    languages="as its model",
    devices="cpu cuda metal vulkan",
    open=_open,
    options=LlamaOptions,
    modules=("xllamacpp",),
)
