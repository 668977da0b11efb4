"""Made-up players before made-up cameras: tracks with noise, uneven frames, and what really happens in them.

No recordings: people of many speeds and sizes of movement are drawn, and a track knows its own truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.perception_deeds import body, deeds
from runtime.face import AT
from runtime.face.layers.eyes import FULL
from runtime.perception import Hand, Head, Observation

CUP, DOOR = (0.3, -0.05, 0.05), (-0.35, 0.0, 0.05)
"""Where the player sees two things: left and right on a screen of 27 inches, metres from the camera."""
PLACES = {"cup": CUP, "door": DOOR}


@dataclass
class Truth:
    """Something that happens on purpose, and until when it may be noticed."""

    kind: str
    what: str
    begin: float
    end: float


@dataclass
class Player:
    """One player over time: columns are filled first and then read frame by frame."""

    seed: int
    seconds: float
    fps: float = 15.0
    truths: list[Truth] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = np.random.default_rng(self.seed)
        gaps = self.draw.uniform(0.8, 1.2, int(self.seconds * self.fps * 1.3)) / self.fps
        gaps[self.draw.random(len(gaps)) < 0.03] += 1 / self.fps  # a frame that was dropped
        self.times = np.cumsum(gaps)
        self.times = self.times[self.times < self.seconds]
        count = len(self.times)
        self.head, self.place = np.zeros((count, 3)), np.tile([0.0, 0.0, 0.65], (count, 1))
        self.eyes = np.zeros((count, 2))
        self.weights = np.tile(self.draw.uniform(0, 0.12, len(AT)), (count, 1))
        self.hands: list[tuple[Hand, ...]] = [()] * count
        self.hidden: set[int] = set()
        """Frames without the face, and..."""
        self.gone: set[int] = set()
        """...those without anybody."""
        self._live()

    def frames(self) -> Iterator[tuple[Observation, float]]:
        """The track as a tracker gives it."""
        turned = self.head + self.draw.normal(0, 0.4, self.head.shape)
        placed = self.place + self.draw.normal(0, 0.003, self.place.shape)
        shown = self.weights + self.draw.normal(0, 0.015, self.weights.shape)
        look = self.eyes + self.draw.normal(0, 1.5, self.eyes.shape)
        for side, out, in_ in (("Left", 1, -1), ("Right", -1, 1)):
            shown[:, AT[f"eyeLookOut{side}"]] = np.maximum(out * look[:, 0], 0) / FULL
            shown[:, AT[f"eyeLookIn{side}"]] = np.maximum(in_ * look[:, 0], 0) / FULL
            shown[:, AT[f"eyeLookUp{side}"]] = np.maximum(look[:, 1], 0) / FULL
            shown[:, AT[f"eyeLookDown{side}"]] = np.maximum(-look[:, 1], 0) / FULL
        shown = np.clip(shown, 0, 1).astype(np.float32)
        for row, now in enumerate(self.times):
            yaw, pitch, roll = map(float, turned[row])
            x, y, z = map(float, placed[row])
            found = body(self, row) if self.hidden or self.gone else None
            if row in self.hidden or row in self.gone:
                yield Observation(False, hands=None if found is not None else (), body=found), float(now)
                continue
            head = Head(yaw, pitch, roll, (x, y, z))
            yield Observation(True, shown[row], head, self.hands[row], found), float(now)

    def happens(self, kind: str, what: str, begin: float, end: float) -> None:
        """This is true from then to then."""
        self.truths.append(Truth(kind, what, begin, end))

    def add(self, name: str, values: NDArray[np.float64]) -> None:
        """Add to both sides of a weight, or to the one there is."""
        for column in {name, f"{name}Left", f"{name}Right"} & AT.keys():
            self.weights[:, AT[column]] += values

    def nod(self, at: float) -> None:
        """Once, or to and fro for a while; the eyes stay on whom it is for."""
        once = self.draw.random() < 0.4
        cycles = 1 if once else int(self.draw.integers(2, 5))
        size, rate = (
            self.draw.uniform(9, 20) if once else self.draw.uniform(7, 18),
            self.draw.uniform(1.2, 3.0),
        )
        turn = self._swing(at, cycles / rate, lambda t: -size / 2 * (1 - np.cos(2 * np.pi * rate * t)))
        self.head[:, 1] += turn
        self.eyes[:, 1] -= turn
        self.truths.append(Truth("gesture", "nod", at, at + cycles / rate))

    def shake(self, at: float) -> None:
        """From side to side."""
        cycles, rate = int(self.draw.integers(2, 5)), self.draw.uniform(1.2, 3.0)
        size = self.draw.uniform(12, 40)
        turn = self._swing(at, cycles / rate, lambda t: size / 2 * np.sin(2 * np.pi * rate * t))
        self.head[:, 0] += turn
        self.eyes[:, 0] -= turn
        self.truths.append(Truth("gesture", "shake", at, at + cycles / rate))

    def smile(self, at: float) -> None:
        """For a second or a few."""
        size, lasts = self.draw.uniform(0.5, 0.9), self.draw.uniform(1.0, 3.0)
        shape = self.hold(at, lasts, self.draw.uniform(0.2, 0.5))
        self.add("mouthSmile", size * shape)
        self.add("cheekSquint", 0.4 * size * shape)
        self.truths.append(Truth("expression", "joy", at, at + lasts + 0.5))

    def look(self, target: str, at: float, lasts: float, *, meant: bool = True) -> None:
        """At a thing and back, with eyes and head in one of many shares."""
        x, y, z = PLACES[target]
        yaw, pitch = np.degrees(np.arctan2(-x, 0.65 - z)), np.degrees(np.arctan2(y, 0.65 - z))
        self.turn(at, lasts, float(yaw), float(pitch))
        if meant:
            self.truths.append(Truth("gaze", target, at, at + lasts))
            self.truths.append(Truth("gaze", "mara", at + lasts, at + lasts + 1.0))

    def turn(self, at: float, lasts: float, yaw: float, pitch: float) -> None:
        """Look that many degrees aside for a while."""
        share = self.draw.uniform(0.2, 0.8)
        jump = self.hold(at, lasts, 0.06)
        follows = self.hold(at + 0.05, lasts, self.draw.uniform(0.2, 0.4))
        for axis, angle in enumerate((yaw, pitch)):
            self.head[:, axis] += share * angle * follows
            self.eyes[:, axis] += angle * jump - share * angle * follows

    def talk(self, at: float, lasts: float) -> None:
        """Mouth, brows and head of somebody who speaks."""
        on, rate = self.hold(at, lasts, 0.1), self.draw.uniform(4, 6)
        beat, size = self.draw.uniform(0.8, 2.5), self.draw.uniform(0.5, 1.5)
        wave = np.sin(2 * np.pi * rate * self.times + self.draw.uniform(0, 6))
        self.add("jawOpen", on * (0.2 + 0.18 * wave))
        self.add("mouthFunnel", on * (0.15 + 0.15 * np.sin(2 * np.pi * rate / 2.3 * self.times)))
        self.add("mouthStretch", on * 0.12)
        self.add("mouthSmile", on * self.draw.uniform(0, 0.12))
        brows = self.hold(at + self.draw.uniform(0, lasts), 0.5, 0.15) * self.draw.uniform(0, 0.4)
        self.add("browInnerUp", brows)
        self.add("browOuterUp", brows)
        self.head[:, 1] += on * size * np.sin(2 * np.pi * beat * self.times)
        self.head[:, 0] += on * size * np.sin(2 * np.pi * beat / 1.7 * self.times)

    def _live(self) -> None:
        """Sway and blink."""
        for column, much in ((self.head, 1.5), (self.place, 0.01)):
            drift = self.draw.normal(0, 1, column.shape)
            share = np.diff(self.times, prepend=0)[:, None] / 2.0
            for row in range(1, len(drift)):
                drift[row] = drift[row - 1] * (1 - share[row]) + drift[row] * np.sqrt(2 * share[row])
            column += much * drift
        at = 0.0
        while (at := at + self.draw.uniform(2, 6)) < self.seconds:
            blink = self.hold(at, 0.12, 0.06)
            self.add("eyeBlink", 0.9 * blink)
            self.eyes[:, 1] -= 8 * blink  # lids drag the eyes' weights down

    def hold(self, at: float, lasts: float, rise: float) -> NDArray[np.float64]:
        """Up to 1 within `rise` seconds, and down again after it has lasted."""
        up, down = (self.times - at) / rise, (at + lasts + rise - self.times) / rise
        edge = np.clip(np.minimum(up, down), 0, 1)
        smooth: NDArray[np.float64] = edge * edge * (3 - 2 * edge)
        return smooth

    def _swing(
        self, at: float, lasts: float, shape: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        inside = (self.times >= at) & (self.times <= at + lasts)
        return np.where(inside, shape(self.times - at), 0.0)


def scripted(seed: int, kind: str, count: int = 12, fps: float = 15.0) -> Player:
    """Somebody who does one thing again and again, every five to seven seconds, and speaks now and then.

    Who leans in does so more seldom: how one sits is what one does most of the time.
    """
    every = 20.0 if kind == "lean" else 6.0
    player = Player(seed, 4 + every * count, fps)
    player.place[:, 2] += 0.15 * (kind == "lean")  # nobody is too near to anybody
    for number in range(count):
        at = 4 + every * number + player.draw.uniform(0, 1)
        if kind == "gaze":
            target = ("cup", "door")[int(player.draw.integers(2))]
            player.look(target, at, player.draw.uniform(1.0, 2.5))
        elif kind in deeds():
            deeds()[kind](player, at)
        else:
            getattr(player, kind)(at)
        if player.draw.random() < 0.5:
            player.talk(at + 3.5, 1.5)
    return player


def neutral(seed: int, seconds: float, fps: float = 15.0) -> Player:
    """Somebody who speaks, looks about, at the keyboard and back, and means nothing by it."""
    player = Player(seed, seconds, fps)
    at = 3.0
    while (at := at + player.draw.uniform(0.5, 4)) < seconds - 8:
        lasts = player.draw.uniform(0.3, 3)
        match int(player.draw.integers(4)):
            case 0:
                player.turn(
                    at, lasts, player.draw.uniform(-45, 45), player.draw.uniform(24, 32)
                )  # over the things
            case 1:
                player.turn(at, lasts, player.draw.uniform(-10, 10), player.draw.uniform(-35, -20))
            case 2:
                lasts = player.draw.uniform(2, 6)
                player.talk(at, lasts)
            case _:
                shift = player.hold(at, player.draw.uniform(2, 8), player.draw.uniform(0.6, 1.5))
                player.place += shift[:, None] * player.draw.normal(0, 0.03, 3)
        at += lasts
    return player
