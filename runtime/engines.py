"""The engines of a server, loaded once and shared by all sessions."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import Any

from runtime import lore
from runtime.character import Character
from runtime.config import Settings
from runtime.ears import TurnSettings
from runtime.ears.listen import Ears
from runtime.ears.vad import Vad
from runtime.face import FaceEngine
from runtime.flow import Worker
from runtime.language.interpreter import Interpreters, interpreters
from runtime.language.told import has_words, told_in
from runtime.lore import Lore
from runtime.mind import Mind
from runtime.mind.fallback import Fallback
from runtime.mind.prompt import opening
from runtime.models import find
from runtime.registry import STAGES, BadSettings, Choice, Context, Stage
from runtime.routing import MindRouter, VoiceRouter, own_mind, own_voice
from runtime.safety import SafetySettings
from runtime.safety.manners import Checks
from runtime.voice import VoiceEngine
from runtime.voice.cached import Cached

Report = Callable[[str, float], None]
"""Told the name of a step and its seconds when it is done."""

VAD = "silero-vad-v6"
"""Hears that somebody speaks, whatever hears the words."""

STEPS = ("ears: turns", "ears: words", "mind", "voice", "face", "knowledge", "characters")
"""What loading reports, for a progress bar; besides, engines that single characters have of their own."""

_STEP: Mapping[Stage, str] = {"ears": "ears: words", "mind": "mind", "voice": "voice", "face": "face"}

Key = tuple[Any, ...]
"""One engine to be opened: its stage and `Choice.key`."""


@dataclass(frozen=True)
class Engines:
    """One of each, holding weights and nothing of any session."""

    ears: Ears
    mind: Mind
    voice: VoiceEngine
    face: FaceEngine
    workers: Mapping[str, Worker]
    """Their threads by name, for whoever watches how many calls wait."""
    lore: Lore = field(default_factory=Lore)
    """What characters know and remember."""
    checks: Checks = field(default_factory=lambda: Checks(SafetySettings()))
    """What they may hear and say."""
    watermarked: bool = False
    """Whether all speech bears the watermark."""
    languages: tuple[str, ...] = ()
    """Those that players may speak (BCP 47), the usual one first; none where each character has its own."""
    interpreters: Interpreters | None = None
    """Who carries the meaning across where a character has no words of a language; None for nobody."""
    failures: Counter[str] = field(default_factory=Counter)
    """How often a mind with a fall-back failed `before` its first word or `midway`, or `both` did."""

    @property
    def delay(self) -> float:
        """Seconds that urgent calls waited for the worst of the models of late, on average."""
        return max((worker.delay for worker in self.workers.values()), default=0.0)

    def close(self) -> None:
        """Let go of models and threads."""
        for engine in (self.ears, self.mind, self.voice, self.face):
            engine.close()


@dataclass(frozen=True)
class Casting:
    """Which engine serves whom: `stages` everybody, `minds` characters by their ids, `voices` by id and
    language."""

    stages: Mapping[Stage, Choice]
    minds: Mapping[str, Choice]
    voices: Mapping[str, Choice]

    @classmethod
    def of(cls, settings: Settings, characters: Mapping[str, Character]) -> Casting:
        """As settings and characters want it. Raises BadSettings."""
        return cls(
            {stage: settings.engine(stage) for stage in STAGES},
            {npc.id: own for npc in characters.values() if (own := own_mind(npc))},
            {
                npc.id if tag == npc.speaks else f"{npc.id} ({tag})": own
                for npc in characters.values()
                for tag in (npc.speaks, *npc.language)
                if (own := own_voice(told_in(npc, tag)))
            },
        )

    def distinct(self) -> dict[Key, tuple[str, Choice]]:
        """Every engine to be opened, once, with the name of its step."""
        wanted: dict[Key, tuple[str, Choice]] = {
            (stage, *each.key): (_STEP[stage], each) for stage, each in self.stages.items()
        }
        for npc, each in [*self.minds.items(), *self.voices.items()]:
            stage = each.card.stage
            wanted.setdefault((stage, *each.key), (f"{stage}: {each.card.name} of {npc}", each))
        return wanted

    def served(self, key: Key, characters: Mapping[str, Character]) -> list[Character]:
        """The characters for whom a mind answers."""
        return [
            npc
            for npc in characters.values()
            if ("mind", *self.minds.get(npc.id, self.stages["mind"]).key) == key
        ]


async def load(settings: Settings, characters: Mapping[str, Character], report: Report) -> Engines:
    """Load every model, side by side, and warm it.

    Raises BadSettings, MissingModel, or what an engine raises; nothing stays open then.
    """
    casting = Casting.of(settings, characters)
    wanted = casting.distinct()
    failures: Counter[str] = Counter()
    calls: dict[Any, tuple[str, Callable[[], Any]]] = {
        key: (step, partial(_open, choice, _context(settings, casting.served(key, characters)), failures))
        for key, (step, choice) in wanted.items()
    }
    calls["vad"] = "ears: turns", lambda: Vad(find(VAD, settings.models))
    calls["lore"] = "knowledge", lambda: lore.load(settings.characters_folder, settings.memory)
    opened = await _side_by_side(calls, report)
    ears, mind, voice, face = (opened[stage, *casting.stages[stage].key] for stage in STAGES)
    if casting.minds:
        mind = MindRouter(mind, {npc: opened["mind", *own.key] for npc, own in casting.minds.items()})
    if casting.voices:
        voice = VoiceRouter(voice, {own.key: opened["voice", *own.key] for own in casting.voices.values()})
    if settings.watermark:
        voice = _marked(voice)
    known: Lore = opened["lore"]
    workers: dict[str, Worker] = {}
    for key, (step, _) in wanted.items():
        workers |= _workers(step.removesuffix(": words"), opened[key])
    engines = Engines(
        ears=Ears(opened["vad"], ears, TurnSettings(silence=settings.silence)),
        mind=mind,
        voice=voice,
        face=face,
        lore=known,
        checks=Checks(settings.safety, known.embedder),
        workers=workers | {"recall": known.worker},
        watermarked=settings.watermark,
        languages=tuple(settings.languages),
        interpreters=interpreters(mind, _names(characters)) if settings.interpret else None,
        failures=failures,
    )
    try:
        await _warm(engines, characters, report)
    except BaseException:
        await known.close()
        engines.close()
        raise
    return engines


def minds(settings: Settings, characters: Mapping[str, Character]) -> Mind:
    """The minds of a server, and nothing else of it. Raises BadSettings, or what an engine raises."""
    casting = Casting.of(settings, characters)
    opened: dict[Key, Mind] = {}
    try:
        for key, (_, choice) in casting.distinct().items():
            if choice.card.stage == "mind" and casting.served(key, characters):
                opened[key] = _open(choice, _context(settings, casting.served(key, characters)), Counter())
    except BaseException:
        for mind in opened.values():
            mind.close()
        raise
    own = {npc: opened["mind", *choice.key] for npc, choice in casting.minds.items()}
    default = opened.get(("mind", *casting.stages["mind"].key)) or next(iter(opened.values()))
    return MindRouter(default, own) if own else default


async def _warm(engines: Engines, characters: Mapping[str, Character], report: Report) -> None:
    """Have every mind read its characters ahead."""
    started = time.perf_counter()
    for character in characters.values():
        for tag in engines.languages or (character.speaks,):
            if not engines.interpreters or has_words(character, tag):
                await engines.mind.warm(opening(told_in(character, tag)))
    report("characters", time.perf_counter() - started)


def _names(characters: Mapping[str, Character]) -> list[str]:
    """Of all characters, in all their languages."""
    told = (texts.name for npc in characters.values() for texts in npc.language.values())
    return list(dict.fromkeys(name for name in (*(npc.name for npc in characters.values()), *told) if name))


def _context(settings: Settings, served: list[Character]) -> Context:
    adapters = {npc.id: Path(npc.adapter) for npc in served if npc.adapter}
    return Context(settings.models, settings.threads, settings.slots, adapters)


def _open(choice: Choice, context: Context, failures: Counter[str]) -> Any:
    """Open an engine, and, where there is one, the mind that answers when it fails."""
    engine = choice.open(context)
    if choice.fallback is None:
        return engine
    try:
        other = choice.fallback.open(context)
    except BaseException:
        engine.close()
        raise
    return Fallback(engine, other, lambda failure: failures.update([failure]))


def _marked(voice: VoiceEngine) -> VoiceEngine:
    """A voice that bears the watermark. Raises BadSettings."""
    from runtime.provenance.marked import Marked  # of an extra
    from runtime.provenance.watermark import MissingWatermark

    try:
        return Cached(Marked(voice))
    except MissingWatermark as error:
        raise BadSettings(f"watermark: {error}") from error


def _workers(step: str, engine: Any) -> dict[str, Worker]:
    """Its threads, by name; none where the work is done elsewhere."""
    parts = {step: engine}
    if isinstance(engine, Fallback):
        parts = {step: engine.mind, f"{step}: fall-back": engine.other}
    found = {name: getattr(part, "worker", None) for name, part in parts.items()}
    return {name: worker for name, worker in found.items() if isinstance(worker, Worker)}


async def _side_by_side(calls: Mapping[Any, tuple[str, Callable[[], Any]]], report: Report) -> dict[Any, Any]:
    """Make every call in a thread. If one fails, what the others opened is closed and its error raised."""

    async def step(name: str, call: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = await asyncio.to_thread(call)
        report(name, time.perf_counter() - started)
        return result

    results = await asyncio.gather(*(step(*call) for call in calls.values()), return_exceptions=True)
    failed = [result for result in results if isinstance(result, BaseException)]
    if failed:
        for result in results:
            if hasattr(result, "close") and isawaitable(closing := result.close()):
                await closing
        raise failed[0]
    return dict(zip(calls, results, strict=True))
