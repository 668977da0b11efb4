"""Actions under way: numbered, placed in their replies, voided with them, and ended by the game. Sans-IO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from runtime.actions.choice import Around, Choice, When, valid
from runtime.actions.offer import Offer
from runtime.actions.results import told
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.remarks import Remark

PATIENCE = 10.0
"""Seconds that speech waits for a result: longer than most animations, short enough to seem a thought."""
KEPT = 256
"""Actions whose ends are remembered, to tell a result that came late from one that was made up."""
REMARKS = 4
"""Results a character keeps in mind: what it did just now, not its day."""
_FRESH, _FADING, _LEAST = 0.9, 0.6, 0.3
"""Weight of a result when it comes, what of it each turn leaves, and where it is forgotten: after 3 turns."""
_ORDER: dict[When, int] = {"before": 0, "with": 1, "after": 2}


@dataclass(slots=True)
class _Sent:
    """An action that the game knows of."""

    choice: Choice
    npc: str
    at: int
    name: str
    state: Literal["under way", "ended", "void"] = "under way"
    until: float | None = None
    """When speech stops waiting for it; None until somebody waited."""


class Doing(NamedTuple):
    """Who does what."""

    npc: str
    verb: str


@dataclass(frozen=True, slots=True)
class _Known:
    npc: str
    text: str
    turn: int


class Script:
    """The actions of one session."""

    def __init__(self) -> None:
        self._number = 0
        self._turn = 0
        self._sent: dict[int, _Sent] = {}
        self._known: list[_Known] = []

    def part(self, reply: int, npc: str, choices: Iterable[Choice], offer: Offer, scene: Around) -> Part:
        """The actions of one reply, in the order they are to happen."""
        return Part(self, reply, npc, choices, offer, scene)

    def result(self, message: m.ActionResult) -> Remark | None:
        """How an action ended; the gate it held opens. None for one that was voided meanwhile. Raises
        ProtocolError("unknown_action") for one that was never sent or has ended already."""
        sent = self._sent.get(message.action)
        if sent is None or sent.state == "ended":
            state = "has ended already" if sent else "was never begun, or long ago"
            raise ProtocolError("unknown_action", f"action {message.action} {state}")
        if sent.state == "void":
            sent.state = "ended"
            return None
        sent.state = "ended"
        known = _Known(sent.npc, told(message, sent.choice, {str(sent.choice.target): sent.name}), self._turn)
        mine = [one for one in self._known if one.npc == sent.npc]
        self._known = [one for one in self._known if one.npc != sent.npc] + [*mine, known][-REMARKS:]
        return self._remark(known)

    def verb(self, action: int) -> Doing | None:
        """What action `action` is, while it is under way."""
        sent = self._sent.get(action)
        return Doing(sent.npc, sent.choice.verb) if sent and sent.state == "under way" else None

    def turned(self) -> None:
        """The player has said something new: what was done before matters less."""
        self._turn += 1
        self._known = [one for one in self._known if self._remark(one).weight >= _LEAST]

    def remarks(self, npc: str) -> list[Remark]:
        """What `npc` knows of its own actions, the latest first."""
        return [self._remark(one) for one in reversed(self._known) if one.npc == npc]

    def _remark(self, known: _Known) -> Remark:
        return Remark(known.text, _FRESH * _FADING ** (self._turn - known.turn), "event")

    def _begin(self, sent: _Sent) -> int:
        self._number += 1
        self._sent[self._number] = sent
        self._sent.pop(self._number - KEPT, None)
        return self._number


class Part:
    """The actions of one reply; made by Script.part."""

    def __init__(
        self, script: Script, reply: int, npc: str, choices: Iterable[Choice], offer: Offer, scene: Around
    ) -> None:
        self._script, self._reply, self._npc = script, reply, npc
        self._offer, self._scene = offer, scene
        self._waiting: list[tuple[int, int | None, float, Choice]] = []
        self._mine: list[_Sent] = []
        slot = 0
        for choice in choices:
            slot = max(slot, _ORDER[choice.when])  # never ahead of the one that is to happen first
            self._waiting.append((slot, None, 0.0, choice))

    def cue(self, choice: Choice, line: int, share: float = 0.0) -> None:
        """Place an action at a share (0 to 1) of a line that is not sent yet: a cue in a model's text."""
        self._waiting.append((1, line, min(max(share, 0.0), 1.0), choice))

    def add(self, choice: Choice) -> None:
        """What the model has chosen while it answers: it happens in the next line that is sent, or behind the
        last one."""
        self._waiting.append((_ORDER[choice.when], None, 0.0, choice))

    def cues(self, index: int, start: int, end: int, last: bool) -> list[m.Action]:
        """What to send ahead of line `index`, which lasts from sample `start` to `end`. Called once a line,
        in order. What has become impossible meanwhile is left out."""
        due: list[tuple[int, Choice]] = []
        rest = []
        for slot, line, share, choice in self._waiting:
            if line is not None:
                here = line <= index or last
                at = (
                    start + round(share * (end - start))
                    if line == index
                    else (end if line > index else start)
                )
            else:
                here, at = slot < 2 or last, (0 if slot == 0 and index == 0 else end)
            if here:
                due.append((at, choice))
            else:
                rest.append((slot, line, share, choice))
        self._waiting = rest
        return self._send(sorted(due, key=lambda pair: pair[0]))

    def finish(self, at: int) -> list[m.Action]:
        """What is left when a reply ended without a last line, at its end."""
        left, self._waiting = self._waiting, []
        return self._send([(at, choice) for *_, choice in left])

    def held(self, at: int, now: float) -> float:
        """Seconds that speech from sample `at` on still has to wait at most; 0 when it may go on. The
        patience of a gate runs from the first time it is asked for. Ask again; nothing is awaited here."""
        waits = 0.0
        for sent in self._mine:
            if sent.choice.gates and sent.at <= at and sent.state == "under way":
                sent.until = now + PATIENCE if sent.until is None else sent.until
                waits = max(waits, sent.until - now)
        return waits

    def cancelled(self, valid_through: int) -> None:
        """The reply ends at this sample: what has not begun by then never will."""
        self._waiting = []
        for sent in self._mine:
            if sent.at > valid_through and sent.state == "under way":
                sent.state = "void"

    def _send(self, due: Iterable[tuple[int, Choice]]) -> list[m.Action]:
        return [
            self._action(choice, at)
            for at, choice in due
            if valid(choice, self._offer, self._scene, self._npc)
        ]

    def _action(self, choice: Choice, at: int) -> m.Action:
        entity = next((e for e in self._scene.visible(self._npc) if e.id == choice.target), None)
        name = (entity.name or f"the {entity.kind}") if entity else ""
        self._mine.append(_Sent(choice, self._npc, at, name))
        number = self._script._begin(self._mine[-1])
        return m.Action(
            action=number,
            reply=self._reply,
            npc=self._npc,
            verb=choice.verb,
            at=at,
            target=choice.target,
            parameters=dict(choice.parameters),
            gates=choice.gates,
        )
