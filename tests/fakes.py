"""Scripted engines and a scripted client: plain generators, so that what is tested is ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import numpy as np
from websockets.exceptions import ConnectionClosedOK

from runtime import ears
from runtime.character import Character, Voice
from runtime.conversations import Conversations
from runtime.engines import Engines
from runtime.face.layers import Life
from runtime.flow import Channel, Stream
from runtime.language.hints import Hints
from runtime.lore import Lore
from runtime.metrics import Metrics
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.wire import Wire, encode
from runtime.session import Session
from runtime.sight import Eyes
from runtime.types import Line, Prompt, Speech, Take, Transcript, Word

RATE = 24000
WORD = 0.25
"""Seconds that the scripted voice takes for a word."""

MARA = Character(
    id="mara",
    name="Mara",
    description="An innkeeper.",
    personality="You keep an inn.",
    greeting="Come in.",
    at_a_loss="Let me think.",
)
TOMO = Character(
    id="tomo",
    name="Tomo",
    description="A cook.",
    personality="You cook.",
    greeting="Hungry?",
    at_a_loss="One moment.",
)
CAST = {"mara": MARA, "tomo": TOMO}


class ScriptedEars:
    """Hears what the microphone's first sample says; nothing in what is near 0.

    0.5 starts a turn, 0.4 brings words while it goes on, 0.3 pauses it with its words known, 0.1 with words
    that are plainly all, 0.2 resumes it, -0.5 ends it, -0.3 takes it back. 0.7 is a sound before any turn,
    0.6 its end.
    """

    def __init__(self) -> None:
        self.words = "what is this"
        self.opinions: list[ears.Opinion] = []
        self.patience: list[float] = []
        self.hints: list[Hints] = []

    async def listen(
        self, inbox: Channel[ears.MicIn], rate: int, echo_cancelled: bool
    ) -> Stream[ears.Hearing]:
        turn = 0
        async for item in inbox.stream():
            match item:
                case ears.Opinion():
                    self.opinions.append(item)
                case ears.Patience(factor=factor):
                    self.patience.append(factor)
                case ears.Hinted(hints=hints):
                    self.hints.append(hints)
                case ears.Audio(samples=samples):
                    level = round(10 * float(samples[0]))
                    turn += level == 5
                    for hearing in self._heard(level, turn):
                        yield hearing

    def _heard(self, level: int, turn: int) -> list[ears.Hearing]:
        now = asyncio.get_running_loop().time()
        heard: dict[int, list[ears.Hearing]] = {
            5: [ears.Started(turn)],
            4: [ears.Words(turn, self.words, ends=0.9)],
            3: [ears.Paused(turn), ears.Words(turn, self.words, settled=True, ends=0.9)],
            1: [ears.Paused(turn), ears.Words(turn, self.words, settled=True, ends=0.99)],
            2: [ears.Resumed(turn)],
            -5: [ears.Ended(turn, now - 0.5, now, Transcript(self.words))],
            -3: [ears.Ignored(turn)],
            7: [ears.Stirring(True)],
            6: [ears.Stirring(False)],
        }
        return heard.get(level, []) if turn or level in (6, 7) else []

    def close(self) -> None: ...


class ScriptedMind:
    """Answers with `text`, a word every `pace` seconds; remembers what it was asked."""

    def __init__(self, text: str = "One two three. Four five six. Seven eight.", pace: float = 0.05) -> None:
        self.text, self.pace = text, pace
        self.prompts: list[Prompt] = []
        self.open = 0
        self.likely = 0.9
        self.warmed: list[Prompt] = []

    async def __call__(self, prompt: Prompt) -> Stream[str]:
        self.prompts.append(prompt)
        self.open += 1
        try:
            for word in self.text.split(" "):
                await asyncio.sleep(self.pace)
                if word == "BREAK":
                    raise RuntimeError("the mind broke")
                yield word + " "
        finally:
            self.open -= 1

    async def ends(self, prompt: Prompt) -> float:
        return self.likely

    async def warm(self, prompt: Prompt) -> None:
        self.warmed.append(prompt)

    def close(self) -> None: ...


class ScriptedVoice:
    """A quarter of a second of hum for each word, synthesised in no time."""

    rate = RATE

    def __init__(self) -> None:
        self.broken = False

    async def speak(self, lines: Stream[Line], voice: Voice) -> Stream[Speech]:
        async for line in lines:
            if self.broken:
                raise RuntimeError("the voice broke")
            words = line.text.split()
            timed = tuple(Word(word, k * WORD, (k + 1) * WORD) for k, word in enumerate(words))
            yield Speech(line, np.full(round(len(words) * WORD * RATE), 0.1, np.float32), RATE, (), timed)

    def close(self) -> None: ...


class Inline:
    """A worker without a thread: a call is made where it is asked for, and virtual time knows of it."""

    queued = 0

    async def __call__(self, call: Callable[..., Any], *args: Any) -> Any:
        return call(*args)

    def submit(self, urgency: int, call: Callable[[], Any]) -> None:
        call()


class ScriptedFace:
    """Half-open eyes, all the time."""

    def __init__(self) -> None:
        self.worker = Inline()
        self.look_ahead = 0.12

    async def animate(self, speech: Stream[Speech], fps: int, life: Life) -> Stream[Take]:
        start = first = 0
        async for clause in speech:
            end = start + len(clause.audio)
            frames = -(-end * fps // RATE) - first
            shape, pose = np.full((frames, 52), 0.5, np.float32), np.full((frames, 7), 2.0, np.float32)
            yield Take(clause, start, first, shape, pose)
            start, first = end, first + frames

    def close(self) -> None: ...


def engines(
    mind: ScriptedMind | None = None, voice: ScriptedVoice | None = None, lore: Lore | None = None
) -> Engines:
    """A whole set of scripted engines."""
    parts: dict[str, Any] = {
        "ears": ScriptedEars(),
        "mind": mind or ScriptedMind(),
        "voice": voice or ScriptedVoice(),
        "face": ScriptedFace(),
    }
    return Engines(**parts, workers={}, lore=lore or Lore())


class Player:
    """The other end of a session: a websocket without a network, and a log with times."""

    def __init__(self) -> None:
        self.log: list[tuple[float, m.FromServer | media.Packet]] = []
        self.stalled = False
        self._sent: Channel[str | bytes] = Channel(10_000)
        self._stream = self._sent.stream()

    # what a session needs of a websocket

    async def recv(self) -> str | bytes:
        try:
            return await anext(self._stream)
        except StopAsyncIteration:
            raise ConnectionClosedOK(None, None) from None

    async def send(self, message: str | bytes) -> None:
        while self.stalled:
            await asyncio.sleep(1)
        now = asyncio.get_running_loop().time()
        if isinstance(message, bytes):
            self.log.append((now, media.unpack(message)))
        else:
            self.log.append((now, msgspec.json.decode(message, type=m.FromServer)))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.leave()

    # what a test does

    def says(self, message: m.FromClient | str | bytes) -> None:
        """Send this."""
        self._sent.post(message if isinstance(message, str | bytes) else encode(message))

    def microphone(self, level: float) -> None:
        """Send 20 ms at this level."""
        self.says(media.microphone(0, np.full(320, level, np.float32)))

    def leave(self) -> None:
        """Close the connection."""
        self._sent.close()

    def got(self, kind: type[Any]) -> list[Any]:
        """The messages of this class so far."""
        return [item for _, item in self.log if isinstance(item, kind)]

    async def until(self, kind: type[Any], count: int = 1) -> Any:
        """Wait for the `count`-th message of this class."""
        async with asyncio.timeout(60):
            while len(self.got(kind)) < count:
                await asyncio.sleep(0.005)
        return self.got(kind)[count - 1]

    def packets(self, kind: int, reply: int) -> list[tuple[float, media.Packet]]:
        """Binary packets of a reply with their times."""
        return [
            (at, item)
            for at, item in self.log
            if isinstance(item, media.Packet) and (item.kind, item.reply) == (kind, reply)
        ]


def wire(**hello: Any) -> Wire:
    """A wire whose client has said hello."""
    opened = Wire()
    opened.receive(encode(m.Hello(protocol=m.PROTOCOL, **hello)))
    return opened


@asynccontextmanager
async def talking(
    loaded: Engines | None = None,
    conversations: Conversations | None = None,
    eyes: Eyes | None = None,
    **hello: Any,
) -> AsyncIterator[tuple[Player, Session]]:
    """A session under way; when it is left, nothing of it may be left."""
    before = asyncio.all_tasks()
    player = Player()
    session = Session(
        player, wire(**hello), CAST, loaded or engines(), Metrics(), conversations=conversations, eyes=eyes
    )
    running = asyncio.create_task(session.run())
    await player.until(m.Ready)
    yield player, session
    player.leave()
    await asyncio.wait_for(running, 5)
    assert asyncio.all_tasks() == before
