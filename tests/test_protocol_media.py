"""Binary packets: what is packed comes out again, and what is broken is told apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from runtime.face.names import SHAPES
from runtime.protocol import media
from runtime.protocol.examples import PACKETS
from runtime.protocol.media import BLENDSHAPES, HEADER, BadMedia, unpack

U32 = st.integers(0, 2**32 - 1)
AUDIO = arrays(np.float32, st.integers(0, 300), elements=st.floats(-1, 1, width=32))
FRAMES = arrays(
    np.float32, st.tuples(st.integers(1, 8), st.just(BLENDSHAPES)), elements=st.floats(0, 1, width=32)
)
TEXT = (Path(__file__).parent / "data" / "protocol.jsonl").read_text(encoding="utf-8")
GOLDEN = [line for line in map(json.loads, TEXT.splitlines()) if "packet" in line]


@given(U32, U32, AUDIO)
def test_voice(reply: int, time: int, samples: np.ndarray) -> None:
    packet = unpack(media.voice(reply, time, samples))
    assert (packet.kind, packet.flags, packet.count) == (media.VOICE, 0, 0)
    assert (packet.reply, packet.time) == (reply, time)
    np.testing.assert_allclose(packet.samples(), samples, atol=1.5 / 32768)


@given(st.integers(0, 2**40), AUDIO, st.booleans())
def test_microphone(time: int, samples: np.ndarray, audible: bool) -> None:
    packet = unpack(media.microphone(time, samples, audible))
    assert (packet.kind, packet.count, packet.reply) == (media.MICROPHONE, 0, 0)
    assert packet.flags == (media.AUDIBLE if audible else 0)
    assert packet.time == time % 2**32
    np.testing.assert_allclose(packet.samples(), samples, atol=1.5 / 32768)


@given(U32, U32, FRAMES, st.sampled_from([("u8", 0.5 / 255 + 1e-6), ("f32", 0.0)]))
def test_face(reply: int, time: int, weights: np.ndarray, form: tuple[str, float]) -> None:
    packet = unpack(media.face(reply, time, weights, form[0]))
    assert (packet.kind, packet.count) == (media.FACE, len(weights))
    assert (packet.reply, packet.time) == (reply, time)
    assert packet.weights().shape == weights.shape
    np.testing.assert_allclose(packet.weights(), weights, rtol=0, atol=form[1])


@given(U32, FRAMES, st.sampled_from([("u8", 0.005 + 1e-4), ("f32", 0.0)]), st.data())
def test_a_face_with_its_pose(
    time: int, weights: np.ndarray, form: tuple[str, float], data: st.DataObject
) -> None:
    angles = st.floats(-180, 180, width=32)
    pose = data.draw(arrays(np.float32, (len(weights), media.ANGLES), elements=angles))
    packet = unpack(media.face(3, time, weights, form[0], pose))
    turned = packet.pose()
    assert turned is not None
    np.testing.assert_allclose(turned, pose, rtol=0, atol=form[1])
    np.testing.assert_array_equal(packet.weights(), unpack(media.face(3, time, weights, form[0])).weights())
    assert unpack(media.face(3, time, weights, form[0])).pose() is None


def test_every_set_of_weights_can_be_told() -> None:
    assert {len(columns) for columns, _ in SHAPES.values()} == media.WIDTHS


def test_too_loud_is_clipped_and_does_not_wrap() -> None:
    packet = unpack(media.voice(1, 0, np.array([2.0, -2.0], np.float32)))
    np.testing.assert_array_equal(np.frombuffer(packet.payload, "<i2"), [32767, -32767])


def test_the_header_is_as_documented() -> None:
    assert media.voice(0x01020304, 0x05060708, np.zeros(1, np.float32)).hex() == (
        "01" "00" "0000" "04030201" "08070605" "0000"
    )  # fmt: skip


@pytest.mark.parametrize("name", PACKETS)
def test_every_truncation_is_bad(name: str) -> None:
    data = PACKETS[name]
    assert unpack(data).kind == data[0]
    payloads = range(len(data) - HEADER.size)
    if data[0] == media.FACE:
        # Fewer weights may be those of another set, and no more can be told.
        whole = unpack(data)
        size, angles = (4, 28) if whole.flags & media.FLOATS else (1, 14)
        angles *= whole.count * bool(whole.flags & media.POSED)
        others = {angles + whole.count * width * size for width in media.WIDTHS}
        payloads = [length for length in payloads if length not in others]
    else:
        payloads = payloads[1::2]  # fewer samples are a packet too, half a sample is not
    for length in [*range(HEADER.size), *(HEADER.size + length for length in payloads)]:
        with pytest.raises(BadMedia):
            unpack(data[:length])


@pytest.mark.parametrize(
    "kind", sorted(set(range(256)) - {media.VOICE, media.FACE, media.MICROPHONE, media.CAMERA})
)
def test_unknown_kind(kind: int) -> None:
    with pytest.raises(BadMedia, match=str(kind)):
        unpack(HEADER.pack(kind, 0, 0, 0, 0))


@given(st.integers(0, 3), st.integers(0, 1000))
def test_a_face_must_be_as_long_as_its_count_says(count: int, length: int) -> None:
    data = HEADER.pack(media.FACE, 0, count, 0, 0) + bytes(length)
    if count and length in {count * width for width in media.WIDTHS}:
        assert unpack(data).weights().shape == (count, length // count)
    else:
        with pytest.raises(BadMedia):
            unpack(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_packet_or_bad(data: bytes) -> None:
    try:
        packet = unpack(data)
    except BadMedia:
        return
    if packet.kind == media.FACE:
        assert packet.weights().shape[0] == packet.count
        assert packet.weights().shape[1] in media.WIDTHS
    else:
        assert len(packet.samples()) == len(packet.payload) // 2


@pytest.mark.parametrize("line", GOLDEN, ids=lambda line: line["kind"])
def test_golden(line: dict[str, object]) -> None:
    packet = unpack(bytes.fromhex(str(line["packet"])))
    assert [packet.flags, packet.count, packet.reply, packet.time] == [
        line[name] for name in ("flags", "count", "reply", "time")
    ]
    values = packet.weights() if packet.kind == media.FACE else packet.samples()
    np.testing.assert_allclose(values, np.array(line["values"]), atol=1e-6)


def test_golden_has_every_kind() -> None:
    assert {line["kind"] for line in GOLDEN} == {"voice", "face", "microphone"}
    assert [line["packet"] for line in GOLDEN] == [data.hex() for data in PACKETS.values()]
