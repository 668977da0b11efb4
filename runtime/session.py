"""One connection, as an actor: a single coroutine takes what comes in and alone starts and stops replies."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from websockets.exceptions import ConnectionClosed

from runtime import __version__, ears
from runtime.character import Character
from runtime.conversations import Conversations
from runtime.diary import Diary
from runtime.engines import Engines
from runtime.face.names import SHAPES
from runtime.floor import Floor, Over, Undecided
from runtime.flow import Channel
from runtime.language.hints import Hints
from runtime.language.phrases import phrases
from runtime.language.sentences import join
from runtime.link import Connection, Link
from runtime.metrics import Metrics
from runtime.perception import Noticed
from runtime.presence import Mode
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.protocol.media import AUDIBLE, Packet
from runtime.protocol.wire import LIMITS, Wire
from runtime.reply import Reply
from runtime.safety.manners import Manners
from runtime.scene import Reaction
from runtime.sight import Doubles, Eyes, Sight
from runtime.stage import staged
from runtime.story import Step
from runtime.types import Samples

log = logging.getLogger(__name__)

AHEAD_OF_TIME = 30.0
"""Seconds of microphone that may come faster than time passes: a clip sent in one go, not a flood."""
PAUSE = 0.3
"""Seconds between two characters who talk to each other: as between people."""
SILENCE = "…"
"""What the player says where a character speaks unasked."""
YES_OR_NO = ("nod", "shake")
"""What answers a question without a word."""


@dataclass(frozen=True)
class Quiet:
    """A reply has sounded to its end."""

    reply: Reply
    following: str | None
    """The character that answers it, if one does."""


Item: TypeAlias = m.FromClient | ears.Hearing | Over | Undecided | Quiet | Noticed | ProtocolError


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
        eyes: Eyes | None = None,
    ) -> None:
        if wire.hello is None:
            raise ValueError("a session begins with a hello")
        self.id = secrets.token_hex(8)
        self.hello = wire.hello
        self.resumed = conversations is not None
        self.conversations = conversations or Conversations()
        self._stage = self.conversations.stage = staged(
            self.hello, characters, engines, self.conversations.stage, _now
        )
        self.cast, self._world, self._actors = self._stage.cast, self._stage.world, self._stage.actors
        self._engines, self._metrics = engines, metrics
        self._limits = msgspec.structs.replace(LIMITS, lead=lead)
        self._inbox: Channel[Item] = Channel()
        self.link = Link(connection, wire, metrics, self.id, self._inbox.close)
        self._microphone: Channel[ears.MicIn] = Channel()
        self._heard_seconds = 0.0
        self._keyed = False
        """The player talks by a key: whoever presses it means to speak."""
        self._turn = 0
        """The player's latest turn."""
        self._manners = Manners(engines.checks, self.id)
        self._eyes = eyes or Eyes()
        self._sight = Sight(self.attending, self.hello.player, self._eyes, self._inbox.post)
        self._world.seen = lambda now: self._sight.senses.remarks(now, self._world.named)
        self._waiting: asyncio.TimerHandle | None = None
        """Until the last word of a reply has sounded."""
        self._unanswered: list[str] = []
        """Turns whose words came only after the next had begun."""

    @property
    def attending(self) -> str:
        """Whom the player's voice is meant for."""
        return self._stage.attending

    def leave(self, error: ProtocolError) -> None:
        """End the session from outside, and tell the client why."""
        self._inbox.post(error)

    async def run(self) -> None:
        """Until the client leaves. Leaves no task behind."""
        self._opened = asyncio.get_running_loop().time()
        await self.link.send(self._ready())
        for npc, actor in self._actors.items():
            await actor.remember()
            await self._story(npc, actor.enter(), begins=True)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._diary = Diary(self._engines.lore.memory, self.hello.player.id, tasks)
                self._floor = self._open_floor(tasks)
                self._attend(self.attending)
                pumps = [
                    tasks.create_task(self._read()),
                    tasks.create_task(self._listen()),
                    *map(tasks.create_task, self._sight.watch()),
                    *self._rest(tasks),
                ]
                number = self.conversations.number
                self._doubles = Doubles(tasks, self._eyes, self.hello, number, self.link.send)
                async for item in self._inbox.stream():
                    await self._take(item)
                self._floor.close()
                self._diary.stop()
                self._stop_waiting()
                for task in [*pumps, *self._doubles.tasks]:
                    task.cancel()
        finally:
            self._world.seen = lambda now: []  # the world may be parked; it holds nothing of this session
            await self._diary.close()
            self.conversations.part()
            self.link.close()

    def _open_floor(self, tasks: asyncio.TaskGroup) -> Floor:
        return Floor(
            tasks,
            self._engines,
            self.conversations,
            self._metrics,
            self.hello,
            self._limits.lead,
            self.link.send,
            self.link.tell,
            self._inbox.post,
            self._microphone.post,
            None if self.hello.audio_in.echo_cancelled else self._sounded,
            self._actors,
            self._world,
            self._manners,
            self._diary,
        )

    def _rest(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """The faces between replies, if the client wants them."""
        if not self.hello.face.rest:
            return []
        rate, face = self.hello.audio_out.rate, self.hello.face
        return [
            tasks.create_task(each.presence.rest(self.conversations.number(), rate, face, self.link.send))
            for each in self._actors.values()
        ]

    def _seem(self, mode: Mode) -> None:
        """How the one who is spoken to bears itself while it does not speak."""
        if self.hello.face.rest:
            self._actors[self.attending].presence.turn(mode)

    def _sounded(self, samples: Samples, at: float) -> None:
        self._microphone.post(ears.Played(samples, self.hello.audio_out.rate, at))

    # ------------------------------------------------------------ in

    async def _read(self) -> None:
        """What the client sends, until it is gone."""
        try:
            while True:
                try:
                    await self._sort(await self.link.receive())
                except ProtocolError as error:
                    await self.link.tell(error)
        except ConnectionClosed:
            pass
        finally:
            self._microphone.close()
            self._inbox.close()

    async def _sort(self, item: m.FromClient | Packet) -> None:
        """Into the inbox, or past all that may be waited for there."""
        match item:
            case Packet(kind=media.MICROPHONE):
                await self._hear(item)
            case Packet():
                for noticed in self._sight.show(item, _now()):
                    self._inbox.post(noticed)
            case m.Watch(player=player):
                self._doubles.watch(player)
            case m.Ping(at=at):
                await self.link.send(m.Pong(at=at))
            case m.Talk(down=down):  # in its place among the packets
                self._keyed = down is not None
                await self._microphone.send(ears.Talk(down=down))
            case _:
                await self._inbox.send(item)

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
            await self.link.tell(error)

    async def _decide(self, item: Item) -> None:
        match item:
            case m.Say(text=text, to=to):
                if not text.strip():
                    raise ProtocolError("bad_message", "there is nothing in `text` but white space")
                await self._said(text.strip(), self._npc(to).id if to else None, None, _now())
            case m.Greet(to=to):
                self._attend(self._npc(to).id)
                await self._floor.answer(self._npc(to), None, None, _now())
            case m.Scene() | m.Event() | m.Actions() | m.ActionResult() | m.Variables():
                await self._told(item)
            case Quiet(reply=reply, following=following):
                await self._quiet(reply, following)
            case m.Attend(to=to):
                self._attend(self._npc(to).id)
            case m.Place(npc=npc):
                self._actors[self._npc(npc).id].presence.place(item)
            case m.Direct(npc=npc):
                self._actors[self._npc(npc).id].presence.direct(item)
            case m.Perceive():
                for noticed in self._sight.told(item, _now()):
                    await self._notice(noticed)
            case Noticed():
                await self._notice(item)
            case m.Interrupt():
                self._floor.withdraw()
                await self._floor.hush("interrupted")
            case m.Playback():
                self.conversations.report(item)
            case ProtocolError():
                raise item
            case Over(reply=reply):
                self._seem("rest")
                self._floor.over(reply)
                self._after(reply)
            case Undecided(reply=reply):
                await self._floor.undecided(reply)
            case m.Hello() | m.Talk() | m.Watch() | m.Ping():
                raise AssertionError("the wire lets one hello through, and the others go their own way")
            case _:
                await self._heard(item)

    async def _heard(self, item: ears.Hearing) -> None:
        floor = self._floor
        match item:
            case ears.Stirring(begun=begun):
                await (floor.stir() if begun else floor.settle())
            case ears.Started(turn=turn):
                self._turn = turn
                self._world.banter.player_speaks()
                self._seem("listening")
                await (floor.hush("interrupted") if self._keyed else floor.voice())
                await self.link.send(m.Hearing(state="started", turn=turn))
            case ears.Paused(turn=turn):
                await self.link.send(m.Hearing(state="paused", turn=turn))
            case ears.Resumed(turn=turn):
                await floor.voice()
                await self.link.send(m.Hearing(state="resumed", turn=turn))
            case ears.Words(turn=turn, text=text):
                await floor.words(text, turn, item.confidence, item.settled)
                floor.follow(self.cast[self._world.meant(text, self.attending)], item)
                await self.link.send(m.Heard(turn=turn, to=self.attending, text=text, final=False))
            case ears.Ignored(turn=turn):
                floor.withdraw()
                await floor.release()
                self._seem("rest")
                await self.link.send(m.Hearing(state="ignored", turn=turn))
            case ears.Failed(turn=turn, error=error):
                log.error("ears failed in session %s", self.id, exc_info=error)
                await floor.release()
                self._seem("rest")
                await self.link.send(m.Hearing(state="ignored", turn=turn))
                raise ProtocolError("ears_failed", "what was said could not be recognised")
            case ears.Ended():
                await self._ended(item)

    async def _ended(self, item: ears.Ended) -> None:
        turn, text, confidence = item.turn, item.transcript.text, item.transcript.confidence
        await self._floor.words(text, turn, confidence, settled=True)
        if self._floor.aside(text, turn, confidence):
            await self._floor.release()
            self._floor.withdraw()
            self._seem("rest")
            await self.link.send(m.Hearing(state="aside", turn=turn))
            return
        self._seem("thinking")
        await self.link.send(m.Hearing(state="ended", turn=turn))
        to = self._world.meant(text, self.attending)
        await self.link.send(m.Heard(turn=turn, to=to, text=text, final=True))
        self._metrics.turns.labels("voice").inc()
        self._unanswered.append(text)
        if turn == self._turn:  # else the player has gone on: what they say now belongs to it
            said, self._unanswered = join(self._unanswered), []
            await self._said(said, None, turn, item.spoke_until, item.transcript.language)

    # ------------------------------------------------------------ what is seen

    async def _notice(self, noticed: Noticed) -> None:
        """The player did something, or is seen to be otherwise."""
        if noticed.interrupts:
            self._floor.withdraw()
            await self._floor.hush("interrupted")
        elif noticed.kind == "gaze":
            self._world.look(noticed.what, noticed.at)
        elif noticed.what in YES_OR_NO and self._asked():
            said = phrases(self._actors[self.attending].language)
            await self._said(said.yes if noticed.what == "nod" else said.no, None, None, _now())
        senses = self._sight.senses
        self._microphone.post(ears.Glance(senses.sight))
        if (position := self._sight.moved()) is not None:
            for npc, actor in self._actors.items():
                actor.presence.place(m.Place(npc=npc, id="player", position=position))

    def _asked(self) -> bool:
        """Whether a character has just asked something, and nobody speaks: a nod is an answer then."""
        history = self.conversations.history(self.attending)
        asked = (
            bool(history) and history[-1].reply.rstrip().endswith(("?", "？")) and not history[-1].interrupted
        )
        return asked and not self._floor.taken

    # ------------------------------------------------------------ what is said and happens

    async def _said(
        self, text: str, to: str | None, turn: int | None, asked: float, language: str = ""
    ) -> None:
        """The player has said `text`: who is meant answers, and it leaves its mark on them."""
        if self._stage.heard(text, language):
            self._floor.withdraw()
        npc = to or self._world.meant(text, self.attending)
        if npc != self.attending and to is None:
            self._attend(npc)
        self._stage.renew(npc)
        self._world.banter.player_spoke(text)
        self._world.script.turned()
        reply = await self._floor.answer(self.cast[npc], text, turn, asked)
        if reply.judged.kept:
            self._diary.overheard(reply, self._world.said(npc, text, _now()))
            await self._story(npc, self._actors[npc].heard(text))

    async def _told(self, item: m.Scene | m.Event | m.Actions | m.ActionResult | m.Variables) -> None:
        """The game tells of its world. Raises ProtocolError."""
        world, now = self._world, _now()
        match item:
            case m.Scene():
                world.scene.apply(item, now)
                self._hint()
            case m.Actions():
                await world.offer(item)
            case m.ActionResult(action=action, ok=ok):
                done = world.script.verb(action)
                world.script.result(item)
                if done is not None:
                    await self._story(done.npc, self._actors[done.npc].did(done.verb, ok))
            case m.Variables(values=values):
                for npc, actor in self._actors.items():
                    await self._story(npc, actor.set(values))
            case m.Event(text=text):
                reaction = await world.happened(item, now, self.attending, self._floor.taken)
                for npc, actor in self._actors.items():
                    await self._story(npc, actor.event(text))
                if reaction is not None:
                    await self._react(reaction)

    def _after(self, reply: Reply) -> None:
        """A reply has ended: another character may answer it, or one speak of what happened meanwhile."""
        if not reply.wanted.is_set() or reply.cut:
            return
        npc, text, now = reply.npc.id, reply.playout.text_until(reply.playout.samples), _now()
        self._actors[npc].mood.said(text, now)
        following = None
        if self._world.said(npc, text, now, by=npc):
            following = self._world.next(npc, text, now)
        left = reply.remaining()
        wait = (left if math.isfinite(left) else 0) + PAUSE
        self._stop_waiting()
        later = asyncio.get_running_loop().call_later
        self._waiting = later(wait, self._inbox.post, Quiet(reply, following))

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None

    async def _quiet(self, reply: Reply, following: str | None) -> None:
        """The last word has sounded. Who spoke meanwhile has the floor."""
        if self._floor.taken:
            return
        if following is not None:
            told = (phrases(self.cast[following].speaks).aside.format(name=reply.npc.name),)
            text = reply.playout.text_until(reply.playout.samples)
            await self._floor.answer(self.cast[following], text, None, _now(), told)
        elif (reaction := self._world.idle(_now())) is not None:
            await self._react(reaction)
        else:
            self._floor.reread(reply.npc)

    async def _react(self, reaction: Reaction) -> None:
        await self._floor.answer(self.cast[reaction.npc], SILENCE, None, _now(), (reaction.text,))

    async def _story(self, npc: str, step: Step | None, begins: bool = False) -> None:
        if step is not None and (begins or step.entered or step.hooks):
            await self.link.send(m.Beat(npc=npc, section=step.section, hooks=list(step.hooks)))

    def _attend(self, npc: str) -> None:
        self._stage.attending = npc
        self._sight.senses.attend(npc)
        self._microphone.post(ears.Patience(self.cast[npc].patience * self.hello.player.patience))
        self._hint()

    def _hint(self) -> None:
        """Tell the ears what the player is likely to say."""
        language = self.hello.player.language
        among = (language,) if language else self._engines.languages
        self._microphone.post(ears.Hinted(Hints(among, self._world.names(self.attending))))

    def _npc(self, to: str | None) -> Character:
        if to is None:
            return self.cast[self.attending]
        if to not in self.cast:
            raise ProtocolError("unknown_character", f"`{to}` is not in the cast: {', '.join(self.cast)}")
        return self.cast[to]

    def _ready(self) -> m.Ready:
        hello = self.hello
        return m.Ready(
            protocol=m.PROTOCOL,
            server=f"townsfolk {__version__}",
            session=self.id,
            resume=self.conversations.token,
            resumed=self.resumed,
            missed=self.conversations.resume(hello.played),
            cast=[
                m.Npc(id=c.id, name=c.name, description=c.description, greeting=c.greeting)
                for c in self.cast.values()
            ],
            attending=self.attending,
            blendshapes=list(SHAPES[hello.face.shapes][0]),
            audio_in=hello.audio_in,
            audio_out=hello.audio_out,
            face=hello.face,
            provenance=m.Provenance(
                generator=f"townsfolk {__version__}", watermarked=self._engines.watermarked
            ),
            look_ahead=round(self._engines.face.look_ahead, 4),
            limits=self._limits,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
