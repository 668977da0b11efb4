"""What a game lets its characters hear and say: `[safety]` of townsfolk.toml."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

Rating: TypeAlias = Literal["everyone", "teen", "mature"]
Honesty: TypeAlias = Literal["always", "sincere", "never"]
Category: TypeAlias = Literal[
    "profanity", "sexual", "minors", "hate", "violence", "self_harm", "drugs", "personal", "extremism",
    "character", "never", "block", "topic", "injection", "speaker", "leak",
]  # fmt: skip
Phrase = Annotated[str, Meta(min_length=1, max_length=200)]

SPOKEN: dict[Rating, dict[str, int]] = {
    "everyone": {},
    "teen": {"profanity": 1, "sexual": 1, "violence": 1, "drugs": 1},
    "mature": {
        "profanity": 2, "sexual": 2, "violence": 2, "drugs": 2, "self_harm": 2, "extremism": 2, "hate": 1,
    },
}  # fmt: skip
"""The highest level (0 none, 1 mild, 2 strong, 3 extreme) that a character may say; 0 where nothing stands.
After the descriptors of ESRB (E, T, M) and PEGI (7, 12, 18)."""

HEARD_MORE = ("profanity", "violence", "drugs")
"""What players may say one level more of: threats and oaths are for the character to answer. Not of what is
sexual: a reply to it would be."""


class SafetySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[safety]`. Raises ValueError where the honesty asked for is not allowed."""

    rating: Rating = "teen"
    """Whom the game is for."""
    block: Annotated[list[Phrase], Meta(max_length=1000)] = []
    """Words and phrases of this game that are neither taken nor said."""
    topics: Annotated[list[Phrase], Meta(max_length=64)] = []
    """What is never spoken of, a sentence or a few words each; also found by likeness of meaning."""
    honesty: Honesty = "sincere"
    """When a character says that a program speaks: whenever asked, when asked sincerely, or never."""
    audit: str = ""
    """Folder for the log of what was stopped; empty for none."""
    audit_text: bool = False
    """Whether the log holds the words themselves; otherwise only a hash of them."""

    def __post_init__(self) -> None:
        if self.honesty == "never" and self.rating == "everyone":
            raise ValueError(
                'honesty: "never" is not allowed with rating "everyone"; use "sincere" or "always"'
            )

    def rated(self, minor: bool) -> Rating:
        """The rating for this player: one who said to be a minor is never spoken to as an adult."""
        return "teen" if minor and self.rating == "mature" else self.rating

    def spoken(self, category: str, minor: bool = False) -> int:
        """The highest level of `category` that may be said."""
        return SPOKEN[self.rated(minor)].get(category, 0)

    def heard(self, category: str, minor: bool = False) -> int:
        """The highest level of `category` that a player may say and be answered by the mind."""
        return min(2, self.spoken(category, minor) + (category in HEARD_MORE))
