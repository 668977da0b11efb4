"""Does a character do what it is asked to, and nothing else? Lines of tests/data/actions.toml."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from benchmarks.report import Report
from runtime.actions.call import call
from runtime.actions.choice import Choice, valid
from runtime.actions.offer import Offer
from runtime.actions.select import Selector
from runtime.knowledge.embedding import Embedder, embedded
from runtime.protocol import messages as m
from runtime.scene.scene import Scene

FILE = Path(__file__).parents[1] / "tests" / "data" / "actions.toml"


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """One scene of the file. A request is [text, what is right] or [text, what is right, attention]."""

    npc: str
    setting: str
    entities: list[m.Entity]
    verbs: list[m.Verb]
    held_out: list[list[str]]
    held_out_idle: list[str]
    development: list[list[str]]
    development_idle: list[str]

    def around(self, attention: str | None = None) -> Scene:
        scene = Scene()
        scene.apply(m.Scene(entities=self.entities, setting=self.setting, attention=attention))
        return scene


@dataclass(slots=True)
class Score:
    """Counts over lines, and the lines that went wrong."""

    requests: int = 0
    right: int = 0
    """With the right verbs and targets, in order."""
    told: int = 0
    """Of the right: those with the parameters right as well."""
    idle: int = 0
    acted: int = 0
    """Idle lines that led to an action."""
    invalid: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """Of each line, without what the network took."""


class Timed:
    """An embedder that knows how long it worked."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self._embedder = embedder.name, embedder
        self.seconds = 0.0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        start = time.perf_counter()
        vectors = self._embedder.embed(texts)
        self.seconds += time.perf_counter() - start
        return vectors


def settings(file: Path = FILE) -> dict[str, Setting]:
    """The scenes, by name."""
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, Setting])


def score(setting: Setting, selector: Selector, held_out: bool, clock: Timed | None = None) -> Score:
    """Ask everything of one scene."""
    total = Score()
    requests = setting.held_out if held_out else setting.development
    idle = setting.held_out_idle if held_out else setting.development_idle
    for text, right, *attention in [*requests, *([line, ""] for line in idle)]:
        scene = setting.around(attention[0] if attention else None)
        start = time.perf_counter() - (clock.seconds if clock else 0)
        made = selector.select(text, scene, setting.npc)
        total.seconds.append(time.perf_counter() - (clock.seconds if clock else 0) - start)
        total.invalid += sum(not valid(choice, selector.offer, scene, setting.npc) for choice in made)
        _count(total, text, right, made)
    return total


def _count(total: Score, text: str, right: str, made: Sequence[Choice]) -> None:
    verbs, parameters = matches(made, right)
    if right:
        total.requests += 1
        total.right += verbs
        total.told += parameters
    else:
        total.idle += 1
        total.acted += bool(made)
    if not parameters:
        total.wrong.append(f"{text}  wants {right or 'none'}, gets {[shown(c) for c in made] or 'none'}")


def matches(made: Sequence[Choice], right: str) -> tuple[bool, bool]:
    """Whether verbs and targets are right and in order; and the parameters that `right` names as well."""
    wanted = [step for text in right.split(";") if text.strip() and (step := call(text.strip()))]
    if len(wanted) != len(made):
        return False, False
    pairs = list(zip(wanted, made, strict=True))
    verbs = all(w.verb == c.verb and c.target in [*(w.target or "").split("|"), w.target] for w, c in pairs)
    told = all(_same(c.parameters.get(name), value) for w, c in pairs for name, value in w.told.items())
    return verbs, verbs and told


def _same(value: object, text: str) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value == float(text)
    return str(value).casefold() == text.casefold()


def shown(choice: Choice) -> str:
    return f"{choice.verb}({choice.target}, {dict(choice.parameters)}) {choice.confidence}"


def measure() -> list[Report]:
    """Both sets, scene by scene, and what went wrong with the held-out lines."""
    model = embedded()
    if model is None:
        raise RuntimeError("the sentence model is not installed: see docs/configuration.md")
    report, wrong = Report("actions"), Report("held-out lines that went wrong")
    for name, setting in settings().items():
        clock = Timed(model)
        selector = Selector(Offer(setting.verbs), clock)
        selector.prepare()
        prepared = clock.seconds
        for held_out in (False, True):
            clock.seconds = 0.0
            found = score(setting, selector, held_out, clock)
            report.add(scene=name, lines="held out" if held_out else "development", **_row(found, clock))
            for line in found.wrong if held_out else ():
                wrong.add(scene=name, line=line)
        report.rows[-1]["prepare_s"] = report.rows[-2]["prepare_s"] = round(prepared, 2)
    return [report, wrong]


def _row(found: Score, clock: Timed) -> dict[str, float | int]:
    lines = found.requests + found.idle
    return {
        "requests": found.requests,
        "right": found.right,
        "with_parameters": found.told,
        "idle": found.idle,
        "acted": found.acted,
        "invalid": found.invalid,
        "rules_ms": round(1000 * float(np.median(found.seconds)), 2),
        "rules_ms_most": round(1000 * max(found.seconds), 2),
        "network_ms": round(1000 * clock.seconds / lines, 2),
        "prepare_s": 0.0,
    }


if __name__ == "__main__":
    for table in measure():
        table.print()
