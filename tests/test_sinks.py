"""Faces and voices as Live Link, VMC and RTP have them, read by others than those who wrote them."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
import numpy as np
import pytest
import soundfile as sf
import soxr
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from scipy.signal import butter, sosfiltfilt
from serving import Running
from spoken import pause, say
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.report import error_rate
from runtime.bake.measure import closures, lips
from runtime.face import ARKIT, AT
from runtime.face.names import LIVE_LINK, VRM, vrm
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.sinks import device, vmc
from runtime.sinks.command import sink
from runtime.sinks.datagrams import LARGEST, address
from runtime.sinks.link import keep
from runtime.sinks.livelink import packet
from runtime.sinks.osc import message
from runtime.sinks.player import Player
from runtime.sinks.rtp import RTP
from runtime.sinks.show import FPS, MELT, NEUTRAL, RATE, SIZE, Lost, Moment, Show
from runtime.sinks.sound import SLIP, clock, paced
from runtime.types import Samples

GREETING = "Come in, love, come in. Mind the step, and mind the cat. What can I get you?"
"""The innkeeper's: lips close six times in it."""

LATENCY = m.Latency(ears=0, mind=0, voice=0, face=0, total=0)


# ---------------------------------------------------------------- readers of their own


class LiveLinkFrame(NamedTuple):
    """A packet of Live Link Face, read from the table of its format."""

    device: str
    subject: str
    frame: int
    part: float
    rate: tuple[int, int]
    values: tuple[float, ...]


def read_live_link(data: bytes) -> LiveLinkFrame:
    assert data[0] == 6, "the version"
    at, texts = 1, []
    for _ in range(2):
        size = int.from_bytes(data[at : at + 4], "big", signed=True)
        texts.append(data[at + 4 : at + 4 + size].decode())
        at += 4 + size
    frame, part, over, under, count = struct.unpack(">ifiiB", data[at : at + 17])
    assert count == 61
    return LiveLinkFrame(*texts, frame, part, (over, under), struct.unpack(">61f", data[at + 17 :]))


def read_osc(data: bytes) -> list[OscMessage]:
    """What python-osc finds in a datagram."""
    return [each for each in OscBundle(data) if isinstance(each, OscMessage)]


def read_rtp(data: bytes) -> tuple[int, int, int, Samples]:
    """Sequence, time, source and samples, by RFC 3550 and RFC 3551."""
    assert data[0] == 0x80, "version 2; no padding, extension or sources"
    assert data[1] == 96, "no marker, and the payload type of the description"
    sequence, time, source = struct.unpack(">HII", data[2:12])
    return sequence, time, source, np.frombuffer(data[12:], ">i2").astype(np.float32) / 32768


@dataclass
class Inbox(asyncio.DatagramProtocol):
    """A port of the receiver's, and the datagrams that came to it."""

    port: int = 0
    got: list[bytes] = field(default_factory=list)

    def datagram_received(self, data: bytes, _: object) -> None:
        self.got.append(data)


@asynccontextmanager
async def inbox(port: int = 0) -> AsyncIterator[Inbox]:
    loop = asyncio.get_running_loop()
    transport, box = await loop.create_datagram_endpoint(Inbox, local_addr=("127.0.0.1", port))
    box.port = transport.get_extra_info("sockname")[1]
    try:
        yield box
    finally:
        transport.close()
        await asyncio.sleep(0)  # it closes in the loop's next turn


async def until(condition: Callable[[], object], looks: int = 6000) -> None:
    """Look again and again, for a minute of this process: time in which it was stopped does not count."""
    for _ in range(looks):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


@asynccontextmanager
async def running(*args: Any, **options: Any) -> AsyncIterator[list[str]]:
    """A sink without lines to say: the character greets, and it runs on until the block ends."""
    told: list[str] = []
    task = asyncio.create_task(sink(*args, tell=told.append, **options))
    try:
        yield told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


# ---------------------------------------------------------------- formats


def a_look() -> np.ndarray:
    """Every weight and every angle different."""
    return np.concatenate([np.arange(52) / 64, [30, -20, 10, 5, -6, 7, -8]]).astype(np.float32)


def test_a_live_link_packet_says_what_the_format_asks_for() -> None:
    frame = read_live_link(packet("D" * 36, "mära", 4711, a_look()))
    assert frame[:5] == ("D" * 36, "mära", 4711, 0.0, (60, 1))
    named = dict(zip(LIVE_LINK, frame.values, strict=True))
    for number, name in enumerate(ARKIT):
        assert named[name[0].upper() + name[1:]] == number / 64
    degrees = {name: round(float(np.degrees(value)), 3) for name, value in list(named.items())[52:]}
    assert degrees == {
        **{"HeadYaw": 30, "HeadPitch": -20, "HeadRoll": 10},
        **{"LeftEyeYaw": 5, "LeftEyePitch": -6, "LeftEyeRoll": 0},
        **{"RightEyeYaw": 7, "RightEyePitch": -8, "RightEyeRoll": 0},
    }


class Wire:
    """Takes the place of a socket."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, bytes]] = []

    def send(self, data: bytes, beyond: int = 0) -> None:
        self.sent.append((beyond, data))

    def close(self) -> None: ...


@pytest.mark.parametrize("shapes", ["vrm0", "vrm1", "arkit"])
def test_vmc_is_read_by_another_implementation(shapes: vmc.Shapes) -> None:
    wire, look = Wire(), a_look()
    moment = Moment(120, np.zeros(SIZE, np.float32), {"mara": look, "odo": NEUTRAL}, False, ())
    vmc.VMC(wire, shapes).show(moment)  # type: ignore[arg-type]
    assert {beyond for beyond, _ in wire.sent} == {0, 1}, "a port for each character"
    sent = [data for beyond, data in wire.sent if beyond == 0]
    assert all(len(data) <= LARGEST for data in sent)
    assert len(sent) == (2 if shapes == "arkit" else 1)
    found = [(each.address, each.params) for data in sent for each in read_osc(data)]
    assert found[:2] == [("/VMC/Ext/OK", [1]), ("/VMC/Ext/T", [2.0])]
    assert found[-1] == ("/VMC/Ext/Blend/Apply", [])
    values = {params[0]: params[1] for where, params in found if where == "/VMC/Ext/Blend/Val"}
    assert tuple(values) == vmc.NAMES[shapes]
    want = look[:52] if shapes == "arkit" else vrm(look[None, :52])[0]
    assert np.allclose(list(values.values()), want)
    bones = [params[0] for where, params in found if where == "/VMC/Ext/Bone/Pos"]
    assert bones == (["Head"] if shapes == "arkit" else ["Head", "LeftEye", "RightEye"])


def test_the_names_of_vrm_0_are_those_of_its_specification() -> None:
    presets = (
        "Neutral A I U E O Blink Joy Angry Sorrow Fun LookUp LookDown LookLeft LookRight Blink_L Blink_R"
    )
    assert set(vmc.NAMES["vrm0"]) - {"Surprised"} == set(presets.split())
    assert vmc.NAMES["vrm1"] == VRM


def turned(quaternion: tuple[float, ...], point: tuple[float, float, float]) -> list[float]:
    """`point` turned by x, y, z, w."""
    axis, w = np.array(quaternion[:3]), quaternion[3]
    half = np.cross(axis, point) + w * np.array(point)
    return [round(float(v), 6) + 0.0 for v in point + 2 * np.cross(axis, half)]


def test_the_head_turns_where_it_should_in_unity() -> None:
    """There x is the avatar's own right, y up and z ahead."""
    ahead, right, up = (0, 0, 1), (1, 0, 0), (0, 1, 0)
    assert turned(vmc.quaternion(90, 0, 0), ahead) == [-1, 0, 0], "yaw is to its own left"
    assert turned(vmc.quaternion(0, 90, 0), ahead) == [0, 1, 0], "pitch is up"
    assert turned(vmc.quaternion(0, 0, 90), up) == [-1, 0, 0], "roll is to its left shoulder"
    assert turned(vmc.quaternion(90, 90, 0), ahead) == [0, 1, 0], "pitch comes before yaw"
    assert turned(vmc.quaternion(90, 90, 0), right) == [0, 0, 1]
    assert np.isclose(np.linalg.norm(vmc.quaternion(31, -17, 8)), 1)


def test_osc_strings_end_with_a_zero_and_on_four_bytes() -> None:
    for name in ("", "a", "abc", "abcd", "jawOpenÄ"):
        data = message("/a", name, 7, 0.5)
        assert len(data) % 4 == 0
        assert OscMessage(data).params == [name, 7, 0.5]


def test_rtp_counts_over_its_limits() -> None:
    wire = Wire()
    stream = RTP(wire)  # type: ignore[arg-type]
    stream._sequence, stream._time = 2**16 - 1, 2**32 - SIZE
    for _ in range(2):
        stream.write(np.array([1.5, -1.5] * (SIZE // 2), np.float32))
    (last, end, source, loud), (first, begin, same, _) = (read_rtp(data) for _, data in wire.sent)
    assert (last, end, first, begin, source) == (2**16 - 1, 2**32 - SIZE, 0, 0, same)
    assert loud[:2] == pytest.approx([1, -1], abs=1e-4), "too loud is clipped, not turned over"
    assert max(len(data) for _, data in wire.sent) <= LARGEST


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10.0.0.7:4000", ("10.0.0.7", 4000)),
        ("studio", ("studio", 11111)),
        (":4000", ("127.0.0.1", 4000)),
        ("[::1]:4000", ("::1", 4000)),
        ("[::1]", ("::1", 11111)),
    ],
)
def test_an_address_may_leave_things_out(text: str, found: tuple[str, int]) -> None:
    assert address(text, 11111) == found


@pytest.mark.parametrize("text", ["studio:face", "studio:0", "studio:65536"])
def test_a_wrong_address_is_told(text: str) -> None:
    with pytest.raises(OSError, match="HOST:PORT"):
        address(text, 11111)


@pytest.mark.parametrize("where", ["", "wav:", "rtp:", "loud", "rtp:host:0"])
def test_a_wrong_place_for_a_voice_is_told(where: str) -> None:
    with pytest.raises(OSError, match=f"`.*{where[4:]}` is no"):
        clock(where, print)


# ---------------------------------------------------------------- what is shown


def spoken(reply: int, seconds: float) -> list[m.FromServer | media.Packet]:
    """A reply in which sound and face count alike: the jaw of a frame is its share of the whole."""
    count = round(seconds * FPS)
    share = (np.arange(count * SIZE) / (count * SIZE)).astype(np.float32)
    weights, pose = np.zeros((count, 52), np.float32), np.zeros((count, 7), np.float32)
    weights[:, AT["jawOpen"]], pose[:, 0] = share[::SIZE], 10 * share[::SIZE]
    return [
        m.Reply(reply=reply, npc="mara"),
        media.unpack(media.face(reply, 0, weights, "f32", pose)),
        media.unpack(media.voice(reply, 0, share)),
        m.Done(reply=reply, npc="mara", text="", samples=len(share), frames=count, latency=LATENCY),
    ]


def resting(reply: int, npc: str, smile: float, seconds: float = 9.0) -> list[m.FromServer | media.Packet]:
    weights = np.zeros((round(seconds * FPS), 52), np.float32)
    weights[:, AT["mouthSmileLeft"]] = smile
    face = media.face(reply, 0, weights, "f32", np.zeros((len(weights), 7), np.float32))
    return [m.Rest(reply=reply, npc=npc), media.unpack(face)]


def moments(show: Show, count: int) -> list[Moment]:
    return [show.next() for _ in range(count)]


def column(shown: list[Moment], name: str, npc: str = "mara") -> np.ndarray:
    return np.array([moment.faces[npc][AT[name]] for moment in shown])


def test_a_face_is_that_of_the_sound_it_is_shown_with() -> None:
    show = Show(["mara"])
    for item in spoken(1, 2.0):
        show.take(item)
    shown = moments(show, 130)
    assert [moment.number for moment in shown] == list(range(130))
    heard = np.array([moment.audio[0] for moment in shown])
    assert np.allclose(column(shown, "jawOpen")[MELT:119], heard[MELT:119], atol=1e-4)
    yaw = np.array([moment.faces["mara"][52] for moment in shown])
    assert np.allclose(yaw[MELT:119], 10 * heard[MELT:119], atol=1e-3)
    states = [(report.state, report.at) for moment in shown for report in moment.reports]
    assert states[0] == ("started", 0)
    assert states[-1] == ("finished", 120 * SIZE)
    assert show.played == m.Played(reply=1, at=120 * SIZE)


def test_lives_melt_into_each_other_and_each_character_has_its_own() -> None:
    show = Show(["mara", "odo"])
    for item in [*resting(1, "mara", 0.3), *resting(2, "odo", 0.6)]:
        show.take(item)
    assert column(moments(show, MELT), "mouthSmileLeft")[-1] == pytest.approx(0.3)
    for item in spoken(3, 2.0):
        show.take(item)
    shown = moments(show, 3 * FPS)
    smile = column(shown, "mouthSmileLeft")
    assert smile[MELT:118].max() == 0, "while it speaks nothing is left of its rest"
    assert smile[-1] == pytest.approx(0.3)
    assert np.abs(np.diff(smile)).max() < 0.3 * 2 / MELT, "it jumped"
    assert np.allclose(column(shown, "mouthSmileLeft", "odo"), 0.6), "another speaks, and it rests on"
    assert column(shown, "jawOpen", "odo").max() == 0


def test_a_hold_is_silent_at_once_and_loses_nothing() -> None:
    show = Show(["mara"])
    for item in [*resting(1, "mara", 0.3), *spoken(2, 2.0)]:
        show.take(item)
    before = moments(show, 60)
    show.take(m.Hold(reply=2, npc="mara"))
    held = moments(show, 60)
    assert not any(moment.audio.any() for moment in held[1:]), "a fade, and then silence"
    assert column(held, "jawOpen")[MELT] == 0
    assert column(held, "mouthSmileLeft")[MELT] == pytest.approx(0.3), "its own rest, within 0.2 s"
    show.take(m.Release(reply=2, npc="mara"))
    after = moments(show, 80)
    heard = np.concatenate([moment.audio for moment in [*before, *held[:1], *after]])
    whole = np.arange(120 * SIZE) / (120 * SIZE)
    assert np.abs(heard[: 60 * SIZE] - whole[: 60 * SIZE]).max() < 1e-4
    gone_on = heard[61 * SIZE :]
    assert np.abs(gone_on[SIZE : 59 * SIZE] - whole[61 * SIZE : 119 * SIZE]).max() < 1e-4


def test_a_cancel_and_a_lost_network_are_silent_at_once() -> None:
    for end in (m.Cancel(reply=2, npc="mara", valid_through=0, reason="interrupted"), Lost()):
        show = Show(["mara"])
        for item in [*resting(1, "mara", 0.3), *spoken(2, 2.0)]:
            show.take(item)
        moments(show, 60)
        show.take(end)
        shown = moments(show, 60)
        assert not any(moment.audio.any() for moment in shown[1:])
        assert column(shown, "jawOpen")[MELT] == 0
        kept = 0.0 if isinstance(end, Lost) else 0.3
        assert column(shown, "mouthSmileLeft")[MELT] == pytest.approx(kept), "without a network it is neutral"
        assert show.played == m.Played(reply=2, at=60 * SIZE), "for the server to know what was heard"
        assert [report.state for report in shown[0].reports] == ["interrupted"]


def test_a_session_counts_its_replies_anew() -> None:
    show = Show(["mara"])
    for item in spoken(1, 0.5):
        show.take(item)
    moments(show, 60)
    show.take(a_ready())
    for item in spoken(1, 0.5):
        show.take(item)
    assert np.concatenate([moment.audio for moment in moments(show, 60)]).any()


def a_ready() -> m.Ready:
    npc = m.Npc(id="mara", name="Mara", description="", greeting="")
    return m.Ready(
        **{"protocol": m.PROTOCOL, "server": "", "session": "", "resume": "token", "resumed": True},
        **{"missed": [], "cast": [npc], "attending": "mara", "blendshapes": [], "audio_in": m.AudioIn()},
        **{"audio_out": m.AudioOut(), "face": m.Face(), "look_ahead": 0.1},
        limits=m.Limits(text=2000, media=262144, utterance=28.0, lead=0.3),
    )


# ---------------------------------------------------------------- clocks


@pytest.mark.virtual_time
async def test_a_clock_makes_sixty_moments_a_second_and_leaves_a_stall_out() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    show = Show(["mara"])

    class Slow:
        closed = False

        def write(self, _: Samples) -> None:
            if len(times) == 300:
                loop._jump.now += 60  # type: ignore[attr-defined]  # the machine stood still

        def close(self) -> None:
            self.closed = True

    out = Slow()
    playing = asyncio.create_task(paced(lambda: out)(show, lambda _: times.append(loop.time())))
    await asyncio.sleep(70)
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    assert np.allclose(np.diff(times[:300]), 1 / FPS)
    rush = [b - a < 0.9 / FPS for a, b in pairwise(times[301:])]
    assert sum(rush) <= SLIP * FPS + 1
    assert out.closed


async def test_a_sound_card_says_when_a_moment_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    cards: list[Any] = []

    class Stream:
        latency = 0.05

        def __init__(self, rate: int, size: int, *, callback: Any, **_: object) -> None:
            assert (rate, size) == (RATE, SIZE)
            self.callback = callback
            cards.append(self)

        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    card = SimpleNamespace(OutputStream=Stream, PortAudioError=RuntimeError)
    monkeypatch.setattr("runtime.sinks.device.sound_card", lambda: card)
    show, shown = Show(["mara"]), []
    loop = asyncio.get_running_loop()
    started = loop.time()
    playing = asyncio.create_task(
        device.play(show, lambda moment: shown.append((loop.time(), moment.number)))
    )
    await until(lambda: cards)
    for item in spoken(1, 0.5):
        show.take(item)
    out = np.zeros((SIZE, 1), np.float32)
    for ahead in (0.2, 0.0):  # the second says nothing: its latency stands in
        time = SimpleNamespace(outputBufferDacTime=100 + ahead, currentTime=100.0)
        await asyncio.to_thread(cards[0].callback, out, SIZE, time, None)
    assert out.any()
    await until(lambda: len(shown) == 2)
    assert [number for _, number in shown] == [1, 0]
    assert shown[0][0] - started >= 0.05
    assert shown[1][0] - started >= 0.2
    playing.cancel()


# ---------------------------------------------------------------- a server that misbehaves


async def test_nothing_a_server_sends_ends_a_sink() -> None:
    junk = [
        "",
        "null",
        "{}",
        '{"type":"new in version 9"}',
        '{"type":"reply"}',
        b"",
        b"\x63" * 40,
        b"\x02\0\x09\0",
    ]
    got: list[object] = []

    async def odd(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(encoded(a_ready()))
        for each in junk:
            await connection.send(each)
        await connection.send(encoded(m.Rest(reply=1, npc="mara")))
        await connection.wait_closed()

    async def talk(link: Any) -> None:
        async for item in link:
            got.append(item)  # noqa: PERF401 - one by one, as the link stays open

    async with serve(odd, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}"
        holding = asyncio.create_task(keep(url, lambda _: m.Hello(protocol=1), talk, lambda _: None))
        await until(lambda: got)
        holding.cancel()
    assert got == [m.Rest(reply=1, npc="mara")]


def encoded(message: m.FromServer) -> str:
    return msgspec.json.encode(message).decode()


@pytest.mark.virtual_time
async def test_waits_between_attempts_double() -> None:
    """From a quarter of a second to five, and a connection that stood begins again with the first."""
    waits: list[str] = []
    attempts = 0

    @asynccontextmanager
    async def opened(url: str, hello: Any) -> AsyncIterator[Any]:
        nonlocal attempts
        attempts += 1
        if attempts not in (1, 9):
            raise OSError("no network")
        yield SimpleNamespace(ready=a_ready())

    async def talk(_: object) -> None: ...

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runtime.sinks.link.opened", opened)
        holding = asyncio.create_task(keep("ws://x", lambda _: m.Hello(protocol=1), talk, waits.append))
        await asyncio.sleep(29.9)
        holding.cancel()
    found = " ".join(wait.split()[-2] for wait in waits)
    assert found == "0.25 0.5 1 2 4 5 5 5 0.25 0.5 1 2 4"


async def test_what_cannot_be_mended_is_an_error(server: Running) -> None:
    with pytest.raises(ProtocolError, match="nobody"):
        await sink("livelink", server.quick, cast=["nobody"], audio="none", tell=print)
    with pytest.raises(OSError, match=r"refused|Connect"):
        await sink("livelink", "ws://127.0.0.1:9/ws", audio="none", tell=print)
    with pytest.raises(OSError, match="URI"):
        await sink("livelink", "not a url", audio="none", tell=print)
    with pytest.raises(OSError, match="cannot be written"):
        await sink("livelink", server.quick, audio="wav:/nowhere/at/all.wav", tell=print)
    with pytest.raises(OSError, match="cannot be found"):
        await sink("vmc", server.quick, to="no.such.host.invalid", audio="none", tell=print)


# ---------------------------------------------------------------- the real thing


def dips(audio: Samples, times: list[float]) -> list[float]:
    """Seconds from each time to where the voice is weakest within 80 ms, between 700 and 5000 Hz.

    Closed lips let a murmur through, but nothing of that band.
    """
    band = sosfiltfilt(butter(4, [700, 5000], "band", fs=RATE, output="sos"), audio)
    power = np.convolve(band**2, np.hanning(RATE // 50), "same")
    around = np.arange(-0.08, 0.0801, 0.005)
    return [float(around[power[((time + around) * RATE).astype(int)].argmin()]) for time in times]


async def test_lips_close_when_the_voice_does(server: Running, tmp_path: Path) -> None:
    async with inbox() as box:
        options = {"to": f"127.0.0.1:{box.port}", "cast": ["innkeeper"], "audio": f"wav:{tmp_path}/a.wav"}
        async with running("livelink", server.paced, **options) as told:
            await until(lambda: len(told) > 1 and len(box.got) > 60 * 9)
        await asyncio.sleep(0.1)
        frames = [read_live_link(data) for data in box.got]
    audio, rate = sf.read(tmp_path / "a.wav", dtype="float32")
    assert {frame.subject for frame in frames} == {"innkeeper"}
    assert {frame.rate for frame in frames} == {(60, 1)}
    assert {b.frame - a.frame for a, b in pairwise(frames)} == {1}
    seconds = len(audio) / rate
    assert abs((len(frames) - 1) / seconds - 60) <= 1
    assert len(frames) - 1 == len(audio) / SIZE, "a frame for every moment, and one to leave a face at rest"
    values = np.array([frame.values for frame in frames], np.float32)
    assert not values[-1].any(), "the last leaves a neutral face"
    shut = [(start + end) / 2 for start, end in closures(lips(values[:, :52]).gap, FPS)]
    offsets = dips(audio, shut)
    print(f"{len(shut)} closures, {np.round(offsets, 3)} s, median {np.median(offsets) * 1000:.0f} ms")
    assert len(shut) >= 4
    assert abs(np.median(offsets)) <= 0.020
    late = dips(audio, [time + 0.06 for time in shut])
    assert abs(np.median(late)) > 0.020, "this measure cannot tell a face that is late"
    said = np.flatnonzero(np.abs(audio) > 0.01)
    after = values[said[-1] // SIZE + MELT + 6 : -1]
    assert after[:, AT["jawOpen"]].max() < 0.1, "the mouth rests"
    assert np.abs(np.diff(after[:, 52:55], axis=0)).sum() > 0, "and yet the head lives"
    steps = np.abs(np.diff(values[:-1], axis=0)).max(0)
    assert steps[AT["jawForward"] : AT["tongueOut"]].max() < 0.35, "the mouth jumped"
    assert np.degrees(steps[52:55]).max() < 2, "the head jumped"


async def test_a_voice_over_rtp_is_whole_and_is_understood(server: Running) -> None:
    told: list[str] = []
    async with inbox() as faces, inbox() as voice:
        await sink(
            "livelink",
            server.paced,
            **{"to": f"127.0.0.1:{faces.port}", "cast": ["innkeeper"], "tell": told.append},
            **{"audio": f"rtp:127.0.0.1:{voice.port}", "lines": ["Good evening! Do you have a room?"]},
        )
        await asyncio.sleep(0.1)
        packets = [read_rtp(data) for data in voice.got]
    assert len(faces.got) == len(packets) + 1, "a frame for every packet, and one to leave a face at rest"
    assert {(b[0] - a[0]) % 2**16 for a, b in pairwise(packets)} == {1}
    assert {(b[1] - a[1]) % 2**32 for a, b in pairwise(packets)} == {SIZE}
    assert len({source for _, _, source, _ in packets}) == 1
    description = next(each for each in told if each.startswith("v=0"))
    sdp = dict(line.split("=", 1) for line in description.splitlines() if line[0] in "mc")
    assert sdp == {"c": "IN IP4 127.0.0.1", "m": f"audio {voice.port} RTP/AVP 96"}
    assert f"a=rtpmap:96 L16/{RATE}/1" in description
    audio = np.concatenate([samples for *_, samples in packets])
    line = " ".join(each.split(": ", 1)[1] for each in told if each.startswith("innkeeper: "))
    heard = await transcribed(server, audio)
    print(f"said {line!r}, heard {heard!r}")
    assert error_rate([(line, heard)]) <= 0.25


async def test_a_microphone_is_heard_and_answered(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []

    class Stream:
        def __init__(self, rate: int, size: int, *, callback: Any, **_: object) -> None:
            assert (rate, size) == (16000, 320)
            opened.append(callback)

        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None:
            opened.clear()

    card = SimpleNamespace(InputStream=Stream, PortAudioError=RuntimeError)
    monkeypatch.setattr("runtime.sinks.device.sound_card", lambda: card)
    question = np.concatenate([say("Who are you?"), pause(1.5)])
    loop = asyncio.get_running_loop()
    async with inbox() as box:
        options = {"to": f"127.0.0.1:{box.port}", "cast": ["guard"], "audio": "none", "listens": True}
        async with running("livelink", server.paced, **options) as told:
            await until(lambda: len(told) > 2 and len(box.got) > 60 * 7)
            started = loop.time()
            for at in range(0, len(question), 320):
                opened[0](question[at : at + 320, None])
                await asyncio.sleep(started + at / 16000 - loop.time())
            await until(lambda: told[-1].startswith("guard: ") and told[-1] not in told[:3])
    assert not opened, "the microphone is closed again"
    print(told)
    heard = " ".join(line[5:] for line in told if line.startswith("you: "))
    assert error_rate([("Who are you?", heard)]) <= 0.34


async def transcribed(server: Running, audio: Samples) -> str:
    """What the ears that ship make of it."""
    assert server.gateway.engines is not None
    recogniser = server.gateway.engines.ears._recogniser
    resampled = soxr.resample(audio, RATE, 16000).astype(np.float32)
    call = asyncio.run_coroutine_threadsafe(recogniser(resampled, final=True), server.loop)
    return (await asyncio.wrap_future(call)).text


async def test_every_character_has_a_port_in_vmc_and_a_subject_in_live_link(server: Running) -> None:
    cast = ["innkeeper", "guard"]
    async with inbox() as one, inbox(one.port + 1) as two:
        to = f"127.0.0.1:{one.port}"
        async with running("vmc", server.paced, to=to, cast=cast, audio="none", shapes="arkit"):
            await until(lambda: len(two.got) > 3 * 60 * 6)
        await asyncio.sleep(0.1)
        first, second = ([each for data in box.got for each in read_osc(data)] for box in (one, two))
    jaws = []
    for messages in (first, second):
        times = [each.params[0] for each in messages if each.address == "/VMC/Ext/T"]
        assert np.allclose(np.diff(times), 1 / FPS, atol=1e-4)
        applied = sum(each.address == "/VMC/Ext/Blend/Apply" for each in messages)
        assert applied == len(times)
        jaws.append(max(each.params[1] for each in messages if each.params[:1] == ["JawOpen"]))
    assert jaws[0] > 0.1, "the innkeeper greets"
    assert jaws[1] < 0.1, "and the guard is silent"

    async with inbox() as box:
        to = f"127.0.0.1:{box.port}"
        async with running("livelink", server.paced, to=to, cast=cast, audio="none"):
            await until(lambda: len(box.got) > 60)
        assert [read_live_link(data).subject for data in box.got[:4]] == cast * 2


@dataclass
class Cable:
    """A network that can be pulled: refused and cut off, or silent without a word."""

    to: str
    url: str = ""
    pulled: bool = False
    _newest: Any = None
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.pulled:
            writer.transport.abort()
            return
        parts = urlsplit(self.to)
        beyond, forth = await asyncio.open_connection(parts.hostname, parts.port)
        old = SimpleNamespace(frozen=False)
        self._newest = old
        self._writers += [writer, forth]
        for source, drain in ((reader, forth), (beyond, writer)):
            task = asyncio.create_task(self._carry(source, drain, old))
            self._tasks.add(task)

    async def _carry(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter, old: Any) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if not old.frozen:
                    drain.write(data)
        if not old.frozen:
            drain.close()

    def cut(self) -> None:
        self.pulled = True
        for writer in self._writers:
            writer.transport.abort()

    def freeze(self) -> None:
        """What is open hears nothing more, and is not told."""
        self._newest.frozen = True

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def cable(to: str) -> AsyncIterator[Cable]:
    made = Cable(to)
    listening = await asyncio.start_server(made.connected, "127.0.0.1", 0)
    made.url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/ws"
    try:
        yield made
    finally:
        listening.close()
        await made.close()


@pytest.mark.parametrize("way", ["cut", "frozen"])
async def test_five_seconds_without_a_network(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    hellos: list[m.Hello] = []

    class Spied(Player):
        def hello(self, token: str | None) -> m.Hello:
            hellos.append(super().hello(token))
            return hellos[-1]

    monkeypatch.setattr("runtime.sinks.command.Player", Spied)
    async with inbox() as box, cable(server.paced) as network:
        options = {"to": f"127.0.0.1:{box.port}", "cast": ["innkeeper"], "audio": f"wav:{tmp_path}/a.wav"}
        async with running("livelink", network.url, **options) as told:
            await until(lambda: len(told) > 1)
            await asyncio.sleep(1.2)
            if way == "cut":
                network.cut()
                await asyncio.sleep(5)
                network.pulled = False
            else:
                network.freeze()
            await until(lambda: "resumed" in told or any("anew" in line for line in told))
            frames = len(box.got)
            await until(lambda: len(box.got) > frames + 60)
        await asyncio.sleep(0.1)
        shown = [read_live_link(data) for data in box.got]
    print(told)
    assert told[0] == "connected: innkeeper"
    assert any(line.startswith("reconnecting: ") for line in told)
    assert "resumed" in told, "the conversation goes on"
    missed = [line.split(": ", 2)[2] for line in told if line.startswith("missed: innkeeper: ")]
    assert len(missed) == 1
    assert GREETING.endswith(missed[0])
    heard = GREETING[: -len(missed[0])].strip()
    assert heard
    audio, _ = sf.read(tmp_path / "a.wav", dtype="float32")
    gaps = np.diff(np.flatnonzero(audio))
    sounded = gaps[gaps < 0.02 * RATE].sum()  # longer ones are where the network was late
    played = hellos[-1].played
    assert played is not None
    print(f"heard {heard!r}, missed {missed[0]!r}; {played.at} samples told, {sounded} sounded")
    assert abs(played.at - sounded) < 0.03 * RATE, "the server is told to the moment"
    assert {b.frame - a.frame for a, b in pairwise(shown)} == {1}, "faces went on all the time"
    assert len(shown) - 1 == len(audio) / SIZE
