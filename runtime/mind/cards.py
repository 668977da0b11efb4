"""The embedded mind, as it is listed and chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.registry import Card, Context, Options

if TYPE_CHECKING:
    from runtime.mind.llama import Llama


class LlamaOptions(Options, frozen=True):
    """Of llama.cpp in this process. Its GPU layers are as many as fit, where it was built for a GPU."""

    model: str = "smollm2-135m-instruct"
    """A name of `townsfolk models`, a GGUF file, or `hub:owner/name/file.gguf`."""
    adapters: bool = True
    """Use the characters' own adapters, which fit one model only: the embedded one, for those that come
    along. With another model say false."""


def _open(options: LlamaOptions, context: Context) -> Llama:
    from runtime.mind.llama import Llama

    adapters = context.adapters if options.adapters else {}
    return Llama(context.weights(options.model), context.slots, context.threads or None, adapters)


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
