"""One realistic example of every message and packet: for the documentation, the golden file and the tests."""

from __future__ import annotations

import numpy as np

from runtime.face import ARKIT
from runtime.protocol import media
from runtime.protocol.errors import ERRORS
from runtime.protocol.messages import (
    PROTOCOL,
    Action,
    ActionResult,
    Actions,
    Attend,
    AudioIn,
    AudioOut,
    Beat,
    Cancel,
    Direct,
    Done,
    Double,
    Entity,
    Error,
    Event,
    Face,
    Feeling,
    FromClient,
    FromServer,
    Greet,
    Heard,
    Hearing,
    Hello,
    Hold,
    Interrupt,
    Latency,
    Npc,
    Parameter,
    Perceive,
    Ping,
    Place,
    Playback,
    Player,
    Pong,
    Provenance,
    Ready,
    Release,
    Reply,
    Rest,
    Say,
    Scene,
    SpokenLine,
    SpokenWord,
    Talk,
    Variables,
    Verb,
    Watch,
)
from runtime.protocol.wire import LIMITS

FROM_CLIENT: tuple[FromClient, ...] = (
    Hello(
        protocol=PROTOCOL,
        client="lantern-quest 0.3",
        player=Player(id="p-17", name="Ines", language="en"),
        cast=["mara"],
        audio_in=AudioIn(rate=16000, echo_cancelled=True),
        audio_out=AudioOut(rate=24000),
        face=Face(format="u8", fps=60),
        resume=None,
    ),
    Say(text="Which road leads to the mill?", to="mara"),
    Attend(to="mara"),
    Greet(to="mara"),
    Talk(down=True),
    Scene(
        entities=[
            Entity(
                id="door", kind="door", name="the front door", state={"open": False}, position=(4.0, 0.0, 1.0)
            ),
            Entity(id="cup-2", kind="cup", name="the red cup", description="chipped", distance={"mara": 0.5}),
        ],
        attention="cup-2",
        setting="the inn, late at night",
    ),
    Event(text="A soaked sailor comes in.", run="auto", source="door"),
    Actions(
        verbs=[
            Verb(
                name="pour",
                description="fill a cup with drink",
                examples=["Pour me a cider.", "I'm thirsty.", "Fill my cup, please."],
                targets=["cup"],
                parameters={"drink": Parameter(kind="choice", choices=["cider", "tea"], default="cider")},
                gates=True,
            ),
            Verb(name="open", examples=["Open the door."], targets=["door"], needs={"open": False}),
        ]
    ),
    ActionResult(action=4, ok=False, text="The barrel is empty."),
    Variables(values={"coins": 12, "has_key": True}),
    Place(npc="mara", id="door", position=(-1.5, 0.0, 3.0)),
    Direct(npc="mara", emotion="surprise", intensity=0.6, look="door"),
    Perceive(
        present=True,
        distance=1.4,
        looks_at="mara",
        expression="joy",
        intensity=0.7,
        gesture="nod",
        posture="leaning_in",
    ),
    Watch(player="p-18"),
    Interrupt(),
    Playback(reply=7, state="position", at=12000),
    Ping(at=81.5),
)

FROM_SERVER: tuple[FromServer, ...] = (
    Ready(
        protocol=PROTOCOL,
        server="townsfolk 0.1.0",
        session="5d0c8f1e9b7a4326",
        resume="kq3ZJb0S8mB2xw7VtP1uYc4NfLr6eGhA",
        resumed=False,
        missed=[],
        cast=[
            Npc(
                id="mara",
                name="Mara",
                description="Keeps the only inn on the river road.",
                greeting="Come in, come in, you're letting the rain through.",
            )
        ],
        attending="mara",
        blendshapes=list(ARKIT),
        audio_in=AudioIn(rate=16000, echo_cancelled=True),
        audio_out=AudioOut(rate=24000),
        face=Face(format="u8", fps=60),
        provenance=Provenance(generator="townsfolk 0.1.0"),
        look_ahead=0.12,
        limits=LIMITS,
    ),
    Hearing(state="started", turn=3),
    Heard(turn=3, to="mara", text="Which road leads to the mill?", final=True),
    Reply(reply=7, npc="mara", turn=3),
    SpokenLine(
        reply=7,
        npc="mara",
        index=0,
        text="Left at the well,",
        start=0,
        end=24000,
        words=[
            SpokenWord(text="Left", start=1200, end=6960),
            SpokenWord(text="at", start=6960, end=9600),
            SpokenWord(text="the", start=9600, end=12000),
            SpokenWord(text="well,", start=12000, end=21600),
        ],
    ),
    Action(
        action=4,
        reply=7,
        npc="mara",
        at=24000,
        verb="pour",
        target="cup-2",
        parameters={"drink": "cider"},
        gates=True,
    ),
    Feeling(reply=7, npc="mara", emotion="joy", intensity=0.4, valence=0.5, arousal=0.3, at=0),
    Beat(npc="mara", section="trusted", hooks=["quest.tunnel.started"]),
    Done(
        reply=7,
        npc="mara",
        text="Left at the well, then follow the water.",
        samples=57600,
        frames=144,
        latency=Latency(ears=212.4, mind=318.0, voice=351.7, face=353.2, total=353.9),
    ),
    Rest(reply=2, npc="mara"),
    Double(reply=3, player="p-18"),
    Hold(reply=7, npc="mara"),
    Release(reply=7, npc="mara"),
    Cancel(reply=7, npc="mara", valid_through=12000, reason="interrupted"),
    Pong(at=81.5),
    Error(
        code="unknown_character",
        message="`odo` is not in the cast: mara",
        hint=ERRORS["unknown_character"][1],
        fatal=False,
    ),
)

_TONE = np.array([0.0, 0.25, 0.5, -1.0], np.float32)
_FACE = np.zeros((2, media.BLENDSHAPES), np.float32)
_FACE[:, ARKIT.index("jawOpen")] = 0.2, 0.4
_FACE[:, ARKIT.index("eyeBlinkLeft")] = 0.0, 1.0
_POSE = np.zeros((2, media.ANGLES), np.float32)
_POSE[:, 0] = 12.5, -12.5

PACKETS: dict[str, bytes] = {
    "voice": media.voice(7, 1600, _TONE),
    "face, u8": media.face(7, 1600, _FACE, "u8"),
    "face, f32": media.face(7, 1600, _FACE[1:], "f32"),
    "face, u8, with pose": media.face(7, 1600, _FACE, "u8", _POSE),
    "face, f32, with pose": media.face(7, 1600, _FACE[1:], "f32", _POSE[1:]),
    "microphone": media.microphone(48000, _TONE, audible=True),
}
