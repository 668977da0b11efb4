"""What a character is like when something moves it: `[temper]` of character.toml."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from runtime.face.layers.direction import Emotion

Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(gt=0, le=86400)]

HALF_LIVES: dict[str, float] = {
    "joy": 90.0, "sadness": 150.0, "anger": 75.0, "fear": 45.0, "disgust": 30.0, "surprise": 10.0,
}  # fmt: skip
"""Seconds in which a feeling falls to half. Their order is as measured in life (Verduyn & Lavrijsen 2015:
sadness longest, then joy; fear, disgust and surprise are brief), their size that of a conversation."""


class Temper(Struct, frozen=True, forbid_unknown_fields=True):
    """`[temper]`. Raises ValueError for a feeling that there is not."""

    valence: Annotated[float, Meta(ge=-1, le=1)] = 0.1
    """How pleasant it feels when nothing happens."""
    arousal: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    """How lively it is then: -1 sleepy, 1 beside itself."""
    reactivity: Annotated[float, Meta(ge=0, le=2)] = 1.0
    """How much things move it, against most people."""
    boldness: Share = 0.6
    """What a threat makes of it: 0 afraid, 1 angry."""
    half_lives: dict[Emotion, Seconds] = {}
    """Seconds in which a feeling falls to half, where they differ from those of most."""
    hardly: list[Emotion] = []
    """Feelings that it hardly has."""

    def half_life(self, emotion: str) -> float:
        """Seconds in which `emotion` falls to half."""
        return next(
            (given for name, given in self.half_lives.items() if name == emotion), HALF_LIVES[emotion]
        )

    def share(self, emotion: str) -> float:
        """How much of a feeling it lets in, 0 to 2."""
        return self.reactivity * (HARDLY if emotion in self.hardly else 1.0)

    def __post_init__(self) -> None:
        if "neutral" in self.half_lives or "neutral" in self.hardly:
            raise ValueError(
                "temper: neutral is no feeling; name joy, sadness, anger, fear, disgust or surprise"
            )


HARDLY = 0.3
"""What is left of a feeling that a character hardly has: an insult (0.7) then stays below what shows."""
