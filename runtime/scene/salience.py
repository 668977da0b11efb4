"""What kind of event something is, and so whether one speaks of it unasked. English; pure."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from runtime.knowledge.embedding import Embedder

Kind: TypeAlias = Literal["danger", "striking", "arrival", "quiet"]

ANCHORS: dict[Kind, tuple[str, ...]] = {
    "danger": (
        "The house is on fire.",
        "A man draws a knife.",
        "Somebody screams for help.",
        "The player attacks.",
        "A wolf jumps at a child.",
        "The roof is falling down.",
        "A soldier is bleeding badly.",
        "The enemy is coming.",
        "Fire spreads through the room.",
        "Somebody is drowning.",
    ),
    "striking": (
        "A loud crash comes from the next room.",
        "The great bell rings.",
        "A strange light glows in the sky.",
        "The player steals a coin.",
        "The player breaks a plate.",
        "The player holds out a gift.",
        "The player waves and calls.",
        "A ghost appears in the mirror.",
        "Everybody cheers: the war is over.",
        "The player falls off the chair.",
        "Lightning strikes the tower.",
        "The lights go out.",
        "The player throws something.",
        "The player climbs on the furniture and shouts.",
        "A pickpocket takes a purse.",
        "The player kneels before you.",
        "A child is crying.",
    ),
    "arrival": (
        "A stranger comes in.",
        "A guest arrives.",
        "The captain enters the room.",
        "A ship comes into the harbour.",
        "The player comes back after a long time.",
        "The merchant leaves without paying.",
    ),
    "quiet": (
        "It is raining softly.",
        "The clock ticks.",
        "The wind moves the curtains.",
        "A floorboard creaks.",
        "The fire burns low.",
        "A fly lands on the table.",
        "The player looks around.",
        "The player walks to the counter.",
        "The player sits down.",
        "The player picks up a cup.",
        "The cat sleeps.",
        "The sun goes down slowly.",
        "A man drinks his ale.",
        "Two guests talk quietly.",
        "Somebody walks past outside.",
        "A door is closed.",
        "Music plays in the background.",
        "The water in the pot is warm.",
        "The player opens the menu.",
        "Leaves fall from the tree.",
        "The lamp flickers.",
        "The soup is cooking.",
        "The moon rises.",
        "A guest orders a drink.",
        "The player reads a book.",
        "A bird sings.",
        "The guard yawns.",
    ),
}
"""One sentence of each sort a game sends; a new event is what it is most like."""

_LOUD: tuple[Kind, ...] = tuple(kind for kind, texts in ANCHORS.items() if kind != "quiet" for _ in texts)
"""The kind of each anchor that is not quiet, in order; the quiet ones come last."""

_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "quiet",
        re.compile(
            r"\b(?:softly|quietly|silently|slowly|gently|faintly|as usual|in the background|drip)",
            re.IGNORECASE,
        ),
    ),
    (
        "danger",
        re.compile(
            r"\b(?:attack|fire!|explo|scream|stab|bleed|burning|on fire|in flames|collaps|dying|dies|dead\b|"
            r"drowning|poison|(?:draw|aim|swing|point|raise|pull)s?(?: out)? (?:an?|the|his|her|their|its) "
            r"\w*\s?(?:sword|blade|knife|dagger|gun|bow|axe|weapon))",
            re.IGNORECASE,
        ),
    ),
    (
        "arrival",
        re.compile(
            r"\b(?:(?:comes?|walks?|steps?|rides?|runs?|rushes|storms?|bursts?|staggers?|sneaks?) "
            r"(?:in\b|into|back|through|up to|inside|closer)|enters?\b|arriv|approach|returns?\b|is here\b|"
            r"leaves?\b(?! fall))",
            re.IGNORECASE,
        ),
    ),
    (
        "striking",
        re.compile(
            r"\b(?:steals?|stole|grabs?\b|robs?\b|smash|shatter|break|broke|crash|loud|thunder|lightning|knock|"
            r"pound|bang|shout|yell|calls? (?:for|out|you)|cheer|cr(?:y|ies|ying)\b|weep|sob|slap|punch|kick|"
            r"hits?\b|throws?|hurl|jumps?|climbs?|shak(?:es|ing)|boils over|overflow|pours? (?:from|out)|"
            r"spills?|laughs? at|insults?|spits?|(?:offers?|gives?|hands?|shows?) you|in front of you|"
            r"before you|at you|waves?\b|bursts?|rings?\b|strikes?\b|faints?\b|vanish|appears?\b|kneel)",
            re.IGNORECASE,
        ),
    ),
)
"""Taken in this order: "a bell rings softly" is quiet."""

_NEIGHBOURS, _LEAD = 3, 0.05
"""How many anchors of either side are compared, and by how much the striking ones must lead: of 1 to 3 and
-0.05 to 0.15 the pair with fewest errors on 60 events."""


class Salience:
    """Tells kinds of events apart: by words, and where they say nothing by likeness to ANCHORS."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def prepare(self) -> None:
        """Make the anchors' vectors, some 0.3 s of work on one core; else the first event waits for it."""
        if self._embedder is not None:
            _ = self._vectors

    def __call__(self, text: str) -> Kind:
        """What kind of event `text` tells; at most one embedding, some 6 ms."""
        ruled = next((kind for kind, words in _RULES if words.search(text)), None)
        if self._embedder is None:
            return ruled or "quiet"
        if ruled is not None:
            return ruled
        likeness = self._vectors @ self._embedder.embed([text])[0]
        loud, quiet = likeness[: len(_LOUD)], likeness[len(_LOUD) :]
        if np.sort(loud)[-_NEIGHBOURS:].mean() - np.sort(quiet)[-_NEIGHBOURS:].mean() <= _LEAD:
            return "quiet"
        return _LOUD[int(loud.argmax())]

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        if self._embedder is None:
            raise ValueError("there is no embedder to make vectors with")
        return self._embedder.embed([text for texts in ANCHORS.values() for text in texts])
