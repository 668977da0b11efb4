"""What the ears of one session decide. No I/O and no clock: times come with what is heard.

Transcription starts with the first step of silence, long before the turn is known to be over: the words
decide how much silence is enough.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import assert_never

import numpy as np

from runtime import ears
from runtime.ears import BLOCK, RATE, Hearing, MicIn, TurnSettings, prosody, wording
from runtime.ears.echo import EchoGuard
from runtime.ears.resample import Blocks
from runtime.ears.turns import Turning, TurnTaking
from runtime.ears.utterance import Utterance, Work
from runtime.ears.vad import Vad
from runtime.language.hints import Hints
from runtime.types import Samples, Transcript

_BLOCK = BLOCK / RATE
"""Seconds."""
_BEFORE = 14
"""Blocks kept until a turn is noticed, 448 ms: the 64 ms that takes, and a soft first syllable."""
_LAST = round(prosody.SECONDS / _BLOCK)
"""Blocks whose melody is looked at."""
_FIRST, _PARTIAL = 0.25, 0.3
"""Seconds of new sound that are worth a partial transcript: a word. The first decides whether a player who
begins to speak over the character means it, so it comes sooner."""
_SHARE = 2.5
"""A partial waits for this many times what the last recognition took, queueing included: alone, a recogniser
of 0.1 s a call keeps the pace above; when many share one, partials thin out and final words stay quick."""


class Listener:
    """Follows one microphone. Keeps one turn, and those whose words are still awaited."""

    def __init__(self, vad: Vad, settings: TurnSettings, rate: int, echo_cancelled: bool) -> None:
        self._vad = vad
        self._echo = None if echo_cancelled else EchoGuard()
        self._state = vad.silence
        self.turns = TurnTaking(settings)
        self._blocks = Blocks(rate)
        self._before: deque[Samples] = deque(maxlen=_BEFORE)
        self._open: Utterance | None = None
        self._awaited: deque[Utterance] = deque()
        self._work: Work | None = None
        self._turn = self._works = 0
        self.hints = Hints()
        """For the recognitions that begin from now on."""
        self._took = 0.0

    def take(self, item: MicIn, now: float) -> Iterator[Hearing]:
        """Take what came in at `now`; give what was heard by it."""
        match item:
            case ears.Audio():
                for block in self._blocks.push(item.samples):
                    yield from self._hear(block, item.audible, item.at - self._blocks.behind, now)
            case ears.Talk(down=down):
                yield from self._talk(down, now)
            case ears.Recognised():
                yield from self._recognised(item, now)
            case ears.Opinion(turn=turn, text=text, ends=ends):
                if self._open and turn == self._turn:
                    self.turns.ending.opinion(text, ends)
            case ears.Patience(factor=factor):
                self.turns.ending.patience = factor
            case ears.Hinted(hints=hints):
                self.hints = hints
            case ears.Glance(ends=ends):
                self.turns.ending.sight = ends
            case ears.Played(samples=samples, rate=rate, at=at):
                if self._echo is not None:
                    self._echo.played(samples, rate, at)
            case _:
                assert_never(item)
        yield from self._weigh(now)
        yield from self._known()

    def wanted(self, now: float) -> Work | None:
        """The recognition to begin now, in place of the one under way if there is one; or None."""
        work = self._next(now)
        if work is None or (self._work and (not work.final or self._work.serves(work.utterance))):
            return None
        self._work = work
        self._works += 1
        work.utterance.asked = work.blocks
        return work

    def _next(self, now: float) -> Work | None:
        for ended in self._awaited:
            if not ended.settled:
                return Work(self._works, ended, len(ended.blocks), True, now)
        utterance = self._open
        if utterance is None or not utterance.voiced or utterance.settled:
            return None
        length, silent = len(utterance.blocks), self.turns.silent
        pace = max(_PARTIAL if utterance.shown else _FIRST, _SHARE * self._took)
        if not (silent or (length - utterance.asked) * _BLOCK >= pace):
            return None
        return Work(self._works, utterance, length, silent, now)

    def _hear(self, block: Samples, audible: bool, at: float, now: float) -> Iterator[Hearing]:
        judged, block, guarded = self._without_echo(block, audible, at)
        probability, self._state = self._vad.step(self._state, judged)
        level = math.sqrt(float(np.dot(judged, judged)) / BLOCK)
        changes = self.turns.step(_BLOCK, probability, level, guarded)
        if self._open is None:
            self._before.append(block)
        else:
            self._open.blocks.append(block)
            self._mark(at)
        for change in changes:
            yield from self._change(change, at, now)
        yield from self._weigh(now)

    def _without_echo(self, block: Samples, audible: bool, at: float) -> tuple[Samples, Samples, bool]:
        """The block to judge by, the one to listen to, and whether the character may still be in them."""
        if self._echo is None:
            return block, block, False
        heard = self._echo.heard(block, at)
        untouched = audible and heard.block is block  # it sounds there, and nothing is known of it here
        return heard.block, heard.speech, untouched or not heard.locked

    def _talk(self, down: bool | None, now: float) -> Iterator[Hearing]:
        changes = self.turns.talk(down)
        if self._open and down is False:
            self._open.blocks.append(self._blocks.drain())
            if not self.turns.silent and self._open.voiced:  # let go in the middle of a word
                self._open.voiced, self._open.cut = len(self._open.blocks), True
        for change in changes:
            yield from self._change(change, now, now)

    def _mark(self, at: float) -> None:
        """Note how far the player has spoken: to the block whose last sample came in `at`."""
        if self._open and self.turns.voiced:
            self._open.voiced, self._open.spoke_until = len(self._open.blocks), at
            self._open.told = False

    def _change(self, change: Turning, at: float, now: float) -> Iterator[Hearing]:
        match change:
            case Turning.STIRRED | Turning.STILLED:
                yield ears.Stirring(change is Turning.STIRRED)
            case Turning.STARTED:
                self._start()
                self._mark(at)
                yield ears.Started(self._turn)
            case Turning.PAUSED:
                self._listen_back()
                yield ears.Paused(self._turn)
            case Turning.RESUMED:
                yield ears.Resumed(self._turn)
            case Turning.ENDED:
                yield from self._end(now)
            case Turning.TOO_LONG:
                yield from self._end(now, cut=True)

    def _start(self) -> None:
        self._turn += 1
        self._open = Utterance(self._turn, list(self._before), asked=len(self._before))
        self._before.clear()

    def _end(self, now: float, *, cut: bool = False) -> Iterator[Hearing]:
        """Close the turn; the silence at its end may hold the soft beginning of the next."""
        utterance, self._open = self._open, None
        assert utterance is not None, "only an open turn ends"
        utterance.ended, utterance.cut = now, utterance.cut or cut
        self._before.extend(utterance.blocks[utterance.voiced :])
        if utterance.voiced:
            self._awaited.append(utterance)
        else:
            yield ears.Ignored(utterance.turn)

    def _recognised(self, item: ears.Recognised, now: float) -> Iterator[Hearing]:
        work = self._work
        if work is None or work.number != item.number:
            return  # it was broken off, too late to be held back
        self._work, self._took = None, now - work.began
        utterance, outcome = work.utterance, item.outcome
        words, sure = _found(outcome)
        if work.final or words:  # what was made in a hurry and found nothing is tried again
            utterance.covered, utterance.outcome = work.blocks, outcome
        if utterance is not self._open or (utterance.settled and self.turns.paused):
            return  # these wait for the end, or are those of the pause
        words = words.rstrip(" .,!?…-")
        if words and words != utterance.shown:
            utterance.shown = words
            yield ears.Words(utterance.turn, words, False, wording.ends(words), sure)

    def _weigh(self, now: float) -> Iterator[Hearing]:
        """Count the votes of a pause again: its words have come, or others have."""
        utterance = self._open
        if utterance is None or not self.turns.paused:
            return
        if utterance.settled and not utterance.told:
            utterance.told = True
            words, sure = _found(utterance.outcome)
            self.turns.ending.words(words, sure)
            if words:
                utterance.shown = words
                yield ears.Words(utterance.turn, words, True, wording.ends(words), sure)
        for change in self.turns.judge():
            yield from self._change(change, now, now)

    def _listen_back(self) -> None:
        """Have the melody of the last words vote."""
        utterance = self._open
        if utterance is not None:
            last = utterance.blocks[max(0, utterance.voiced - _LAST) : utterance.voiced]
            self.turns.ending.melody(prosody.measure(np.concatenate(last), RATE))

    def _known(self) -> Iterator[Hearing]:
        """The ends of turns whose words are there, in the order of the turns."""
        while self._awaited and self._awaited[0].settled:
            utterance = self._awaited.popleft()
            match utterance.outcome:
                case Transcript(text=""):
                    yield ears.Ignored(utterance.turn)
                case Transcript() as transcript:
                    yield ears.Ended(utterance.turn, utterance.spoke_until, utterance.ended, transcript)
                case BaseException() as error:
                    yield ears.Failed(utterance.turn, error)


def _found(outcome: Transcript | BaseException | None) -> tuple[str, float]:
    """The words of a recognition, if there are any, and how sure it is of them."""
    return (outcome.text, outcome.confidence) if isinstance(outcome, Transcript) else ("", 0.0)
