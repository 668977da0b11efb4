"""All that one character's player is seen to be and do: numbers in, what is noticed out. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from runtime.perception import sentences
from runtime.perception.expression import Expression
from runtime.perception.gaze import Gaze
from runtime.perception.gesture import Gesture
from runtime.perception.nod import Nods, Sign
from runtime.perception.noticed import Noticed
from runtime.perception.observation import Observation, Position
from runtime.perception.posture import Posture
from runtime.perception.presence import Presence
from runtime.perception.whose import Whose
from runtime.protocol import messages as m
from runtime.remarks import Remark

_FRESH = {"gesture": (0.9, 6.0), "presence": (0.75, 15.0), "distance": (0.6, 20.0)}
"""Weight of what happened as it happens, and seconds in which it falls to half."""
_FORGOTTEN = 45.0
"""Seconds after which it is no longer remarked on."""
_SHOWS, _HOLDS, _LOOKS = 0.7, 0.55, 0.3
"""Weights of an expression at its fullest, of a posture, and of a look, which is told where nothing else
is."""
_LATELY = 8
"""Things that happened and are kept: more do not fit one prompt."""
_SIGHT = 0.6
"""Bound of what the eyes add to the judgement that a turn is over, a logit: as much as the melody's."""


class Senses:
    """What a character notices of its player, by what a client says and by what a camera sees.

    `told` and `seen` may be mixed: the later counts. Times are seconds of any one clock.
    """

    def __init__(self, npc: str) -> None:
        """`npc`: the id of the character whose eyes these are."""
        self._presence, self._gaze, self._nods = Presence(), Gaze(npc), Nods()
        self._expression, self._gesture, self._posture = Expression(), Gesture(), Posture()
        self._whose = Whose()
        self._lately: list[Noticed] = []

    @property
    def npc(self) -> str:
        """Who is attended to."""
        return self._gaze.npc

    def attend(self, npc: str) -> None:
        """Another character looks out of the camera."""
        self._gaze.npc = npc

    def place(self, places: Mapping[str, Position]) -> None:
        """Where the player sees things that may be looked at and pointed at: metres from the camera, as in
        `Position`. On a screen these are places of the screen, not of the game's world."""
        self._gaze.places = self._gesture.places = dict(places)

    def told(self, message: m.Perceive, now: float) -> list[Noticed]:
        """What changes with what the client says; None in it says nothing."""
        noticed = []
        if message.present is not None:
            noticed += self._presence.told(message.present, now)
        if message.distance is not None:
            noticed += self._presence.stands(message.distance, now)
        if message.looks_at is not None and message.looks_at != self._gaze.target:
            self._gaze.told(message.looks_at)
            noticed.append(Noticed("gaze", message.looks_at, now))
        if message.expression is not None and message.expression != self._expression.emotion:
            self._expression.told(message.expression, message.intensity)
            noticed.append(Noticed("expression", message.expression, now, intensity=message.intensity))
        if message.gesture is not None:
            noticed.append(Noticed("gesture", message.gesture, now, target=message.target or ""))
        if message.posture is not None and message.posture != self.posture:
            self._posture.told(message.posture)
            noticed.append(Noticed("posture", message.posture, now))
        self._gaze.passed(now)
        return self._kept(noticed)

    def seen(self, observed: Observation, now: float) -> list[Noticed]:
        """What changes with a frame."""
        observed = self._whose.seen(observed)
        noticed = [*self._presence.seen(observed, now), *self._gaze.seen(observed, now)]
        if observed.head is not None:
            signed = self._nods.seen(observed.head.yaw, observed.head.pitch, self._gaze.pitch, now)
            if signed is not None:
                noticed.append(Noticed("gesture", signed.sign, now, signed.confidence))
        if observed.weights is not None:
            noticed += self._expression.seen(observed.weights, now)
        if observed.hands is not None:
            noticed += self._gesture.seen(observed.hands, now)
        return self._kept([*noticed, *self._posture.seen(observed, now)])

    def passed(self, now: float) -> list[Noticed]:
        """What changes because no frame comes any more; call it once a second where a camera is on."""
        self._gaze.passed(now)
        return self._kept(self._presence.passed(now))

    def remarks(self, now: float, named: Callable[[str], str] = str) -> list[Remark]:
        """What the character is aware of, the weightiest first. `named` says what an id is called."""
        found = [self._news(noticed, now, named) for noticed in self._lately]
        if self.present is not False:
            found += self._states(named)
        return sorted((remark for remark in found if remark.text), key=lambda remark: -remark.weight)

    @property
    def present(self) -> bool | None:
        """Whether the player is there; None where nothing is known."""
        return self._presence.state

    @property
    def position(self) -> Position | None:
        """Where the character finds the player's eyes when it looks back: metres, as `place` has them."""
        return self._presence.position

    @property
    def looks_at(self) -> str:
        """The id of what the player looks at, or empty."""
        return self._gaze.target

    @property
    def expression(self) -> tuple[str, float]:
        """The emotion that the face shows, and how much, 0 to 1."""
        return self._expression.emotion, self._expression.intensity

    @property
    def posture(self) -> str:
        """`upright`, `leaning_in`, `turned_away` or `hands_up`."""
        return self._posture.state

    @property
    def attentive(self) -> float:
        """Share of the last seconds in which the player looked at the character, 0 to 1."""
        return self._gaze.attentive

    @property
    def sight(self) -> float:
        """How much the eyes speak for a turn that is over: a logit within 0.6; 0 where nothing is seen.

        Who has finished looks at whom they speak to, and who thinks looks away (Kendon 1967, "Some functions
        of gaze-direction in social interaction", Acta Psychologica 26).
        """
        return 0.0 if self.present is not True or not self._gaze.known else _SIGHT * (2 * self.attentive - 1)

    def nodded(self, since: float) -> Sign | None:
        """The last nod or shake at or after `since`: the player's yes or no without a word."""
        signs: list[Sign] = [
            "nod" if one.what == "nod" else "shake"
            for one in self._lately
            if one.kind == "gesture" and one.what in ("nod", "shake") and one.at >= since
        ]
        return signs[-1] if signs else None

    def _kept(self, noticed: list[Noticed]) -> list[Noticed]:
        news = [*self._lately, *(one for one in noticed if one.kind in _FRESH)]
        self._lately = news[-_LATELY:]
        return noticed

    def _news(self, noticed: Noticed, now: float, named: Callable[[str], str]) -> Remark:
        weight, half = _FRESH[noticed.kind]
        text = {
            "gesture": lambda: sentences.gesture(noticed, named),
            "presence": lambda: sentences.presence(noticed.what),
            "distance": lambda: sentences.distance(noticed.what),
        }[noticed.kind]()
        age = now - noticed.at
        fresh = weight * noticed.confidence * 0.5 ** (max(0.0, age) / half)
        return Remark(text if age < _FORGOTTEN else "", fresh, "scene")

    def _states(self, named: Callable[[str], str]) -> list[Remark]:
        emotion, intensity = self.expression
        at_you = self.looks_at == self.npc
        return [
            Remark(sentences.expression(emotion, at_you), _SHOWS * (0.5 + intensity / 2), "scene"),
            Remark(sentences.posture(self.posture), _HOLDS, "scene"),
            Remark(sentences.looks(self.looks_at, self.npc, named), _LOOKS, "scene"),
        ]
