"""The embedded voice, as it is listed and chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import field

from runtime.registry import Card, Context, Options

if TYPE_CHECKING:
    from runtime.voice.hibari import HibariVoice


class HibariOptions(Options, frozen=True):
    """Of Hibari."""

    voices: dict[str, str] = field(default_factory=lambda: {"heart": "hibari-heart"})
    """Voices by the names that characters give: each a name of `townsfolk models` or a file."""


def _open(options: HibariOptions, context: Context) -> HibariVoice:
    from runtime.voice.hibari import HibariVoice

    return HibariVoice({name: context.weights(model) for name, model in options.voices.items()})


HIBARI = Card(
    name="hibari",
    stage="voice",
    summary="a source-filter synthesiser, a hundred times real time, with pitch and size",
    licence="Apache-2.0",
    languages="en",
    devices="cpu",
    open=_open,
    options=HibariOptions,
    modules=("hibari",),
)
