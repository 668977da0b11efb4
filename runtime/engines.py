"""The engines of a server, loaded once and shared by all sessions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from runtime import lore
from runtime.character import Character
from runtime.config import AUDIO2FACE, BadSettings, Settings
from runtime.ears import TurnSettings
from runtime.ears.listen import Ears
from runtime.ears.vad import Vad
from runtime.ears.whisper import Whisper
from runtime.face import FaceEngine
from runtime.face.animation import Animation
from runtime.face.network import Network
from runtime.flow import Worker
from runtime.lore import Lore
from runtime.mind import Mind
from runtime.mind.llama import Llama
from runtime.mind.prompt import opening
from runtime.models import find
from runtime.safety import SafetySettings
from runtime.safety.manners import Checks
from runtime.voice import VoiceEngine
from runtime.voice.hibari import HibariVoice

T = TypeVar("T")
Report = Callable[[str, float], None]
"""Told the name of a step and its seconds when it is done."""

MODELS = ("silero-vad-v6", "whisper-tiny.en", "smollm2-135m-instruct", "hibari-heart")
"""The embedded ones, by their names in assets/models.toml."""

STEPS = ("ears: turns", "ears: words", "mind", "voice", "face", "knowledge", "characters")
"""What loading reports, for a progress bar."""


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

    @property
    def delay(self) -> float:
        """Seconds that urgent calls waited for the worst of the models of late, on average."""
        return max((worker.delay for worker in self.workers.values()), default=0.0)

    def close(self) -> None:
        """Let go of models and threads."""
        for engine in (self.ears, self.mind, self.voice, self.face):
            engine.close()


async def load(settings: Settings, characters: Mapping[str, Character], report: Report) -> Engines:
    """Load every model, side by side, and warm it. Raises MissingModel, or what an engine raises."""

    async def step(name: str, call: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = await asyncio.to_thread(call)
        report(name, time.perf_counter() - started)
        return result

    adapters = {npc.id: Path(npc.adapter) for npc in characters.values() if npc.adapter}
    silero, whisper, llm, tts = (find(name, settings.models) for name in MODELS)
    async with asyncio.TaskGroup() as tasks:
        vad = tasks.create_task(step("ears: turns", lambda: Vad(silero)))
        words = tasks.create_task(step("ears: words", lambda: Whisper(whisper, settings.threads)))
        mind = tasks.create_task(
            step("mind", lambda: Llama(llm, settings.slots, settings.threads or None, adapters))
        )
        voice = tasks.create_task(step("voice", lambda: HibariVoice({"heart": tts})))
        face = tasks.create_task(step("face", lambda: _face(settings)))
        known = tasks.create_task(
            step("knowledge", lambda: lore.load(settings.characters_folder, settings.memory))
        )
    started = time.perf_counter()
    for character in characters.values():
        await mind.result().warm(opening(character))
    report("characters", time.perf_counter() - started)
    return Engines(
        ears=Ears(vad.result(), words.result(), TurnSettings(silence=settings.silence)),
        mind=mind.result(),
        voice=voice.result(),
        face=face.result(),
        lore=known.result(),
        checks=Checks(settings.safety, known.result().embedder),
        workers={
            "ears": words.result().worker,
            "mind": mind.result().worker,
            "voice": voice.result().worker,
            "face": face.result().worker,
            "recall": known.result().worker,
        },
    )


def _face(settings: Settings) -> Animation:
    """The embedded network moves mouths, or NVIDIA's weights do if there are any. Raises BadSettings."""
    if not settings.face:
        return Animation(Network())
    from runtime.face.audio2face import BadModel, load  # takes long to import, and is rarely wanted

    try:
        engine = load(Path(settings.face.removeprefix(AUDIO2FACE)), threads=settings.threads)
    except BadModel as error:
        raise BadSettings(f"face: {error}") from error
    return Animation(engine)
