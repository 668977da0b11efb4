"""The ears of a session: one channel of audio, key presses and finished recognitions in, hearings out."""

from __future__ import annotations

import asyncio

from runtime.ears import Hearing, MicIn, Recognised, Recogniser, TurnSettings
from runtime.ears.listener import Listener
from runtime.ears.utterance import Work
from runtime.ears.vad import Vad
from runtime.flow import Channel, Stream
from runtime.language.hints import Hints
from runtime.types import Transcript


class Ears:
    """The engines of hearing. Holds weights only; what belongs to a session lives in `listen`."""

    def __init__(self, vad: Vad, recogniser: Recogniser, settings: TurnSettings | None = None) -> None:
        self._vad, self._recogniser = vad, recogniser
        self._settings = settings or TurnSettings()

    async def listen(self, inbox: Channel[MicIn], rate: int, echo_cancelled: bool) -> Stream[Hearing]:
        """Everything heard through a microphone of `rate` hertz, until `inbox` is closed.

        Without `echo_cancelled` more is asked of a voice while the character is audible at the player's.
        At most one recognition is under way, and none once the stream is closed (`contextlib.aclosing`).
        A turn that is open when the channel closes has no end. Raises ValueError for a rate outside
        8000 to 96000.
        """
        loop = asyncio.get_running_loop()
        listener = Listener(self._vad, self._settings, rate, echo_cancelled)
        recognition: asyncio.Task[Transcript] | None = None
        try:
            async for item in inbox.stream():
                hearings = list(listener.take(item, loop.time()))
                # Before anyone is told: a slow reader must not hold up the words.
                if (work := listener.wanted(loop.time())) is not None:
                    if recognition is not None:
                        recognition.cancel()
                    recognition = self._begin(work, listener.hints, inbox)
                for hearing in hearings:
                    yield hearing
        finally:
            if recognition is not None:
                recognition.cancel()

    def close(self) -> None:
        """Let the recogniser's threads end."""
        self._recogniser.close()

    def _begin(self, work: Work, hints: Hints, inbox: Channel[MicIn]) -> asyncio.Task[Transcript]:
        async def recognise() -> Transcript:
            return await self._recogniser(work.audio(), final=work.final, hints=hints)

        def report(task: asyncio.Task[Transcript]) -> None:
            if not task.cancelled():
                inbox.post(Recognised(work.number, task.exception() or task.result()))

        task = asyncio.create_task(recognise(), name=f"recognition {work.number}")
        task.add_done_callback(report)
        return task
