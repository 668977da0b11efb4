"""One connection, as an actor: a single coroutine takes what comes in and alone starts and stops replies."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec
from websockets.exceptions import ConnectionClosed

from runtime import __version__, ears
from runtime.character import Character
from runtime.conversations import Conversations
from runtime.engines import Engines
from runtime.face import ARKIT
from runtime.flow import Channel
from runtime.metrics import Metrics
from runtime.mind import MindFailed
from runtime.mind.prompt import Exchange, forgot, so_far
from runtime.playout import Playout
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.media import AUDIBLE, Packet
from runtime.protocol.wire import LIMITS, Wire, encode
from runtime.record import Recorder
from runtime.reply import Reason, Reply
from runtime.types import Prompt

log = logging.getLogger(__name__)

SEND_TIMEOUT = 10.0
"""Seconds for one packet to leave. A client that has not read for so long is gone or stuck."""
AHEAD_OF_TIME = 30.0
"""Seconds of microphone that may come faster than time passes: a clip sent in one go, not a flood."""


class Connection(Protocol):
    """What a session needs of a websocket."""

    async def recv(self) -> str | bytes: ...
    async def send(self, message: str | bytes) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...


@dataclass(frozen=True)
class Over:
    """A reply's task has ended."""

    reply: Reply


Item: TypeAlias = m.FromClient | ears.Hearing | Over | ProtocolError


class Session:
    """Talks with one client until its connection ends."""

    def __init__(
        self,
        connection: Connection,
        wire: Wire,
        characters: Mapping[str, Character],
        engines: Engines,
        metrics: Metrics,
        lead: float = LIMITS.lead,
        conversations: Conversations | None = None,
    ) -> None:
        if wire.hello is None:
            raise ValueError("a session begins with a hello")
        self.id = secrets.token_hex(8)
        self.hello = wire.hello
        self.cast = _cast(self.hello, characters)
        self.attending = next(iter(self.cast))
        self.resumed = conversations is not None
        self.conversations = conversations or Conversations()
        self._connection, self._wire = connection, wire
        self._engines, self._metrics = engines, metrics
        self._limits = msgspec.structs.replace(LIMITS, lead=lead)
        self._recorder: Recorder | None = None
        self.stuck = False
        """The client has stopped reading; its connection is beyond closing politely."""
        self._inbox: Channel[Item] = Channel()
        self._microphone: Channel[ears.MicIn] = Channel()
        self._heard_seconds = 0.0
        self._reply: Reply | None = None
        """The one under way."""
        self._guess: Reply | None = None
        """One to words that may not be the player's last: held, and known to nobody."""
        self._reading: asyncio.Task[None] | None = None
        """What is left of a long conversation is being read."""
        self._turn = 0
        """The player's latest turn."""
        self._unanswered: list[str] = []
        """Turns whose words came only after the next had begun."""

    def record(self, folder: Path) -> None:
        """Write all that happens into a folder of its own under `folder`."""
        rates = self.hello.audio_in.rate, self.hello.audio_out.rate
        self._recorder = Recorder(folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{self.id}", *rates)
        self._recorder.received(self.hello)

    def leave(self, error: ProtocolError) -> None:
        """End the session from outside, and tell the client why."""
        self._inbox.post(error)

    async def run(self) -> None:
        """Until the client leaves. Leaves no task behind."""
        self._opened = asyncio.get_running_loop().time()
        await self.send(self._ready())
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                pumps = [tasks.create_task(self._read()), tasks.create_task(self._listen())]
                async for item in self._inbox.stream():
                    await self._take(item)
                self._withdraw()
                if self._reply is not None:
                    self._reply.cancel("closing")
                for task in (*pumps, self._reading):
                    if task is not None:
                        task.cancel()
        finally:
            self.conversations.settle()
            if self._recorder is not None:
                self._recorder.close()

    # ------------------------------------------------------------ in

    async def _read(self) -> None:
        """The websocket, checked, into the inbox and the microphone."""
        try:
            while True:
                data = await self._connection.recv()
                try:
                    item = self._wire.receive(data)
                    if self._recorder is not None:
                        self._recorder.received(item)
                    match item:
                        case Packet():
                            await self._hear(item)
                        case m.Talk(down=down):  # in its place among the packets
                            await self._microphone.send(ears.Talk(down=down))
                        case _:
                            await self._inbox.send(item)
                except ProtocolError as error:
                    await self._tell(error)
        except ConnectionClosed:
            pass
        finally:
            self._microphone.close()
            self._inbox.close()

    async def _hear(self, packet: Packet) -> None:
        now = asyncio.get_running_loop().time()
        samples = packet.samples()
        seconds = len(samples) / self.hello.audio_in.rate
        if self._heard_seconds + seconds > now - self._opened + AHEAD_OF_TIME:
            raise ProtocolError(
                "too_fast", f"the microphone is more than {AHEAD_OF_TIME:.0f} s ahead of time"
            )
        self._heard_seconds += seconds
        audible = bool(packet.flags & AUDIBLE)
        await self._microphone.send(ears.Audio(samples=samples, audible=audible, at=now))

    async def _listen(self) -> None:
        microphone = self.hello.audio_in
        hearing = self._engines.ears.listen(self._microphone, microphone.rate, microphone.echo_cancelled)
        async with aclosing(hearing):
            async for item in hearing:
                await self._inbox.send(item)

    async def _take(self, item: Item) -> None:
        try:
            await self._decide(item)
        except ProtocolError as error:
            await self._tell(error)

    async def _decide(self, item: Item) -> None:
        match item:
            case m.Say(text=text, to=to):
                await self._answer(self._npc(to), text.strip(), None, _now())
            case m.Greet(to=to):
                self.attending = self._npc(to).id
                await self._answer(self._npc(to), None, None, _now())
            case m.Attend(to=to):
                self.attending = self._npc(to).id
            case m.Interrupt():
                self._withdraw()
                await self._hush("interrupted")
            case m.Playback():
                self.conversations.report(item)
            case ProtocolError():
                raise item
            case Over(reply=reply):
                if self._reply is reply:
                    self._reply = None
                self._read_ahead(reply.npc)
            case m.Hello() | m.Talk():
                raise AssertionError("the wire lets one hello through, and talk goes to the ears")
            case _:
                await self._heard(item)

    async def _heard(self, item: ears.Hearing) -> None:
        match item:
            case ears.Started(turn=turn):
                self._turn = turn
                self._withdraw()
                await self._hush("interrupted")
                await self.send(m.Hearing(state="started", turn=turn))
            case ears.Paused(turn=turn):
                await self.send(m.Hearing(state="paused", turn=turn))
            case ears.Resumed(turn=turn):
                self._withdraw()
                await self.send(m.Hearing(state="resumed", turn=turn))
            case ears.Words(turn=turn, text=text, settled=settled):
                if settled:
                    self._try(self.cast[self.attending], text, turn)
                await self.send(m.Heard(turn=turn, to=self.attending, text=text, final=False))
            case ears.Ignored(turn=turn):
                self._withdraw()
                await self.send(m.Hearing(state="ignored", turn=turn))
            case ears.Failed(turn=turn, error=error):
                log.error("ears failed in session %s", self.id, exc_info=error)
                await self.send(m.Hearing(state="ignored", turn=turn))
                raise ProtocolError("ears_failed", "what was said could not be recognised")
            case ears.Ended(turn=turn, transcript=transcript):
                text = transcript.text
                await self.send(m.Hearing(state="ended", turn=turn))
                await self.send(m.Heard(turn=turn, to=self.attending, text=text, final=True))
                self._metrics.turns.labels("voice").inc()
                self._unanswered.append(text)
                if turn == self._turn:  # else the player has gone on: what they say now belongs to it
                    said, self._unanswered = " ".join(self._unanswered), []
                    await self._answer(self.cast[self.attending], said, turn, item.spoke_until)

    def _npc(self, to: str | None) -> Character:
        if to is None:
            return self.cast[self.attending]
        if to not in self.cast:
            raise ProtocolError("unknown_character", f"`{to}` is not in the cast: {', '.join(self.cast)}")
        return self.cast[to]

    # ------------------------------------------------------------ replies

    async def _answer(self, npc: Character, text: str | None, turn: int | None, asked: float) -> None:
        """`npc` answers: with what was made ahead if that is still right, else with a new reply."""
        if text == "":
            raise ProtocolError("bad_message", "there is nothing in `text` but white space")
        await self._hush("superseded")
        # From here to the commit nothing is awaited, so that no failure can fall between.
        reply, self._guess = self._guess, None
        if reply is not None and not (text and reply.answers(npc, text, turn)):
            self._drop(reply)
            reply = None
        reply = reply or self._begin(npc, text, turn)
        self._reply = reply
        self.conversations.add(reply)
        reply.commit(asked, heard=_now())
        await self.send(m.Reply(reply=reply.number, npc=npc.id, turn=turn))

    def _try(self, npc: Character, text: str, turn: int) -> None:
        """Begin an answer in the player's pause, unless others already wait for the mind."""
        if self._guess is not None and self._guess.answers(npc, text, turn):
            return
        self._withdraw()
        mind = self._engines.workers.get("mind")
        if mind is None or not mind.queued:
            self._guess = self._begin(npc, text, turn)

    def _withdraw(self) -> None:
        """Forget the answer that was begun ahead. Nobody has heard of it."""
        reply, self._guess = self._guess, None
        if reply is not None:
            self._drop(reply)

    def _drop(self, reply: Reply) -> None:
        self._metrics.replies.labels(reply.npc.id, "withdrawn").inc()
        reply.cancel("superseded")

    def _begin(self, npc: Character, text: str | None, turn: int | None) -> Reply:
        """A reply that thinks and speaks, but is not sent before it is committed."""
        number, hello = self.conversations.number(), self.hello
        playout = Playout(number, npc.id, hello.audio_out, hello.face, self._limits.lead, self.send)
        reply = Reply(number, npc, text, turn, playout)
        reply.task = self._tasks.create_task(self._perform(reply, self.conversations.history(npc.id)))
        return reply

    async def _perform(self, reply: Reply, history: list[Exchange]) -> None:
        try:
            await reply.run(self._engines, history, self.send, self.hello.face.fps)
        except* Exception as errors:  # whatever an engine raises ends its reply, not the session
            log.exception("reply %d of session %s broke off", reply.number, self.id)
            self._metrics.replies.labels(reply.npc.id, "failed").inc()
            if not reply.held:  # nobody waits for one that was only tried; a new one is made if need be
                await self._tell(ProtocolError("reply_failed", _cause(errors)))
                await self._rescue(reply)
        else:
            self._metrics.finished(reply)
        finally:
            self._inbox.post(Over(reply))

    def _read_ahead(self, npc: Character) -> None:
        """Have the mind read what is left of a conversation that grew too long, while nobody waits."""
        history = self.conversations.history(npc.id)
        if self._reply is None and forgot(history):
            self._reading = self._tasks.create_task(self._warm(so_far(npc, history)))

    async def _warm(self, prompt: Prompt) -> None:
        try:
            await self._engines.mind.warm(prompt)
        except MindFailed:
            log.warning("session %s: could not read ahead", self.id, exc_info=True)

    async def _rescue(self, reply: Reply) -> None:
        """The character's own words for a failure, unless it has begun to speak or cannot speak at all."""
        try:
            if reply.playout.samples == 0:
                await reply.apologise(self._engines, self.send, self.hello.face.fps)
                return
        except* Exception:  # the voice itself is broken: what is left is to say so
            log.exception("nor could reply %d be covered", reply.number)
        await self.send(reply.cancel("failed"))

    async def _hush(self, reason: Reason) -> None:
        """End the reply under way, from its creation on, and tell the client what to drop."""
        reply, self._reply = self._reply, None
        if reply is None:  # all of it has been sent, but the player may still be hearing its end
            reply = self.conversations.sounding()
        if reply is not None:
            self._metrics.replies.labels(reply.npc.id, reason).inc()
            await self.send(reply.cancel(reason))

    # ------------------------------------------------------------ out

    async def send(self, message: m.FromServer | bytes) -> None:
        """To the client; a connection that is gone takes everything. One that is stuck is closed."""
        if self._recorder is not None:
            self._recorder.sent(message)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._connection.send(message if isinstance(message, bytes) else encode(message))
        except ConnectionClosed:
            pass
        except TimeoutError:
            log.warning("session %s: the client does not read; closing", self.id)
            self._metrics.errors.labels("slow_client").inc()
            self.stuck = True
            self._inbox.close()

    async def _tell(self, error: ProtocolError) -> None:
        self._metrics.errors.labels(error.code).inc()
        await self.send(error.told())
        if error.fatal:
            self._inbox.close()

    def _ready(self) -> m.Ready:
        hello = self.hello
        return m.Ready(
            protocol=m.PROTOCOL,
            server=f"townsfolk {__version__}",
            session=self.id,
            resume=self.conversations.token,
            resumed=self.resumed,
            cast=[
                m.Npc(id=c.id, name=c.name, description=c.description, greeting=c.greeting)
                for c in self.cast.values()
            ],
            attending=self.attending,
            blendshapes=list(ARKIT),
            audio_in=hello.audio_in,
            audio_out=hello.audio_out,
            face=hello.face,
            limits=self._limits,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()


def _cast(hello: m.Hello, characters: Mapping[str, Character]) -> dict[str, Character]:
    wanted = list(dict.fromkeys(hello.cast)) or list(characters)
    if unknown := [id for id in wanted if id not in characters]:
        text = f"no character `{unknown[0]}`; there are {', '.join(characters)}"
        raise ProtocolError("unknown_character", text, fatal=True)
    return {id: characters[id] for id in wanted}


def _cause(errors: BaseExceptionGroup[BaseException]) -> str:
    """The innermost reason, for the client: groups within groups say nothing."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
