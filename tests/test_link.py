"""The way to a client, and what of it is recorded."""

from __future__ import annotations

import errno
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.link import Link
from runtime.metrics import Metrics
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.wire import Wire, encode
from runtime.record import EVENTS, MICROPHONE, Event, Recorder
from runtime.replay import read
from runtime.types import Samples

HELLO = m.Hello(protocol=m.PROTOCOL)
SOUND = media.microphone(0, np.full(320, 0.5, np.float32))


class Client:
    """Sends what it is made with, and takes everything."""

    def __init__(self, *sends: str | bytes) -> None:
        self._sends = list(sends)

    async def recv(self) -> str | bytes:
        return self._sends.pop(0)

    async def send(self, message: str | bytes) -> None:
        pass

    async def close(self, code: int = 1000, reason: str = "") -> None:
        pass


def link(*sends: str | bytes) -> Link:
    wire = Wire()
    wire.receive(encode(HELLO))
    return Link(Client(*sends), wire, Metrics(), "s1", lambda: None)


def only(folder: Path) -> tuple[list[Event], Samples]:
    """The recording in `folder`, which is all there is."""
    (made,) = folder.iterdir()
    assert sorted(file.name for file in made.iterdir()) == [EVENTS, MICROPHONE]
    return read(made)


async def test_words_and_sound_are_recorded_and_faces_are_not(tmp_path: Path) -> None:
    face = media.face(0, 0, np.full((1, 52), 0.5, np.float32), "u8")
    picture = media.camera(b"\xff\xd8\xff and so on")
    to = link(picture, SOUND, face, encode(m.Say(text="Hello.")))
    to.record(tmp_path, HELLO)
    for _ in range(4):
        await to.receive()
    to.close()
    events, microphone = only(tmp_path)
    assert len(microphone) == 320
    assert [event.got and event.got["type"] for event in events] == ["hello", None, "say"]


async def test_a_full_disk_ends_the_recording_and_not_the_talk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    to = link(SOUND, SOUND, encode(m.Say(text="Hello.")))
    to.record(tmp_path, HELLO)
    await to.receive()
    recorder: Any = to._recorder
    monkeypatch.setattr(Recorder, "_write", full)
    with caplog.at_level(logging.WARNING):
        await to.receive()
    assert "not recorded any further: [Errno 28]" in caplog.text
    assert recorder._events.closed
    assert isinstance(await to.receive(), m.Say)
    to.close()


async def test_where_nothing_can_be_recorded_the_talk_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    to = link(SOUND)
    with caplog.at_level(logging.WARNING):
        to.record(taken, HELLO)
    assert "session s1 is not recorded" in caplog.text
    await to.receive()
    to.close()
