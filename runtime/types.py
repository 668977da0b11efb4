"""The values that flow between the stages. All frozen; arrays in them are never written to again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Mono audio in [-1, 1], shape (n,)."""

Weights: TypeAlias = NDArray[np.float32]
"""ARKit blendshape weights in [0, 1], shape (frames, 52), columns in the order of runtime.face.ARKIT."""


Pose: TypeAlias = NDArray[np.float32]
"""Where head and eyes turn, in degrees, shape (frames, 7), columns as in runtime.face.POSE. Yaw is + to the
character's own left, pitch + up, roll + to its own left shoulder."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation as a language model reads it."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Tools:
    """What a model may do beside speaking, where it can be told of it."""

    schemas: tuple[Mapping[str, Any], ...]
    """Functions, as OpenAI's interface describes them."""
    grammar: str
    """GBNF of `none` or one call of them, for a model that is bound to a form."""
    call: Callable[[str, str], str]
    """Takes a function's name and its arguments as JSON; says what becomes of it, to the model."""
    written: Callable[[str], str]
    """The same for a call as the grammar writes it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a mind answers to: `prefix` never changes for a character, `messages` follow it."""

    prefix: tuple[Message, ...]
    messages: tuple[Message, ...]
    max_tokens: int = 80
    temperature: float = 0.6
    stop: tuple[str, ...] = ()
    adapter: str = ""
    """The character whose own adapter speaks; empty for the model as it is."""
    seed: int | None = None
    """The same seed writes the same reply; None is another each time."""
    conversation: str = ""
    """Whose talk this is; prompts of one conversation begin alike, and a mind may keep what it read of it."""
    npc: str = ""
    """Id of the character that answers."""
    tools: Tools | None = None
    """What it may do; given to minds that `act` only."""
    form: str = ""
    """GBNF that the reply keeps to, where a mind can be bound; empty for free speech."""


@dataclass(frozen=True, slots=True)
class Line:
    """A clause that is ready to be spoken: what to show and what to say may differ."""

    text: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Phone:
    """One phoneme (IPA, one symbol of the voice's own alphabet) in seconds of its clause."""

    symbol: str
    start: float
    end: float
    stress: int = 0
    """0 none, 1 primary, 2 secondary."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as shown, in seconds of its clause."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken clause: its audio and, where the voice knows them, its phonemes and words in time."""

    line: Line
    audio: Samples
    rate: int
    phones: tuple[Phone, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.audio) / self.rate


@dataclass(frozen=True, slots=True)
class Take:
    """A spoken clause with its face, placed on the clock of its reply.

    `start` is the sample of the reply (at the voice's rate) at which the clause begins; `frames[k]` and
    `pose[k]` belong to the time (first_frame + k) / fps of the reply.
    """

    speech: Speech
    start: int
    first_frame: int
    frames: Weights
    pose: Pose


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the recogniser made of a stretch of speech. `text` is empty when nobody spoke."""

    text: str
    confidence: float = 1.0
    """exp(mean log-probability of the tokens), 0 to 1."""
    took: float = 0.0
    """Seconds of work."""
    language: str = ""
    """BCP 47 tag of what was heard; empty where the engine does not tell."""
    words: tuple[Word, ...] = ()
    """In seconds of the audio; where a language has no spaces, its characters. Empty where the engine does
    not tell, which may be of final words only."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the end of the player's speech (or the typed line) to each step of a reply."""

    ears: float = 0.0
    mind: float = 0.0
    voice: float = 0.0
    face: float = 0.0
    total: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
