"""The peer's process, with the character that our server has."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.peer import environment
from benchmarks.process import ServerProcess, running
from benchmarks.sides import Pipecat
from runtime import character
from runtime.config import Settings
from runtime.mind.prompt import opening, prompt
from runtime.mind.requests import AGAIN

SETTINGS = {
    "shipped": "VAD stop 0.2 s, smart-turn v3, Whisper stock (5 beams, 30 s window), Piper",
    "tuned": "VAD stop 0.2 s and no more, Whisper greedy in a short window, hibari",
}
"""The variants and what they are, for people."""
OURS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
"""What our own mind sets for its process as it is loaded; the peer's threads are as its makers left them."""


@asynccontextmanager
async def pipecat(npc: str = "innkeeper") -> AsyncIterator[ServerProcess]:
    """The bot as `npc`: same weights, adapter, prompt and sampling as our own mind has."""
    python = await environment.interpreter()
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "persona.json"
        file.write_text(json.dumps(persona(settings, npc)))
        script = environment.HERE / "bot" / "serve.py"
        flags = ("--persona", str(file), "--slots", str(settings.slots))
        plain = {name: value for name, value in os.environ.items() if name not in OURS}
        async with running(str(python), str(script), *flags, path="", environment=plain) as process:
            yield process


def side(process: ServerProcess, variant: str) -> Pipecat:
    """Sessions of one variant."""
    return Pipecat(f"{process.url}/{variant}", f"pipecat {variant}")


def persona(settings: Settings, npc: str) -> dict[str, Any]:
    """What the bot is told of the character: messages before the first turn, sampling, adapter."""
    one = character.load_all(settings.characters_folder)[npc]
    asked = prompt(one, [], "Hello.")
    return {
        "messages": [{"role": each.role, "content": each.text} for each in opening(one).prefix],
        "sampling": {
            "max_tokens": asked.max_tokens,
            "temperature": asked.temperature,
            "frequency_penalty": AGAIN,
        },
        "adapter": str(one.adapter or ""),
    }
