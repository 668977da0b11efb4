"""Every control message of the wire, one class each, tagged by `type`. Unknown fields are refused.

Times in a reply are samples of that reply's audio at the rate the client asked for, counted from 0 at the
reply's first sample: audio, face frames and lines share this one clock.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

PROTOCOL = 1
"""Raised when a change breaks a client; a server speaks exactly one."""

Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
Count: TypeAlias = Annotated[int, Meta(ge=0)]


class Wire(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """Common ground of all messages."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value inside a message."""


# ---------------------------------------------------------------- parts


class Player(Part):
    """Who is talking."""

    id: Id = "player"
    name: Annotated[str, Meta(max_length=64)] = "traveller"
    language: Annotated[str, Meta(max_length=16)] = "en"


class AudioIn(Part):
    """The microphone: PCM16 little-endian, mono."""

    rate: Annotated[int, Meta(ge=8000, le=96000)] = 16000
    """Hertz."""
    echo_cancelled: bool = False
    """True where the client removes the character's voice from the microphone (browsers do)."""


class AudioOut(Part):
    """The character's voice: PCM16 little-endian, mono."""

    rate: Literal[16000, 24000, 44100, 48000] = 24000
    """Hertz; also the unit of every time in a reply."""


class Face(Part):
    """How face frames are packed."""

    format: Literal["u8", "f32"] = "u8"
    """One byte a weight (255 = 1.0), or one little-endian float32."""
    fps: Literal[30, 60] = 60


class Npc(Part):
    """One character of the cast, for the client to show."""

    id: str
    name: str
    description: str
    greeting: str


class Limits(Part):
    """What the server refuses beyond."""

    text: int
    """Characters of one `say`."""
    media: int
    """Bytes of one binary packet."""
    utterance: float
    """Seconds of one utterance; what is longer is cut into turns."""
    lead: float
    """Seconds that audio is sent ahead of the moment it is due."""


class SpokenWord(Part):
    """A word and its place in the reply, in samples."""

    text: str
    start: int
    end: int


class Latency(Part):
    """Milliseconds from the end of the player's speech (or from a typed line) to each step of the reply."""

    ears: float
    """The turn was judged over and its words were known."""
    mind: float
    """The first clause was thought."""
    voice: float
    """Its audio was there."""
    face: float
    """Its face was there."""
    total: float
    """The first packet left the server."""


# ---------------------------------------------------------------- client to server


class Hello(Wire, tag="hello"):
    """Opens the session; must be the first message, once."""

    protocol: int
    client: Annotated[str, Meta(max_length=128)] = ""
    player: Player = Player()
    cast: Annotated[list[Id], Meta(max_length=32)] = []
    """Character ids the client wants; empty for all there are."""
    audio_in: AudioIn = AudioIn()
    audio_out: AudioOut = AudioOut()
    face: Face = Face()
    resume: Annotated[str, Meta(max_length=64)] | None = None
    """The token of an earlier `ready`: its conversations go on."""


class Say(Wire, tag="say"):
    """The player says this (typed instead of spoken). Interrupts a reply under way."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    to: Id | None = None
    """Character id; the attended one when absent."""


class Attend(Wire, tag="attend"):
    """From now on the player's voice is meant for this character."""

    to: Id


class Greet(Wire, tag="greet"):
    """The player comes up to a character, who speaks first: its greeting, then attention."""

    to: Id


class Talk(Wire, tag="talk"):
    """Push to talk: `down` opens a turn at once and nothing but releasing it ends the turn.

    A client that never sends this is hands-free: turns are found in the audio.
    """

    down: bool


class Interrupt(Wire, tag="interrupt"):
    """Be quiet: cancels the reply under way, also while it is still being thought."""


class Playback(Wire, tag="playback"):
    """How far the client has played a reply. Decides which words the character believes were heard."""

    reply: Count
    state: Literal["started", "position", "finished", "interrupted"]
    at: Count
    """Samples of the reply played so far."""


# ---------------------------------------------------------------- server to client


class Ready(Wire, tag="ready"):
    """Answers `hello`."""

    protocol: int
    server: str
    session: str
    resume: str
    """Show this in a later `hello` to go on after a lost connection."""
    resumed: bool
    cast: list[Npc]
    attending: str
    blendshapes: list[str]
    """Names of the 52 weights of a face frame, in their order."""
    audio_in: AudioIn
    audio_out: AudioOut
    face: Face
    limits: Limits


class Hearing(Wire, tag="hearing"):
    """What the ears notice: the player `started` to speak, `paused`, went on, or `ended` the turn.

    `ignored` takes a turn back in which nothing was said: noise, a cough, silence.
    """

    state: Literal["started", "paused", "resumed", "ended", "ignored"]
    turn: int


class Heard(Wire, tag="heard"):
    """The player's words so far, and once more with `final` when the turn is over."""

    turn: int
    to: str
    text: str
    final: bool


class Reply(Wire, tag="reply"):
    """A character begins to think of an answer. `reply` names it in all that follows."""

    reply: int
    npc: str
    turn: int | None = None
    """The turn it answers; absent when the character speaks of its own accord."""


class SpokenLine(Wire, tag="line"):
    """A clause of the reply, before its audio: text for captions, and when each word is said."""

    reply: int
    npc: str
    index: int
    text: str
    start: int
    end: int
    words: list[SpokenWord]


class Done(Wire, tag="done"):
    """All of a reply has been sent."""

    reply: int
    npc: str
    text: str
    samples: int
    frames: int
    latency: Latency


class Cancel(Wire, tag="cancel"):
    """Forget the reply from sample `valid_through` on: nothing after it is to be played or shown."""

    reply: int
    npc: str
    valid_through: int
    reason: Literal["interrupted", "superseded", "failed", "closing"]


class Error(Wire, tag="error"):
    """Something was refused or went wrong. `code` is stable; see the table of errors."""

    code: str
    message: str
    hint: str = ""
    fatal: bool = False
    """The server closes the connection after a fatal one."""


FromClient: TypeAlias = Hello | Say | Attend | Greet | Talk | Interrupt | Playback
FromServer: TypeAlias = Ready | Hearing | Heard | Reply | SpokenLine | Done | Cancel | Error
