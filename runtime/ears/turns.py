"""Turn-taking: when the player starts to speak, pauses, goes on and has finished. No I/O, no clock.

Time is counted in seconds of audio, so the same sound gives the same turns however it arrives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from runtime.ears.ending import UNKNOWN, Ending


class Turning(StrEnum):
    """What changed. In order: STARTED, then PAUSED and RESUMED in alternation, then ENDED or TOO_LONG.

    Before STARTED, STIRRED and STILLED may alternate.
    """

    STIRRED = "stirred"
    """There is a sound that may become a turn: one step of it, a third of what opens one."""
    STILLED = "stilled"
    """It became none."""
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"
    TOO_LONG = "too_long"
    """Ended in the middle of speech; what follows is another turn."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """How patient and how wary the ears are. Probabilities 0 to 1, times in seconds of audio."""

    enter: float = 0.5
    """Voice begins at this probability, the middle of what Silero gives."""
    leave: float = 0.35
    """Voice lasts until it falls below this: weak consonants inside a word dip under `enter`."""
    floor: float = 0.0005
    """RMS below which nothing is voice, -66 dBFS: a neighbour's television, not the player."""
    begin: float = 0.064
    """Voice needed to open a turn, at a probability of `sure`; surer voice needs less time, weaker more."""
    sure: float = 0.7
    """What Silero gives for the first step of a word (median; the second has 0.9)."""
    stir: float = 0.25
    """The first step of a soft onset may have no more: it counts once a sure one has followed."""
    stirred: float = 0.047
    """`begin` then. More than one step can give: clicks last one, the shortest words five. By both, nine of
    ten words are noticed within 115 ms of their first voiced sample, where voiced steps alone take 147."""
    hint: float = 0.2
    """What a single step must have to be a stir: 74 ms after the first voiced sample in nine of ten words,
    where a turn opens after 115; ten minutes of a room's noise do not reach 0.1."""
    still: float = 0.096
    """Silence after which a stir was nothing: the gap between two knocks is no reason to go on."""
    resume: float = 0.064
    """Voice needed to go on after silence, so that a click does not restart the wait for the end."""
    guarded_enter: float = 0.8
    """`enter` while the character's own voice may leak into the microphone."""
    guarded_begin: float = 0.256
    """`begin` then: what leaks comes in bursts, a player who interrupts goes on for a word or two."""
    pause: float = 0.096
    """Silence that is said to be a pause: longer than the closure of most stop consonants (0.05-0.1). What is
    made of one then is not dropped too often."""
    silence: float = UNKNOWN
    """Silence that ends a turn of which nothing else is known. Every other wait is in proportion to it."""
    lag: float = 0.025
    """Silence that has passed when the detector first says so, beyond the step it says it of: the median over
    140 sentences, nine of ten between 0 and 0.06."""
    soon: float = 1.0
    """A turn that begins this soon after the last one goes on where that seemed to end."""
    patience: float = 20.0
    """A turn this long ends at its first pause, so that it need not be cut inside a word."""
    longest: float = 28.0
    """A turn is cut here: with what was heard before it, it must fit Whisper's window of 30 s."""


class TurnTaking:
    """Follows one stream. Feed it every step of audio; it says what changed."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self.settings = settings or TurnSettings()
        self.ending = Ending(self.settings.silence)
        """Where the votes on the end of the open turn go; `judge` counts them."""
        self.open = False
        """A turn is under way."""
        self.paused = False
        """It is, and the player is silent."""
        self.voiced = False
        """The last step was taken for the player's voice and belongs to a turn."""
        self._held: bool | None = None  # the push-to-talk key; None for a client without one
        self._voice = False
        self._run = 0.0  # voice since the last silence
        self._evidence = 0.0  # the same before a turn, by how sure it is
        self._stirring = 0.0  # and with what may only be its beginning
        self._stirred: float | None = None  # since then no step has given a hint; None without a stir
        self._silence = 0.0
        self._elapsed = 0.0
        self._rest = math.inf  # since the last turn was judged over
        self._spoke = False

    def step(
        self, seconds: float, probability: float, level: float = 1.0, guarded: bool = False
    ) -> list[Turning]:
        """Take a step of audio with its speech probability and RMS level; give what changed, in order.

        `guarded` says that the character's own voice may be in it.
        """
        self._hear(probability, level, guarded)
        self.voiced = False
        if not self.open:
            self._rest += seconds
            return self._wait(seconds, probability, level, guarded)
        self._elapsed += seconds
        return self._follow(seconds) + self.judge()

    def talk(self, down: bool | None) -> list[Turning]:
        """The push-to-talk key was pressed or released. From then on only it opens and ends turns.

        With None there is no key any more: a turn that is open ends in silence like any other.
        """
        self._held = down
        if down is None:
            return []
        if not down:
            return self._close(Turning.ENDED) if self.open else []
        return self._resume() if self.open else self._begin()

    @property
    def silent(self) -> bool:
        """The player has spoken in this turn and does not at the moment, if only for one step."""
        return self.open and self._spoke and self._silence > 0

    def judge(self) -> list[Turning]:
        """Whether the silence is enough by now; to be asked again when a vote has come in."""
        if not self.open:
            return []
        if self._elapsed >= _about(self.settings.longest):
            return self._close(Turning.TOO_LONG)
        if not self._spoke or self._voice:
            return []
        changes = []
        if not self.paused and self._silence >= _about(self.settings.pause):
            self.paused = True
            changes.append(Turning.PAUSED)
        if self.paused and self._held is None and self._silence >= _about(self._enough()):
            changes += self._close(Turning.ENDED)
        return changes

    def _hear(self, probability: float, level: float, guarded: bool) -> None:
        settings = self.settings
        enter = settings.guarded_enter if guarded else settings.enter
        self._voice = level >= settings.floor and probability >= (settings.leave if self._voice else enter)

    def _wait(self, seconds: float, probability: float, level: float, guarded: bool) -> list[Turning]:
        if self._held is not None:  # still held after a turn that was too long, or released
            return self._begin() if self._held else []
        settings = self.settings
        weight = 1.0 if guarded else probability / settings.sure
        stirs = level >= settings.floor and probability >= settings.stir
        # A weak step inside a soft onset takes back what one step of voice gave, not all of it.
        self._run = max(0.0, self._run + (seconds if self._voice else -seconds))
        self._evidence = max(0.0, self._evidence + (seconds * weight if self._voice else -seconds))
        self._stirring = max(0.0, self._stirring + (seconds * weight if stirs else -seconds))
        enough = self._evidence >= _about(settings.guarded_begin if guarded else settings.begin)
        sudden = not guarded and probability >= settings.sure and self._stirring >= _about(settings.stirred)
        if not (enough or (sudden and self._voice)):
            hint = not guarded and level >= settings.floor and probability >= settings.hint
            return self._stir(seconds, hint)
        self.voiced = True
        return self._begin(spoke=True)

    def _stir(self, seconds: float, hint: bool) -> list[Turning]:
        before = self._stirred
        if hint:
            self._stirred = 0.0
            return [] if before is not None else [Turning.STIRRED]
        if before is None:
            return []
        self._stirred = before + seconds
        if self._stirred < _about(self.settings.still):
            return []
        self._stirred = None
        return [Turning.STILLED]

    def _follow(self, seconds: float) -> list[Turning]:
        talking = self._spoke and not self._silence
        if not self._voice:
            # Voice that was too short to count was silence after all.
            self._silence += seconds + (0.0 if talking else self._run)
            self._run = 0.0
            return []
        self._run += seconds
        if not talking and self._run < _about(self.settings.resume):
            return []  # undecided: a click, or the next word
        if not talking:
            self.ending.resume()
        self._silence, self._spoke, self.voiced = 0.0, True, True
        return self._resume()

    def _enough(self) -> float:
        """Counted silence that ends the turn as things stand."""
        settings = self.settings
        if self._elapsed >= settings.patience:
            return settings.pause
        return max(settings.pause, self.ending.enough - settings.lag)

    def _begin(self, spoke: bool = False) -> list[Turning]:
        self.open, self._spoke, self._stirred = True, spoke, None
        self._silence, self._elapsed = 0.0, self._run
        self.ending.begin(goes_on=self._rest <= _about(self.settings.soon))
        return [Turning.STARTED]

    def _resume(self) -> list[Turning]:
        was, self.paused = self.paused, False
        return [Turning.RESUMED] if was else []

    def _close(self, how: Turning) -> list[Turning]:
        self.open = self.paused = self._voice = False
        self._run = self._evidence = self._stirring = self._rest = 0.0
        return [how]


def _about(seconds: float) -> float:
    """A threshold that a sum of steps reaches in spite of rounding."""
    return seconds - 1e-6
