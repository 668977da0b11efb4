"""One real server for all tests that need one: real models, real websockets, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.config import Settings
from runtime.gateway.server import Gateway
from runtime.serve import serving

QUICK = 600.0
"""A lead of ten minutes: nobody listens, so replies come as fast as they are made."""

PATIENT = 10.0
"""Delay of models that is borne: replies that are made as fast as can be are no load to measure by."""


@dataclass
class Running:
    """Two gateways over the same engines: one sends replies at once, one in their own time."""

    quick: str
    paced: str
    http: str
    paced_http: str
    gateway: Gateway
    loop: asyncio.AbstractEventLoop
    recordings: Path

    def tasks(self) -> int:
        """Tasks of the server's loop."""
        return len(asyncio.all_tasks(self.loop))

    def sessions(self) -> int:
        """Sessions that are open."""
        return len(self.gateway._sessions)


@contextmanager
def running(recordings: Path) -> Iterator[Running]:
    """The server, ready."""
    box: list[Running | BaseException] = []
    ready, over = threading.Event(), threading.Event()

    async def main() -> None:
        settings = Settings(port=0, lead=QUICK, delay=PATIENT, record=str(recordings))
        async with (
            serving(settings) as quick,
            Gateway(Settings(port=0, delay=PATIENT), quick.characters) as paced,
        ):
            paced.open(quick.engines)
            loop = asyncio.get_running_loop()
            ports = quick.address[1], paced.address[1]
            ws = [f"ws://127.0.0.1:{port}/ws" for port in ports]
            http = [f"http://127.0.0.1:{port}" for port in ports]
            box.append(Running(*ws, *http, quick, loop, recordings))
            ready.set()
            await asyncio.to_thread(over.wait)

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 - told to the test that waits, whatever it is
            box.append(error)
            ready.set()

    thread = threading.Thread(target=run, name="server")
    thread.start()
    ready.wait()
    if not isinstance(box[0], Running):
        raise box[0]
    yield box[0]
    over.set()
    thread.join()
    if len(box) > 1:
        raise box[1]  # type: ignore[misc]
