"""A voice bot with Pipecat: /shipped with its own defaults, /tuned as fast as its settings allow.

    python serve.py --port 8766 --persona persona.json

Both share the models and this process. Ends when its standard input does: no bot outlives its benchmark.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from typing import Any

import uvicorn
from engines import CORES, Engines, HibariService, SharedWhisper
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner


async def talk(socket: WebSocket, tuned: bool, engines: Engines, persona: dict[str, Any]) -> None:
    """One session, until the client leaves."""
    transport = FastAPIWebsocketTransport(
        socket,
        FastAPIWebsocketParams(
            audio_in_enabled=True, audio_out_enabled=True, serializer=ProtobufFrameSerializer()
        ),
    )
    system, *examples = persona["messages"]
    mind = OpenAILLMService(
        api_key="none",
        base_url=f"{engines.mind.listening_address}/v1",
        settings=OpenAILLMService.Settings(
            model="smollm2", system_instruction=system["content"], **persona["sampling"]
        ),
    )
    # The least silence Pipecat can be set to: its detector's own 0.2 s, and no wait after it.
    quick = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)])
    user, bot = LLMContextAggregatorPair(
        LLMContext(list(examples)),
        user_params=LLMUserAggregatorParams(
            vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=quick if tuned else UserTurnStrategies()
        ),
    )
    ears = SharedWhisper(engines.short if tuned else engines.stock)
    voice = HibariService(engines.hibari) if tuned else engines.piper()
    worker = PipelineWorker(
        Pipeline([transport.input(), ears, user, mind, voice, transport.output(), bot]),
        params=PipelineParams(audio_in_sample_rate=16000, audio_out_sample_rate=24000 if tuned else 22050),
        cancel_runner_on_idle_timeout=False,
    )

    @transport.event_handler("on_client_disconnected")
    async def leave(*_: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def application(engines: Engines, persona: dict[str, Any]) -> FastAPI:
    """Both bots and /readyz."""
    app = FastAPI()

    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.websocket("/{variant}")
    async def session(socket: WebSocket, variant: str) -> None:
        await socket.accept()
        await talk(socket, variant == "tuned", engines, persona)

    return app


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Load, warm, serve."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--port", type=int, required=True)
    flags.add_argument("--persona", required=True, help="JSON: messages, sampling, adapter")
    flags.add_argument("--slots", type=int, default=4, help="replies thought at the same time")
    flags.add_argument("--threads", type=int, default=max(1, CORES // 2), help="of the language model")
    flags.add_argument("--log-level", default="ERROR")
    given = flags.parse_args()
    logger.remove()
    logger.add(sys.stderr, level=given.log_level)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open(given.persona) as file:
        persona = json.load(file)
    engines = Engines(persona, given.slots, given.threads)
    uvicorn.run(application(engines, persona), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
