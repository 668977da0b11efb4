"""Who has the floor in one session: the reply under way, one tried ahead, the player who speaks over it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from runtime import ears
from runtime.actor import Actor
from runtime.awareness import Aware
from runtime.character import Character
from runtime.conversations import Conversations
from runtime.cues import Cues
from runtime.diary import Diary
from runtime.engines import Engines
from runtime.interruption import UNDECIDED, Verdict, meant, verdict
from runtime.metrics import Metrics
from runtime.mind import MindFailed
from runtime.mind.prompt import Exchange, prompt, so_far, trimmed
from runtime.playout import Playout, Sounded
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.reply import Reason, Reply
from runtime.routing import acts
from runtime.safety.manners import Manners
from runtime.types import Prompt
from runtime.world import World

log = logging.getLogger(__name__)

LIKELY, HARDLY = 0.5, 0.3
"""Words that may go on are answered ahead only where they sound whole: by themselves, and to the mind."""
PLAIN = 0.95
"""Words that are whole by themselves, as questions and thanks are: after a pause the mind need not be asked,
and before one it need not agree."""
HANGING = 0.03
"""Words after which a pause is no end to the mind: whoever says them goes on in 98 of 100 cases."""


@dataclass(frozen=True)
class Over:
    """A reply's task has ended."""

    reply: Reply


@dataclass(frozen=True)
class Undecided:
    """A reply has been held for long, and nothing was said that explains it."""

    reply: Reply


@dataclass(frozen=True)
class Held:
    """A reply that is silent until words decide, or the timer runs out."""

    reply: Reply
    timer: asyncio.TimerHandle
    told: bool
    """The client knows of it, and so must be told how it ends."""


Send = Callable[[m.FromServer | bytes], Awaitable[None]]
Tell = Callable[[ProtocolError], Awaitable[None]]
Post = Callable[[Over | Undecided], None]
Opine = Callable[[ears.Opinion], None]


class Floor:
    """Begins, holds and ends the replies of a session. At most one is under way, and one more is tried."""

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        engines: Engines,
        conversations: Conversations,
        metrics: Metrics,
        hello: m.Hello,
        lead: float,
        send: Send,
        tell: Tell,
        post: Post,
        opine: Opine,
        sounded: Sounded | None,
        actors: Mapping[str, Actor],
        world: World,
        manners: Manners,
        diary: Diary,
    ) -> None:
        self._tasks, self._engines = tasks, engines
        self._conversations, self._metrics = conversations, metrics
        self._hello, self._lead = hello, lead
        self._token = conversations.token
        self._send, self._tell, self._post, self._opine = send, tell, post, opine
        self._sounded, self._actors = sounded, actors
        self._world, self._manners, self._diary = world, manners, diary
        self._notes: tuple[str, ...] = ()
        """What came to mind at what the player has said so far."""
        self._reply: Reply | None = None
        """The one under way."""
        self._guess: Reply | None = None
        """One to words that may not be the player's last: not wanted yet, and known to nobody."""
        self._listening = False
        """The player speaks: the mind is kept free to read along."""
        self._overlap: Reply | None = None
        """The one the player speaks over."""
        self._held: Held | None = None
        self._excused = 0
        """The turn that was found to be no more than a sign of listening."""
        self._reading: asyncio.Task[None] | None = None
        """What is left of a long conversation is being read."""
        self._oldest: Exchange | None = None
        """With which that begins."""

    def close(self) -> None:
        """End whatever is under way."""
        self.withdraw()
        if self._held is not None:
            self._held.timer.cancel()
        if self._reply is not None:
            self._reply.cancel("closing")
            self._diary.follow(self._reply)
        self._stop_reading()

    # ------------------------------------------------------------ answers

    @property
    def taken(self) -> bool:
        """Whether somebody speaks, or is about to."""
        return self._listening or self._reply is not None or self._conversations.sounding() is not None

    async def answer(
        self,
        npc: Character,
        text: str | None,
        turn: int | None,
        asked: float,
        told: Sequence[str] = (),
    ) -> Reply:
        """`npc` answers: with what was made ahead if that is still right, else with a new reply.

        `told` is what it is made aware of beside what comes to its mind.
        """
        self._stop_reading()
        self._listening = False
        await self.hush("superseded")
        # From here to the commit nothing is awaited, so that no failure can fall between.
        reply, self._guess = self._guess, None
        if reply is not None and not (text and reply.answers(npc, text, turn)):
            self._drop(reply)
            reply = None
        reply = reply or self._begin(npc, text, turn, told=told)
        self._reply = reply
        self._notes = ()
        self._conversations.add(reply)
        reply.commit(text, asked, heard=_now())
        if text is not None:
            self._manners.heard(npc, text, reply.judged)
        await self._send(m.Reply(reply=reply.number, npc=npc.id, turn=turn))
        return reply

    def follow(self, npc: Character, words: ears.Words) -> None:
        """Read along while the player speaks; begin an answer where they may have come to their end."""
        if self._guess is not None and self._guess.answers(npc, words.text, words.turn):
            self._consider(self._guess, words)
            return
        pressed = self._pressed(self._guess)
        self.withdraw()
        if self._reply is None and (words.settled or not pressed):
            self._guess = self._begin(npc, words.text, words.turn, words)

    def withdraw(self) -> None:
        """Forget the answer that was begun ahead. Nobody has heard of it."""
        reply, self._guess = self._guess, None
        if reply is not None:
            self._drop(reply)

    def over(self, reply: Reply) -> None:
        """A reply's task has ended."""
        if self._reply is reply:
            self._reply = None
        self._diary.follow(reply)
        self._read_ahead(reply.npc)  # if it could not be done while it sounded

    def _drop(self, reply: Reply) -> None:
        self._metrics.replies.labels(reply.npc.id, "withdrawn").inc()
        reply.cancel("superseded")

    def _begin(
        self,
        npc: Character,
        text: str | None,
        turn: int | None,
        words: ears.Words | None = None,
        told: Sequence[str] = (),
    ) -> Reply:
        """A reply that thinks and speaks, but is not sent before it is committed."""
        number, hello, actor = self._conversations.number(), self._hello, self._actors[npc.id]
        cues = Cues(number, npc.id, actor.mood, self._engines.face.worker, _now)
        cues.moved = not actor.presence.directed
        playout = Playout(
            number, npc.id, hello.audio_out, hello.face, self._lead, self._send, self._sounded, cues
        )
        life = actor.presence.speak(number)
        reply = Reply(number, npc, text, turn, playout, life, cues, actor.voice())
        reply.greeting = actor.filled(npc.greeting)
        reply.language, reply.interpreter = actor.language, actor.interpreter
        if text is not None:
            reply.judged = self._manners.judged(npc, text, number)
        history = self._conversations.history(npc.id)
        reply.thought = lambda: self._read_ahead(npc)
        reply.task = self._tasks.create_task(self._perform(reply, history, words, told))
        return reply

    async def _perform(
        self, reply: Reply, history: Sequence[Exchange], words: ears.Words | None, told: Sequence[str]
    ) -> None:
        others = [actor.npc.name for actor in self._actors.values() if actor.npc.id != reply.npc.id]
        try:
            asked = await self._asked(reply, history, told)
            never = self._actors[reply.npc.id].never
            notes = [*reply.aware.notes, *(note for exchange in history for note in exchange.notes)]
            check = self._manners.check(reply.npc, never, others, notes)
            if words is not None and asked is not None:
                await self._read_along(reply, asked, words)
            await reply.run(self._engines, asked, check, self._send, self._hello.face.fps)
        except* Exception as errors:  # whatever an engine raises ends its reply, not the session
            log.exception("reply %d broke off", reply.number)
            self._metrics.replies.labels(reply.npc.id, "failed").inc()
            if reply.wanted.is_set():  # nobody waits for one that was only tried
                await self._tell(ProtocolError("reply_failed", _cause(errors)))
                await self._rescue(reply)
        else:
            self._metrics.finished(reply)
            self._manners.stopped(reply.npc, check, reply.text or "")
        finally:
            self._post(Over(reply))

    async def _asked(self, reply: Reply, history: Sequence[Exchange], told: Sequence[str]) -> Prompt | None:
        """What the mind is to answer, with what comes to the character's mind; None for what is written."""
        if reply.text is None or reply.judged.answer is not None:
            return None
        npc, text = reply.npc, reply.text
        if reply.interpreter is not None:
            text = await reply.interpreter.heard(text)  # the prompt holds it as it was said
        silent = not any(map(str.isalnum, text))  # it speaks of itself, and of nothing but what it is told
        aware = Aware() if silent else await self._actors[npc.id].awareness.of(text, history, self._notes)
        tools = None
        if acts(self._engines.mind, npc.id):
            reply.cues.part = self._world.part(reply.number, npc.id, [])
            tools = self._world.tools(npc.id, reply.cues.part)
        elif choices := await self._world.choices(npc.id, text):
            reply.cues.part = self._world.part(reply.number, npc.id, choices)
        reply.aware = replace(aware, notes=(*told, *aware.notes))
        self._notes = aware.notes
        asked = prompt(npc, history, reply.text, self._token, reply.aware.notes)
        return replace(asked, tools=tools)

    async def _read_along(self, reply: Reply, asked: Prompt, words: ears.Words) -> None:
        """Read what was said, and wait until an answer may well be wanted."""
        if words.settled and words.ends >= PLAIN:
            return  # the answer's first word is nearer than an opinion on what is plain
        reply.ends = await (reply.interpreter or self._engines.mind).ends(asked)
        self._consider(reply, reply.words or words)
        await reply.likely.wait()

    def _consider(self, reply: Reply, words: ears.Words) -> None:
        """Tell the ears what the mind makes of the words, and think on if they may be all there will be."""
        reply.words = words
        if reply.ends is None:
            return  # it is still reading
        self._opine(ears.Opinion(words.turn, words.text, reply.ends))
        doubted = HANGING if words.ends >= PLAIN else HARDLY
        sounds_whole = words.ends >= LIKELY and reply.ends >= doubted and not self._pressed()
        if sounds_whole or (words.settled and reply.ends >= HANGING):
            reply.likely.set()

    def _pressed(self, own: Reply | None = None) -> bool:
        """Whether other players wait for their answers: what may be in vain is spared then.

        `own` is one of ours that may be among those for whom the mind works.
        """
        mind = self._engines.workers.get("mind")
        mine = own is not None and own.likely.is_set()
        return mind is not None and (mind.pressing > mine or mind.queued > 0)

    async def _rescue(self, reply: Reply) -> None:
        """The character's own words for a failure, unless it has begun to speak or cannot speak at all."""
        try:
            if reply.playout.samples == 0:
                await reply.apologise(self._engines, self._send, self._hello.face.fps)
                return
        except* Exception:  # the voice itself is broken: what is left is to say so
            log.exception("nor could reply %d be covered", reply.number)
        await self._send(reply.cancel("failed"))

    def _read_ahead(self, npc: Character) -> None:
        """Where a talk grew too long, what is left of it is read anew: while the reply sounds, not after."""
        history = self._conversations.history(npc.id)
        kept = trimmed(history)
        if len(kept) < len(history) and self._oldest != kept[0] and not self._listening:
            self._oldest = kept[0]
            self._stop_reading()
            self._reading = self._tasks.create_task(self._read(so_far(npc, kept[:-1], self._token)))

    def reread(self, npc: Character) -> None:
        """A reply was heard out: read it as it was heard while nobody speaks, so that the player's next words
        are all that is left to read."""
        if not self.taken:
            self._stop_reading()
            asked = so_far(npc, self._conversations.history(npc.id), self._token)
            self._reading = self._tasks.create_task(self._read(asked, all_at_once=True))

    async def _read(self, ahead: Prompt, *, all_at_once: bool = False) -> None:
        """Have the mind read it, in steps that can be broken off where it is long."""
        whole = len(ahead.messages)
        mind = self._actors[ahead.npc].interpreter or self._engines.mind
        try:
            for end in [whole] if all_at_once else range(2, whole + 1, 2):
                await mind.warm(replace(ahead, messages=ahead.messages[:end]))
        except (MindFailed, RuntimeError):  # the latter once its thread is closed
            log.warning("could not read ahead", exc_info=True)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    # ------------------------------------------------------------ interruptions

    async def voice(self) -> None:
        """The player speaks: whoever else does falls silent, until it is known what the words mean."""
        self._listening = True
        self._stop_reading()
        self.withdraw()
        self._overlap = self._reply or self._conversations.sounding()
        await self._hold(self._overlap)

    async def stir(self) -> None:
        """There is a sound that may be the player's: silence costs nothing, and comes sooner."""
        reply = self._reply or self._conversations.sounding()
        if reply is not None and reply.sounding():
            await self._hold(reply)

    async def settle(self) -> None:
        """It was not."""
        if not self._listening:
            await self.release()

    async def _hold(self, reply: Reply | None) -> None:
        if reply is None or self._held is not None:
            return
        reply.playout.hold()
        timer = asyncio.get_running_loop().call_later(UNDECIDED, self._post, Undecided(reply))
        self._held = Held(reply, timer, told=reply.sounding())
        if self._held.told:
            await self._send(m.Hold(reply=reply.number, npc=reply.npc.id))

    async def words(self, text: str, turn: int, confidence: float, settled: bool) -> None:
        """What the player says over a reply decides whether that is cut or goes on."""
        reply = self._overlap
        if reply is None or not text or self.aside(text, turn, confidence):
            return
        begun = reply.playout.samples > 0
        match verdict(text, confidence, settled, begun, reply.remaining()):
            case Verdict.CUT:
                self._excused = 0
                await self.hush("interrupted")
            case Verdict.GO_ON:
                self._excused = turn
                await self.release()

    def aside(self, text: str, turn: int, confidence: float) -> bool:
        """Whether this turn was found to be a sign of listening, and is no more than that by now."""
        return turn == self._excused and not meant(text, confidence)

    async def release(self) -> None:
        """Go on with the reply that was held, if one was, from where it was."""
        self._listening = False
        held, self._held = self._held, None
        if held is None:
            return
        held.timer.cancel()
        held.reply.playout.release()
        if held.told:
            await self._send(m.Release(reply=held.reply.number, npc=held.reply.npc.id))

    async def undecided(self, reply: Reply) -> None:
        """Nothing was said for so long that the reply goes on."""
        if self._held is not None and self._held.reply is reply:
            await self.release()

    async def hush(self, reason: Reason) -> None:
        """End the reply under way, from its creation on, and tell the client what to drop."""
        if self._held is not None:
            self._held.timer.cancel()
        self._held = self._overlap = None
        reply, self._reply = self._reply, None
        if reply is None:  # all of it has been sent, but the player may still be hearing its end
            reply = self._conversations.sounding()
        if reply is not None:
            self._metrics.replies.labels(reply.npc.id, reason).inc()
            await self._send(reply.cancel(reason))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _cause(errors: BaseExceptionGroup[BaseException]) -> str:
    """The innermost reason, for the client: groups within groups say nothing."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
