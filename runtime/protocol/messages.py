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
Metres: TypeAlias = Annotated[float, Meta(ge=-1e4, le=1e4)]
Emotion: TypeAlias = Literal["neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise"]
State: TypeAlias = Annotated[str, Meta(max_length=64)] | bool | float


class Wire(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """Common ground of all messages."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value inside a message."""


# ---------------------------------------------------------------- parts


class Player(Part, frozen=True):
    """Who is talking."""

    id: Id = "player"
    """Names the player across sessions."""
    name: Annotated[str, Meta(max_length=64)] = "traveller"
    """What characters may call the player."""
    language: Annotated[str, Meta(max_length=16)] = ""
    """BCP 47: what characters speak to this player. Empty: they find out, among those the server has."""
    patience: Annotated[float, Meta(ge=0.5, le=4)] = 1
    """How many times as long as usual characters wait for this player to go on."""
    camera: bool = False
    """The player has agreed to be looked at: camera frames and faces are taken. They are never stored."""
    double: bool = False
    """The player has agreed that others see their face and head move, as `watch` shows them."""


class AudioIn(Part, frozen=True):
    """The microphone: PCM16 little-endian, mono."""

    rate: Annotated[int, Meta(ge=8000, le=96000)] = 16000
    """Hertz."""
    echo_cancelled: bool = False
    """True where the client removes the character's voice from the microphone (browsers do)."""


class AudioOut(Part, frozen=True):
    """The character's voice: PCM16 little-endian, mono."""

    rate: Literal[16000, 24000, 44100, 48000] = 24000
    """Hertz; also the unit of every time in a reply."""


class Face(Part, frozen=True):
    """What face frames hold, and how they are packed."""

    format: Literal["u8", "f32"] = "u8"
    """One byte a weight (255 = 1.0), or one little-endian float32."""
    fps: Literal[30, 60] = 60
    """Frames a second."""
    shapes: Literal["arkit", "mediapipe", "ovr", "vrm"] = "arkit"
    """What the weights are of: the 52 of ARKit, MediaPipe's 52 in its order, the 15 visemes of Oculus, or the
    expressions of VRM 1.0. `ready.blendshapes` names them in order."""
    pose: bool = False
    """Each frame also says how head and eyes turn."""
    rest: bool = False
    """Faces also come between replies, as `rest` announces them: they listen, think, blink and look about."""


class Played(Part, frozen=True):
    """How much of a reply was played."""

    reply: Count
    """The reply it is about."""
    at: Count
    """Samples of it."""


class Missed(Part, frozen=True):
    """A reply that broke off with the connection."""

    reply: int
    """Its number."""
    npc: str
    """Who spoke."""
    text: str
    """What was thought, but not heard: to be shown. It is not said any more."""


class Provenance(Part, frozen=True):
    """Says to machines that voices and words of this session are made by machines."""

    ai_generated: bool = True
    """Always."""
    source: str = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    """What kind of thing makes them, a term of IPTC's vocabulary of digital source types."""
    generator: str = "townsfolk"
    """Name and version of the program."""
    watermarked: bool = False
    """Whether the voices bear an inaudible mark that tells it from the sound alone."""


class Npc(Part, frozen=True):
    """One character of the cast, for the client to show."""

    id: str
    """The name of its folder; what `to` and `npc` hold."""
    name: str
    """What people call it."""
    description: str
    """One sentence for the player."""
    greeting: str
    """What it says when it is greeted."""


class Limits(Part, frozen=True):
    """What the server refuses beyond."""

    text: int
    """Characters of one `say`."""
    media: int
    """Bytes of one binary packet."""
    utterance: float
    """Seconds of one utterance; what is longer is cut into turns."""
    lead: float
    """Seconds that audio is sent ahead of the moment it is due."""


class SpokenWord(Part, frozen=True):
    """A word and its place in the reply, in samples."""

    text: str
    """As shown, with its punctuation."""
    start: int
    """First sample."""
    end: int
    """The sample after its last."""


class Latency(Part, frozen=True):
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


class Entity(Part, frozen=True):
    """One thing or person of the scene, as the characters may notice it."""

    id: Id
    """Names it in actions, places and events."""
    kind: Id
    """What it is, in a word or two: `door`, `cup`, `guard`, `player`."""
    name: Annotated[str, Meta(max_length=64)] = ""
    """What people call it ("the red cup"); its kind where empty."""
    description: Annotated[str, Meta(max_length=200)] = ""
    """What is to be known of it, in a clause."""
    state: Annotated[dict[Id, State], Meta(max_length=16)] = {}
    """What may change of it: `{"open": true, "holds": "ale"}`."""
    position: tuple[Metres, Metres, Metres] | None = None
    """Metres in the world, y up; distances are worked out from it."""
    distance: Annotated[dict[Id, Annotated[float, Meta(ge=0, le=1e4)]], Meta(max_length=32)] = {}
    """Metres from a character, by its id, where the game knows better than `position` does."""
    visible_to: Annotated[list[Id], Meta(max_length=32)] | None = None
    """The characters that can see it; absent for all."""


class Parameter(Part, frozen=True):
    """What a verb has to be told beside its target."""

    kind: Literal["text", "number", "integer", "flag", "choice"]
    """What values there are; a flag is true or false."""
    choices: Annotated[list[Id], Meta(max_length=64)] = []
    """The values of a `choice`."""
    description: Annotated[str, Meta(max_length=200)] = ""
    """What it means."""
    default: State | None = None
    """Taken where the player says nothing of it; without one the verb is not chosen then."""


class Verb(Part, frozen=True):
    """Something that the game lets a character do."""

    name: Id
    """What `action` messages call it: `pour`."""
    description: Annotated[str, Meta(max_length=200)] = ""
    """What it does, in a clause: "fill a cup with drink"."""
    examples: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=64)] = []
    """What players say when they want it; three or more make the embedded selector reliable."""
    targets: Annotated[list[Id], Meta(max_length=32)] | None = None
    """Kinds of entities it is done to; absent for a verb without a target."""
    parameters: Annotated[dict[Id, Parameter], Meta(max_length=8)] = {}
    """What else it has to be told, by name."""
    when: Literal["before", "with", "after"] = "with"
    """Where it is placed: before the first word, after the first clause, or behind the last word."""
    gates: bool = False
    """Speech behind it waits for its result."""
    needs: Annotated[dict[Id, State], Meta(max_length=8)] = {}
    """State its target must have: `{"open": false}` for `open`. A target that says nothing of it passes."""
    npcs: Annotated[list[Id], Meta(max_length=32)] | None = None
    """The characters that can do it; absent for all."""


# ---------------------------------------------------------------- client to server


class Hello(Wire, frozen=True, tag="hello"):
    """Opens the session; must be the first message, once."""

    protocol: int
    """The version the client speaks."""
    client: Annotated[str, Meta(max_length=128)] = ""
    """Its name and version, for the server's log."""
    player: Player = Player()
    cast: Annotated[list[Id], Meta(max_length=32)] = []
    """Character ids the client wants; empty for all there are."""
    audio_in: AudioIn = AudioIn()
    audio_out: AudioOut = AudioOut()
    face: Face = Face()
    resume: Annotated[str, Meta(max_length=64)] | None = None
    """The token of an earlier `ready`: its conversations go on. Its session ends, should it still be open."""
    played: Played | None = None
    """With `resume`: the last reply and how much of it was played by now, which may be more than was reported
    before the connection was lost."""


class Say(Wire, frozen=True, tag="say"):
    """The player says this (typed instead of spoken). Interrupts a reply under way."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    """The line as typed."""
    to: Id | None = None
    """Character id; the attended one when absent."""


class Attend(Wire, frozen=True, tag="attend"):
    """From now on the player's voice is meant for this character."""

    to: Id
    """Character id."""


class Greet(Wire, frozen=True, tag="greet"):
    """The player comes up to a character, who speaks first: its greeting, then attention."""

    to: Id
    """Character id."""


class Talk(Wire, frozen=True, tag="talk"):
    """Push to talk: `down` opens a turn at once and nothing but releasing it ends the turn.

    A client that never sends this is hands-free: turns are found in the audio.
    """

    down: bool | None
    """True when the key goes down, false when it comes up, null for hands-free from now on."""


class Place(Wire, frozen=True, tag="place"):
    """Where something is that a character may look at; a later one moves it."""

    npc: Id
    """Whose eyes it is seen from."""
    id: Id
    """Its name. `player` is there from the start, straight ahead."""
    position: tuple[Metres, Metres, Metres]
    """Metres from between the eyes: to the character's own left, up, ahead."""


class Direct(Wire, frozen=True, tag="direct"):
    """Directs a character's face, in and between replies; what is absent stays as it is."""

    npc: Id
    """Character id."""
    emotion: Emotion | None = None
    """What it feels from now on; `neutral` goes back to its own mood."""
    intensity: Annotated[float, Meta(ge=0, le=1)] = 1
    """How much."""
    look: Id | None = None
    """What it attends to: `player`, or the id of a `place`."""


class Scene(Wire, frozen=True, tag="scene"):
    """What is around. Kept until it is replaced or changed."""

    replace: bool = True
    """Everything else is gone; false changes and adds only what is named."""
    entities: Annotated[list[Entity], Meta(max_length=256)] = []
    """Things and people. One that is there already is replaced."""
    gone: Annotated[list[Id], Meta(max_length=256)] = []
    """Ids of what is no longer there."""
    attention: Id | None = None
    """What the player looks at or points at: "this" and "it" in what they say."""
    setting: Annotated[str, Meta(max_length=200)] = ""
    """Where and when, in a clause: "the inn, late at night"; empty leaves it as it is."""


class Event(Wire, frozen=True, tag="event"):
    """Something happens, which characters may remark on by themselves."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    """One sentence: "A soaked sailor comes in."."""
    run: bool | Literal["auto"] = "auto"
    """True: a character speaks of it now. False: it is only known. Auto: the runtime decides by what it is,
    and by whether anybody speaks."""
    to: Id | None = None
    """Who is to speak; the attended one when absent."""
    source: Id | None = None
    """The entity that it comes from."""


class Actions(Wire, frozen=True, tag="actions"):
    """What characters can do from now on. Takes the place of all that was offered before."""

    verbs: Annotated[list[Verb], Meta(max_length=64)]
    """None where they can do nothing."""


class ActionResult(Wire, frozen=True, tag="result"):
    """How an action ended. Speech that waits for it goes on."""

    action: Count
    """Its number."""
    ok: bool
    """Whether it was done."""
    text: Annotated[str, Meta(max_length=200)] = ""
    """What came of it, in a sentence that the character knows from then on: "The barrel is empty."."""


class Variables(Wire, frozen=True, tag="variables"):
    """Facts of the game that stories and templates depend on."""

    values: Annotated[dict[Id, State], Meta(max_length=256)]
    """By name; others stay as they are."""


class Perceive(Wire, frozen=True, tag="perceive"):
    """What the client itself sees of the player, by camera or headset. What is absent stays as it was."""

    present: bool | None = None
    """Whether anybody is there."""
    distance: Annotated[float, Meta(ge=0, le=1e4)] | None = None
    """Metres from the one who is attended to."""
    looks_at: Annotated[str, Meta(max_length=64)] | None = None
    """A character or an entity of the scene; empty for neither."""
    expression: Emotion | None = None
    """What the player's face shows."""
    intensity: Annotated[float, Meta(ge=0, le=1)] = 1
    """How much."""
    gesture: Literal["nod", "shake", "wave", "palm", "thumb_up", "thumb_down", "point"] | None = None
    """What the player has just done: once for each time. A raised palm interrupts."""
    target: Id | None = None
    """What is pointed at: an entity of the scene."""
    posture: Literal["upright", "leaning_in", "turned_away", "hands_up"] | None = None
    """How the player holds themselves."""


class Watch(Wire, frozen=True, tag="watch"):
    """Show the face of another player of this server, as an avatar moves: their digital double."""

    player: Id
    """Their `hello.player.id`. Nothing comes while they are not there, or do not agree to it."""


class Interrupt(Wire, frozen=True, tag="interrupt"):
    """Be quiet: cancels the reply under way, also while it is still being thought."""


class Playback(Wire, frozen=True, tag="playback"):
    """How far the client has played a reply. Decides which words the character believes were heard."""

    reply: Count
    """The reply it is about."""
    state: Literal["started", "position", "finished", "interrupted"]
    """What happened to it at the player's."""
    at: Count
    """Samples of the reply played so far."""


class Ping(Wire, frozen=True, tag="ping"):
    """Is the line alive? Answered by `pong` at once, whatever else goes on.

    For clients that cannot see the pings of the websocket, as browsers and engines: ask where nothing has
    come for a second, and take a line for dead that stays silent for three while something is owed.
    """

    at: float
    """Anything; the client's own clock is of use."""


# ---------------------------------------------------------------- server to client


class Ready(Wire, frozen=True, tag="ready"):
    """Answers `hello`."""

    protocol: int
    """The version the server speaks."""
    server: str
    """Its name and version."""
    session: str
    """Names this session in the server's log."""
    resume: str
    """Show this in a later `hello` to go on after a lost connection."""
    resumed: bool
    """The conversations of the shown token go on."""
    missed: list[Missed]
    """With `resumed`: what was not heard of the reply that was under way."""
    cast: list[Npc]
    """The characters of this session."""
    attending: str
    """Who is meant by the player's voice until `attend` or `greet` says otherwise."""
    blendshapes: list[str]
    """Names of the weights of a face frame, in their order."""
    audio_in: AudioIn
    """As asked for."""
    audio_out: AudioOut
    """As asked for."""
    face: Face
    """As asked for."""
    look_ahead: float
    """Seconds of sound that a face frame may depend on beyond its own time. They are part of the wait for the
    first packet: voice and face are sent in step."""
    limits: Limits
    """What is refused."""
    provenance: Provenance = Provenance()
    """For whoever stores or passes on what is said: keep it with the sound."""


class Hearing(Wire, frozen=True, tag="hearing"):
    """What the ears notice: the player `started` to speak, `paused`, went on, or `ended` the turn.

    `ignored` takes a turn back in which nothing was said: noise, a cough, silence. `aside` takes one back
    that asked for no answer, as it was said while the character spoke: "uh-huh", "right".
    """

    state: Literal["started", "paused", "resumed", "ended", "ignored", "aside"]
    """What was noticed."""
    turn: int
    """Counts the player's turns from 1."""


class Heard(Wire, frozen=True, tag="heard"):
    """The player's words so far, and once more with `final` when the turn is over."""

    turn: int
    """The turn they belong to."""
    to: str
    """Whom they are meant for."""
    text: str
    """All words of the turn so far; each takes the place of the one before."""
    final: bool
    """The turn is over and these are its words."""


class Reply(Wire, frozen=True, tag="reply"):
    """A character begins to think of an answer. `reply` names it in all that follows."""

    reply: int
    """Higher than that of any reply before it, on through resumed sessions."""
    npc: str
    """Who answers."""
    turn: int | None = None
    """The turn it answers; absent when the character speaks of its own accord."""
    ai_generated: bool = True
    """What it says is synthetic speech."""


class SpokenLine(Wire, frozen=True, tag="line"):
    """A clause of the reply, before its audio: text for captions, and when each word is said."""

    reply: int
    """The reply it belongs to."""
    npc: str
    """Who says it."""
    index: int
    """Counts the lines of the reply from 0."""
    text: str
    """To be shown."""
    start: int
    """First sample of the clause."""
    end: int
    """The sample after its last."""
    words: list[SpokenWord]
    """Its words in time; empty where the voice cannot tell."""


class Done(Wire, frozen=True, tag="done"):
    """All of a reply has been sent."""

    reply: int
    """The reply that is done."""
    npc: str
    """Who said it."""
    text: str
    """All of it, as shown."""
    samples: int
    """Length of its audio."""
    frames: int
    """Number of its face frames."""
    latency: Latency
    """How long the player waited, step by step."""


class Rest(Wire, frozen=True, tag="rest"):
    """Announces the face of a character between its replies, for a client that asked for it.

    Its packets bear this number and no voice comes with them. Their times count from this message on. A
    client shows them where no reply of the character sounds, and lets the two melt into each other over some
    0.2 s: they are two lives.
    """

    reply: int
    """Names it, as a reply."""
    npc: str
    """Whose face it is."""


class Double(Wire, frozen=True, tag="double"):
    """Announces the face of another player, as `watch` asked for it: packets of one frame, with pose, as they
    are seen. Their times count from this message on."""

    reply: int
    """Names it, as a reply."""
    player: str
    """Whose face it is."""


class Action(Wire, frozen=True, tag="action"):
    """A character does something, at a place in its reply. Void if a `cancel` of the reply comes with a
    `valid_through` before `at`: then it has not begun."""

    action: int
    """Names it in `result`."""
    reply: int
    """The reply it is part of."""
    npc: str
    """Who does it."""
    verb: str
    """One of those the game offered."""
    at: int
    """Sample of the reply at which it begins."""
    target: str | None = None
    """Id of an entity of the scene."""
    parameters: dict[str, State] = {}
    """As the verb declares them."""
    gates: bool = False
    """Speech behind it waits for its `result`, though not for ever."""


class Feeling(Wire, frozen=True, tag="feeling"):
    """What a character feels from a place in its reply on, for whatever the game makes of it."""

    reply: int
    """The reply it is part of; 0 where it is between replies."""
    npc: str
    """Who feels it."""
    emotion: str
    """As in `direct`, with `neutral`."""
    intensity: float
    """0 to 1."""
    valence: float
    """-1 unpleasant to 1 pleasant."""
    arousal: float
    """-1 calm to 1 excited."""
    at: int
    """Sample of the reply from which on it shows."""


class Beat(Wire, frozen=True, tag="beat"):
    """A character's story went on. As a session begins: where it is, without hooks if it was there before."""

    npc: str
    """Whose."""
    section: str
    """The section it is in now."""
    hooks: list[str]
    """What its writer wants the game to do: `quest.bell.started`."""


class Hold(Wire, frozen=True, tag="hold"):
    """The player may be interrupting: fall silent at once and keep what is there.

    Within about a second `release` or `cancel` follows. A client that ignores it plays on until then.
    """

    reply: int
    """The reply to stop in its place."""
    npc: str
    """Whose it is."""


class Release(Wire, frozen=True, tag="release"):
    """It was no interruption: go on with the reply from where it was stopped by `hold`."""

    reply: int
    """The reply to go on with."""
    npc: str
    """Whose it is."""


class Cancel(Wire, frozen=True, tag="cancel"):
    """Forget the reply from sample `valid_through` on: nothing after it is to be played or shown."""

    reply: int
    """The reply that ends."""
    npc: str
    """Whose it was."""
    valid_through: int
    """Samples that may have been heard by now; what comes after is void."""
    reason: Literal["interrupted", "superseded", "failed", "closing"]
    """Why it ends."""


class Pong(Wire, frozen=True, tag="pong"):
    """Answers `ping`."""

    at: float
    """As it was in `ping`."""


class Error(Wire, frozen=True, tag="error"):
    """Something was refused or went wrong. `code` is stable; see the table of errors."""

    code: str
    """From the table of errors; never changes its meaning."""
    message: str
    """What was wrong with what was sent, in English."""
    hint: str = ""
    """What to do about it."""
    fatal: bool = False
    """The server closes the connection after a fatal one."""


FromClient: TypeAlias = (
    Hello
    | Say
    | Attend
    | Greet
    | Talk
    | Scene
    | Event
    | Actions
    | ActionResult
    | Variables
    | Place
    | Direct
    | Perceive
    | Watch
    | Interrupt
    | Playback
    | Ping
)
FromServer: TypeAlias = (
    Ready
    | Hearing
    | Heard
    | Reply
    | SpokenLine
    | Action
    | Feeling
    | Beat
    | Done
    | Rest
    | Double
    | Hold
    | Release
    | Cancel
    | Pong
    | Error
)
