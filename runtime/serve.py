"""From settings to a server that talks: load, open, wait for the end, drain."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from runtime import character, engines
from runtime.config import Settings
from runtime.gateway.server import Gateway

console = Console(stderr=True)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway whose models are warm. Raises BadCharacter, MissingModel, OSError for a port in use."""
    characters = character.load_all(settings.characters_folder)
    async with Gateway(settings, characters) as gateway:
        with _progress() as progress:
            bar = progress.add_task("loading the models", total=len(engines.STEPS))

            def report(step: str, seconds: float) -> None:
                progress.console.print(f"  [green]✓[/] {step} [dim]{seconds:.1f} s[/]")
                progress.advance(bar)

            loaded = await engines.load(settings, characters, report)
        watching = asyncio.create_task(loaded.lore.watch())
        try:
            gateway.open(loaded)
            yield gateway
        finally:
            watching.cancel()
            await gateway.drain()
            await loaded.lore.close()
            loaded.close()


async def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or a TERM signal."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(console=console)])
    logging.getLogger("websockets").setLevel(logging.WARNING)  # it logs every connection that comes and goes
    started = time.perf_counter()
    stopped = _stop_signal()
    async with serving(settings) as gateway:
        host, port = gateway.address
        shown = "localhost" if host in ("127.0.0.1", "::1", "0.0.0.0", "::") else host
        names = ", ".join(c.name for c in gateway.characters.values())
        console.print(f"\n[bold]{names}[/] are here after {time.perf_counter() - started:.1f} s.")
        console.print(f"Talk to them at [bold cyan]http://{shown}:{port}/[/]   (Ctrl-C ends)\n")
        await stopped.wait()
        _deaf()
        console.print("Closing.")


def _stop_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows' loop has no such thing
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    return stopped


def _deaf() -> None:
    """Take no more signals: a terminal sends Ctrl-C to `uv run` and to us, and uv passes its own on."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
