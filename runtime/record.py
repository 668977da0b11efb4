"""Record a session: every message as a line of JSON with its time, every sound as a WAV file."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
import soundfile as sf

from runtime.protocol import media
from runtime.protocol.messages import FromClient, FromServer

EVENTS = "events.jsonl"
MICROPHONE = "microphone.wav"


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of events.jsonl."""

    t: float
    """Seconds since the session began."""
    got: dict[str, object] | None = None
    """A message of the client."""
    sent: dict[str, object] | None = None
    """A message of the server."""
    microphone: tuple[int, int, int] | None = None
    """A microphone packet: first sample in microphone.wav, samples, flags."""
    media: tuple[int, int, int, int] | None = None
    """A packet sent: kind, reply, time, samples or frames."""


class Recorder:
    """Writes `folder` as the session goes: events.jsonl, microphone.wav, reply-N.wav."""

    def __init__(self, folder: Path, rate_in: int, rate_out: int) -> None:
        folder.mkdir(parents=True)
        self._folder, self._rate_in, self._rate_out = folder, rate_in, rate_out
        self._started = time.monotonic()
        self._events = (folder / EVENTS).open("wb")
        self._sounds: dict[str, sf.SoundFile] = {}

    def received(self, item: FromClient | media.Packet) -> None:
        """Note what the client sent. The player's face and what their camera shows are never kept."""
        if not isinstance(item, media.Packet):
            self._write(got=msgspec.to_builtins(item))
        elif item.kind == media.MICROPHONE:
            sound = self._sound(MICROPHONE, self._rate_in)
            self._write(microphone=(sound.tell(), len(item.payload) // 2, item.flags))
            sound.buffer_write(bytes(item.payload), "int16")

    def sent(self, message: FromServer | bytes) -> None:
        """Note what the client is sent."""
        if not isinstance(message, bytes):
            self._write(sent=msgspec.to_builtins(message))
            return
        packet = media.unpack(message)
        size = packet.count if packet.kind == media.FACE else len(packet.payload) // 2
        self._write(media=(packet.kind, packet.reply, packet.time, size))
        if packet.kind == media.VOICE:
            self._sound(f"reply-{packet.reply}.wav", self._rate_out).buffer_write(
                bytes(packet.payload), "int16"
            )

    def _sound(self, name: str, rate: int) -> sf.SoundFile:
        if name not in self._sounds:
            for other in [other for other in self._sounds if other not in (name, MICROPHONE)]:
                self._sounds.pop(other).close()  # one reply sounds at a time: the last one is over
            self._sounds[name] = sf.SoundFile(self._folder / name, "w", rate, 1, "PCM_16")
        return self._sounds[name]

    def _write(self, **event: object) -> None:
        line = Event(t=round(time.monotonic() - self._started, 4), **event)  # type: ignore[arg-type]
        self._events.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Finish every file, also where one cannot be finished."""
        with ExitStack() as files:
            files.callback(self._events.close)
            for sound in self._sounds.values():
                files.callback(sound.close)
