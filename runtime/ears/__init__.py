"""The ears: microphone audio in, the player's words out. What flows between them and the session.

Every turn begins with one `Started` and ends with exactly one of `Ended`, `Ignored` or `Failed`; what lies
between comes in order. The end of a turn waits for its words, so it may follow the `Started` of the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from runtime.ears.turns import TurnSettings as TurnSettings
from runtime.language.hints import Hints
from runtime.types import Samples, Transcript

RATE = 16000
"""Hertz inside the ears: what speech recognisers and voice detectors are trained on."""
BLOCK = 512
"""Samples of one step of the ears, 32 ms: the only length the Silero detector takes at 16 kHz."""


class Recogniser(Protocol):
    """Turns speech into words. Holds weights only, so one serves every session."""

    async def __call__(self, audio: Samples, *, final: bool, hints: Hints | None = None) -> Transcript:
        """Transcribe `audio`: 16 kHz mono, shape (n,), at most 30 s.

        `final` asks for the best there is; without it the words are shown for a moment and speed counts.
        `hints` is what is known of whoever speaks; an engine may make nothing of it.
        The text is empty when nobody spoke. A cancelled caller leaves at once.
        """
        ...

    def close(self) -> None:
        """Let its threads end."""
        ...


@dataclass(frozen=True, slots=True)
class Audio:
    """What the microphone heard."""

    samples: Samples
    """At the rate of the microphone."""
    audible: bool = False
    """The character could be heard at the player's meanwhile."""
    at: float = 0.0
    """Time of arrival, `loop.time()`."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Push to talk. From the first one on, only a held key opens a turn and only its release ends it."""

    down: bool | None
    """None for hands-free again."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognition that came back; posted by the ears to themselves."""

    number: int
    outcome: Transcript | BaseException


@dataclass(frozen=True, slots=True)
class Opinion:
    """The mind's vote on whether the player is done."""

    turn: int
    text: str
    """The words it is about, as they came in `Words`."""
    ends: float
    """Probability, 0 to 1, that a turn which began with these words ends with them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """From now on wait this many times as long for the player to go on; 1 is usual."""

    factor: float


@dataclass(frozen=True, slots=True)
class Hinted:
    """From now on this is known of what will be said: recognitions that begin later are told."""

    hints: Hints


@dataclass(frozen=True, slots=True)
class Played:
    """What was sent to the player's loudspeaker: what the microphone may hear of it is not the player."""

    samples: Samples
    rate: int
    at: float
    """`loop.time()` at which the first sample can have been heard at the earliest."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the player's eyes say of whether they are done."""

    ends: float
    """A logit: positive for an end."""


MicIn: TypeAlias = Audio | Talk | Recognised | Opinion | Patience | Hinted | Played | Glance


@dataclass(frozen=True, slots=True)
class Stirring:
    """A sound has begun that may become a turn, or it is over and became none. Turns may start without."""

    begun: bool


@dataclass(frozen=True, slots=True)
class Started:
    """The player speaks."""

    turn: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the turn so far, all of them: each takes the place of the one before."""

    turn: int
    text: str
    settled: bool = False
    """They cover everything said: if the player says no more, these are the final words."""
    ends: float = 1.0
    """How likely a turn that began with these words ends with them, by the words alone, 0 to 1."""
    confidence: float = 1.0
    """Of the recogniser, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The player fell silent; perhaps the turn is over."""

    turn: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The player goes on: what was made of the pause is to be dropped."""

    turn: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The turn is over and these are its words."""

    turn: int
    spoke_until: float
    """Arrival of the last voiced sample, `loop.time()`."""
    ended: float
    """The moment the turn was judged over, `loop.time()`; the words may have come later."""
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Ignored:
    """The turn is taken back: noise, a cough, silence."""

    turn: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn is over and its words are lost, because the recogniser raised `error`."""

    turn: int
    error: BaseException


Hearing: TypeAlias = Stirring | Started | Words | Paused | Resumed | Ended | Ignored | Failed
