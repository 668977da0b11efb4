"""The benchmarks' arithmetic: schedules, packets, ratios, pictures. Their figures are not tested here."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from benchmarks import capacity, idle
from benchmarks.added import Way, compared
from benchmarks.client_frames import Frames
from benchmarks.peer import compare, environment, launch
from benchmarks.player import SIZE, Room, Turn
from benchmarks.sides import Pipecat, Townsfolk, _varint
from benchmarks.stimuli import RATE, Stimulus
from benchmarks.turn import Turn as Spoken
from benchmarks.waterfall import STAGES, draw, shares
from runtime.client import Answer
from runtime.config import Settings
from runtime.protocol import media
from runtime.protocol.messages import Latency

# ------------------------------------------------------------ schedules


@given(st.integers(1, 32), st.integers(0, 1000))
def test_players_begin_spread_over_a_period_and_then_keep_their_pace(players: int, seed: int) -> None:
    times = capacity.starts(players, 40.0, seed)
    assert len(times) == players
    for number, each in enumerate(times):
        assert number <= each[0] * players / capacity.EVERY < number + 1
        steps = np.diff(each)
        assert np.all(np.abs(steps - capacity.EVERY) <= capacity.EVERY * capacity.WAVER + 1e-9)
        assert each[-1] < 40.0
    assert times == capacity.starts(players, 40.0, seed)


def test_another_seed_is_another_schedule() -> None:
    assert capacity.starts(4, 40.0, 1) != capacity.starts(4, 40.0, 2)


@given(st.integers(1, 4), st.integers(1, 60))
def test_every_side_is_told_every_turn_once(sides: int, turns: int) -> None:
    blocks = compare.schedule(sides, turns)
    starts = list(range(0, turns, compare.BLOCK))
    assert sorted(blocks) == sorted(itertools.product(range(sides), starts))
    assert [start for _, start in blocks] == sorted(start for _, start in blocks)


def test_no_side_is_always_first() -> None:
    firsts = [side for (side, _) in compare.schedule(3, 3 * compare.BLOCK)[::3]]
    assert firsts == [0, 1, 2]


# ------------------------------------------------------------ figures


def test_ratios_are_to_the_first_side_and_cut_ins_are_not_timed() -> None:
    ours = [Turn(0.3), Turn(0.3), Turn(0.3)]
    theirs = [Turn(0.9), Turn(0.9), Turn(None, cut_in=True), Turn(None)]
    first, second = compare.table({"a": ours, "b": theirs}, {"a": 3.0, "b": 8.0}).rows
    assert (first["p50"], first["p50_ratio"], first["cpu_s_a_turn"]) == (300.0, 1.0, 1.0)
    assert (second["p50"], second["p90_ratio"], second["cpu_s_a_turn"]) == (900.0, 3.0, 2.0)
    assert (second["cut_in"], second["unanswered"]) == (1, 1)


@pytest.mark.parametrize(
    ("waits", "holds"),
    [
        ([0.5] * 8 + [1.5] * 2, False),
        ([0.5] * 9 + [1.5], True),
        ([0.5] * 9 + [None], True),
        ([0.5] * 8 + [None], False),
        ([None], False),
        ([], False),
    ],
)
def test_a_step_holds_where_nine_of_ten_are_answered_in_time(waits: list[float | None], holds: bool) -> None:
    assert capacity.Step(2, [Turn(wait) for wait in waits]).holds is holds


def test_cut_ins_do_not_make_a_step_hold_or_fail() -> None:
    assert not capacity.Step(1, [Turn(None, cut_in=True)]).holds
    assert capacity.Step(1, [Turn(None, cut_in=True), Turn(0.4)]).holds


def test_the_most_players_are_those_of_the_highest_step_that_holds() -> None:
    steps = [capacity.Step(n, [Turn(wait)]) for n, wait in ((1, 0.4), (2, 1.2), (4, 0.9), (6, 3.0))]
    assert capacity.most(steps) == 4
    assert capacity.most(steps[-1:]) == 0
    assert capacity.table("x", steps).rows[1]["p50"] == 1200.0


def test_what_is_there_without_sessions_is_not_theirs() -> None:
    row = idle.row("x", "open", 10, memory=5.0, cpu=0.21, base=0.01)
    assert (row["rss_kb_a_session"], row["core_percent_a_session"]) == (512, 2.0)


# ------------------------------------------------------------ packets


def test_a_sentence_is_packets_of_which_the_last_holds_its_last_sample() -> None:
    audio = np.full(SIZE * 2 + 1, 0.5, np.float32)
    packets = Room(-60.0).said(Stimulus("x", audio, RATE))
    assert [len(packet) for packet in packets] == [2 * SIZE] * 3
    samples = np.frombuffer(b"".join(packets), "<i2") / 32768
    assert samples[: len(audio)] == pytest.approx(0.5, abs=0.02)
    assert np.abs(samples[len(audio) :]).max() < 0.02


def test_our_packets_are_those_of_the_protocol() -> None:
    side = Townsfolk("ws://x")
    packet = media.unpack(side.packet(b"\1\0" * SIZE, 2**32 + 640))
    assert (packet.kind, packet.time, len(packet.samples())) == (media.MICROPHONE, 640, SIZE)
    assert side.speaks(media.voice(3, 0, np.zeros(4, np.float32)))
    assert not side.speaks(media.face(3, 0, np.zeros((1, 52), np.float32), "u8"))
    assert not side.speaks('{"type":"hearing"}')


def test_a_peers_packet_is_a_protobuf_frame_with_audio() -> None:
    pcm = bytes(640)
    # Frame.audio (field 2, length 648): audio (3) of 640 bytes, sample_rate (4) 16000, num_channels (5) 1.
    expected = b"\x12\x88\x05" + b"\x1a\x80\x05" + pcm + b"\x20\x80\x7d" + b"\x28\x01"
    side = Pipecat("ws://x", "pipecat tuned")
    assert side.packet(pcm, 0) == expected
    assert side.speaks(expected)
    assert not side.speaks(b"\x1a\x02\x08\x01")


@given(st.integers(0, 2**32))
def test_varints_hold_seven_bits_a_byte(value: int) -> None:
    data = _varint(value)
    assert sum((byte & 0x7F) << (7 * k) for k, byte in enumerate(data)) == value
    assert all(byte & 0x80 for byte in data[:-1])
    assert not data[-1] & 0x80


# ------------------------------------------------------------ the peer


@pytest.mark.parametrize("uv", ["uv", None])
def test_the_peers_environment_is_made_with_its_pins(uv: str | None) -> None:
    python = environment.FOLDER / "bin" / "python"
    make, needed, weights = (command for _, command in environment.steps(python, uv))
    assert make[0] == (uv or sys.executable)
    assert make[-1] == str(environment.FOLDER)
    assert str(environment.PINS[0]) in needed
    assert "--no-deps" in weights
    assert str(environment.PINS[1]) in weights


def test_all_that_the_peer_installs_is_pinned() -> None:
    lines = [line for file in environment.PINS for line in file.read_text().splitlines()]
    assert all("==" in line for line in lines if not line.startswith("#"))
    assert environment.version().startswith("Pipecat ")


def test_the_peer_gets_the_character_that_our_mind_gets() -> None:
    persona = launch.persona(Settings(), "innkeeper")
    assert persona["messages"][0]["role"] == "system"
    assert "Mara" in persona["messages"][0]["content"]
    assert persona["sampling"]["max_tokens"] > 0
    assert Path(persona["adapter"]).is_file()


# ------------------------------------------------------------ the waterfall


def _latency(*moments: float) -> Latency:
    return Latency(**dict(zip(STAGES, moments, strict=True)))


def test_a_stage_takes_the_time_since_the_one_before() -> None:
    assert shares(_latency(200, 230, 270, 275, 276)) == [200, 30, 40, 5, 1]


def test_a_stage_that_was_done_ahead_takes_no_time() -> None:
    assert shares(_latency(200, 150, 180, 190, 210)) == [200, 0, 0, 0, 10]


def test_the_waterfall_is_a_png_1200_pixels_wide(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    answer = Answer(1, "innkeeper", latency=_latency(200, 230, 270, 275, 276))
    file = tmp_path / "waterfall.png"
    from benchmarks.turn import Turn as Timed

    draw([Timed(answer=answer)] * 12, file)
    header = file.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(header[16:20], "big") == 1200


def test_nothing_to_draw_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        draw([], Path("never.png"))


def test_only_a_server_that_says_so_is_full() -> None:
    assert capacity.refused(ConnectionClosedError(Close(1008, "busy"), None))
    assert not capacity.refused(ConnectionClosedError(Close(1011, "internal error"), None))
    assert not capacity.refused(ConnectionClosedError(None, None))
    assert not capacity.refused(OSError())


def test_script_is_counted_once_in_each_sixtieth_of_a_second() -> None:
    def event(name: str, ts: float, ms: float, tid: int = 1) -> dict[str, Any]:
        took = 1000 * ms
        return {"name": name, "pid": 1, "tid": tid, "ts": ts, "dur": 2 * took, "tdur": took}

    frames = Frames()
    frames.take(
        [
            event("FunctionCall", 1_000, 2),
            event("FunctionCall", 1_500, 1),  # within the one before
            event("FireAnimationFrame", 9_000, 3),
            event("FunctionCall", 9_000, 50, tid=2),  # another thread's
            event("Paint", 16_000, 50),  # no script
            event("TimerFire", 40_000, 1),
        ]
    )
    assert frames.script == pytest.approx([5, 1])
    assert frames.stolen == pytest.approx([5, 1])


def test_what_is_added_is_the_wait_for_the_same_sentence_less_the_other() -> None:
    def way(name: str, *waits: float, early: int = -1) -> Way:
        turns = [Spoken(audio=wait, early=at == early) for at, wait in enumerate(waits)]
        return Way(name, None, None, turns=turns)  # type: ignore[arg-type]

    nan = float("nan")
    report = compared(
        "", way("more", 300.0, 500.0, nan, 90.0, early=3), way("less", 200.0, 450.0, 200.0, 80.0)
    )
    more, less, difference = report.rows
    assert (more["timed"], less["timed"], difference["timed"]) == (2, 4, 2)
    assert (difference["min"], difference["p50"], difference["max"]) == (50.0, 75.0, 100.0)
