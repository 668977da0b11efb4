"""The measures of the face tell good mouths from bad ones; the figures themselves are not tested here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.face import cost, lips, measure, recordings, robust, scores, sides, synthetic
from benchmarks.face.clips import FPS, Clip
from benchmarks.face.judge import Judgement, judge
from benchmarks.face.lips import Curve, Lips
from benchmarks.face.peers import environment, shapes
from benchmarks.face.peers.run import Curves
from benchmarks.face.synthesisers import Spoken
from runtime.face import ARKIT, AT
from runtime.types import Phone, Samples, Weights

RATE = 16000
SHARED = Path(__file__).parents[2] / "shared" / "data"
WORDS = (("m", 0.09), ("ɑ", 0.2), ("b", 0.08), ("i", 0.15), ("s", 0.12), ("p", 0.08), ("u", 0.2), ("t", 0.07))


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    """Four clips of the same sounds in other orders, over a voice that is loud in vowels."""
    return [synthetic.clip(f"clip {k}", _said(k)) for k in range(4)]


def _said(k: int) -> Spoken:
    order = np.random.default_rng(k).permutation(3 * len(WORDS)) % len(WORDS)
    phones, audio, at = [], [], 0.0
    for symbol, seconds in (WORDS[place] for place in order):
        phones.append(Phone(symbol, at, at + seconds))
        times = np.arange(round(seconds * RATE)) / RATE
        audio.append((0.3 if symbol in "ɑiu" else 0.02) * np.sin(2 * np.pi * 150 * times))
        at += seconds
    return Spoken(np.concatenate(audio).astype(np.float32), RATE, tuple(phones))


def of(clips: list[Clip], change: object = None) -> Judgement:
    """What a mouth is worth that is the truth, changed."""
    made = [change(clip.truth) if callable(change) else clip.truth for clip in clips]
    return judge(clips, [m for m in made if m is not None])


def each(change: object) -> object:
    return lambda truth: Lips(*(change(curve) for curve in truth))  # type: ignore[operator]


def test_the_truth_itself_has_full_marks(clips: list[Clip]) -> None:
    found = of(clips)
    for figure in (found.gap, found.width, found.protrusion, found.velocity, found.beyond_loudness):
        assert figure.value == pytest.approx(1, abs=0.01)
        assert figure.low == pytest.approx(1, abs=0.01)
    assert found.closed.value == 1
    assert found.closed_anywhere.value < 0.6
    assert abs(found.lag_ms.value) < 1
    assert abs(found.control.value) < 0.35
    assert found.fast.value < 0.05
    assert found.ajar.value < 0.05


def test_a_mouth_that_never_moves_wins_nothing(clips: list[Clip]) -> None:
    shut = of(clips, each(np.zeros_like))
    assert shut.gap.value == shut.velocity.value == shut.opened.value == 0
    assert shut.closed.value == shut.closed_anywhere.value == 1  # its control gives it away
    ajar = of(clips, each(lambda curve: np.full_like(curve, 0.2)))
    assert ajar.gap.value == ajar.closed.value == 0
    assert ajar.ajar.value > 0.9


def test_a_volume_meter_follows_but_knows_nothing_beyond_and_closes_no_lips(clips: list[Clip]) -> None:
    found = judge(clips, [lips.of_weights(sides.loud(clip)) for clip in clips])
    assert found.gap.value > 0.3
    assert abs(found.beyond_loudness.value) < 0.1
    assert found.width.value < 0.5


@pytest.mark.parametrize("frames", [-4, 3, 9])
def test_lag_is_found_and_costs_correlation(clips: list[Clip], frames: int) -> None:
    found = of(clips, each(lambda curve: np.roll(curve, frames)))
    assert found.lag_ms.value == pytest.approx(1000 * frames / FPS, abs=5)
    assert found.gap.value < of(clips).gap.value - 0.1


def test_jitter_is_seen_as_speed_and_as_fast_energy(clips: list[Clip]) -> None:
    noise = np.random.default_rng(0)
    shaky = of(clips, each(lambda curve: np.abs(curve + 0.1 * noise.standard_normal(len(curve)))))
    assert shaky.velocity.value > 2
    assert shaky.fast.value > 0.3
    assert shaky.unrest.value > 0.5


def test_half_the_movement_is_half_the_speed_and_changes_no_other_mark(clips: list[Clip]) -> None:
    half, full = of(clips, each(lambda curve: curve / 2)), of(clips)
    assert half.velocity.value == pytest.approx(0.5, abs=0.01)
    assert half.closed == full.closed
    assert half.gap.value == pytest.approx(full.gap.value)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10), st.floats(-5, 5))
def test_correlation_depends_on_neither_scale_nor_offset(seed: int, scale: float, offset: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, 200))
    r = scores.correlation(a, b)
    assert -1 <= r <= 1
    assert scores.correlation(scale * a + offset, b) == pytest.approx(r, abs=1e-6)
    assert scores.correlation(-a, b) == pytest.approx(-r, abs=1e-9)


@given(st.integers(20, 300), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_intervals_hold_the_figure(count: int, seed: int) -> None:
    values = np.random.default_rng(seed).random(count)
    low, high = scores.bootstrap(values)
    assert low <= values.mean() <= high
    assert high - low < 6 * values.std() / np.sqrt(count)


def test_no_pieces_have_no_figure() -> None:
    assert np.isnan(scores.bootstrap(np.zeros(0))).all()
    assert np.isnan(scores.bootstrap_correlation(np.zeros((0, 3)))).all()
    assert np.isnan(scores.lag(np.zeros(100), np.arange(100.0)))


@pytest.mark.parametrize(("hertz", "fast"), [(3.0, False), (20.0, True)])
def test_twelve_hertz_part_jaws_from_jitter(hertz: float, fast: bool) -> None:
    share = scores.energy_above(np.sin(2 * np.pi * hertz * np.arange(10 * FPS) / FPS))
    assert (share > 0.95) if fast else (share < 0.05)


def face(**weights: float) -> Weights:
    made = np.zeros((1, len(ARKIT)), np.float32)
    for name, value in weights.items():
        columns = [AT[name + side] for side in ("", "Left", "Right") if name + side in AT]
        made[:, columns] = value
    return made


def test_the_gap_of_weights_is_that_of_lips() -> None:
    def gap(**weights: float) -> float:
        return float(lips.of_weights(face(**weights)).gap[0])

    assert gap() == gap(jawOpen=0.3, mouthClose=0.3) == gap(jawOpen=0.2, mouthClose=0.5) == 0
    assert gap(jawOpen=0.3) == pytest.approx(0.3)
    assert gap(jawOpen=0.3) < gap(jawOpen=0.3, mouthLowerDown=0.3) < gap(jawOpen=0.6)
    assert gap(jawOpen=0.1, mouthRollLower=0.5) < gap(jawOpen=0.1)
    wide, pursed = lips.of_weights(face(mouthStretch=0.5)), lips.of_weights(face(mouthPucker=0.5))
    assert wide.width > 0 > pursed.width
    assert pursed.protrusion > 0 > wide.protrusion


def test_landmarks_are_measured_in_widths_of_the_eyes() -> None:
    points = np.zeros((1, 478, 3))
    points[:, 33, 0], points[:, 263, 0] = -45, 45
    points[:, 61, 0], points[:, 291, 0] = -25, 25
    points[:, [14, 87, 317], 1] = 9
    for scale in (1.0, 3.0):
        seen = lips.of_landmarks(scale * points)
        assert (seen.gap[0], seen.width[0]) == pytest.approx((0.1, 50 / 90))


def test_pauses_are_at_rest_and_closures_merge() -> None:
    phones = (Phone("ɑ", 0.5, 0.8), Phone("m", 0.8, 0.9), Phone("p", 0.9, 1.0), Phone("i", 1.5, 1.7))
    clip = Clip("x", np.zeros(2 * RATE, np.float32), RATE, phones)
    assert clip.spans(frozenset("pbm")) == [(0.8, 1.0)]
    assert np.allclose(clip.pauses(), [(0.0, 0.38), (1.12, 1.38), (1.82, 2.0)])
    assert clip.still().sum() == pytest.approx(FPS * (0.38 + 0.26 + 0.18), abs=3)


def test_windows_of_the_control_touch_no_closure(clips: list[Clip]) -> None:
    for clip in clips:
        for start, end in scores.windows(clip, 50):
            for from_, to in clip.spans(frozenset("pbm")):
                assert end + scores.AROUND < from_ or start - scores.AROUND > to


class Meter:
    """An engine as simple as can be: a jaw that follows the mean of a block of 10 ms."""

    look_ahead = 0.01

    def __init__(self, drifts: bool = False) -> None:
        self.drifts = drifts

    def stream(self, rate: int, fps: int = FPS) -> MeterStream:
        return MeterStream(rate, fps, self.drifts)

    def close(self) -> None: ...


class MeterStream:
    def __init__(self, rate: int, fps: int, drifts: bool) -> None:
        self.rate, self.fps, self.drifts = rate, fps, drifts
        self.heard, self.given = np.zeros(0, np.float32), 0

    def push(self, samples: Samples) -> Weights:
        self.heard = np.concatenate([self.heard, samples])
        return self._up_to(int((len(self.heard) / self.rate - 0.01) * self.fps))

    def finish(self) -> Weights:
        count = -(-len(self.heard) * self.fps // self.rate)
        self.heard = np.concatenate([self.heard, np.zeros(self.rate, np.float32)])
        return self._up_to(count)

    def _up_to(self, count: int) -> Weights:
        made = np.zeros((max(0, count - self.given), len(ARKIT)), np.float32)
        for row in made:
            at = round(self.given * self.rate / self.fps)
            row[AT["jawOpen"]] = min(1, 3 * np.abs(self.heard[at : at + round(0.01 * self.rate)]).mean())
            row[AT["jawOpen"]] += 1e-4 * self.given if self.drifts else 0
            self.given += 1
        return made


def robustness(engine: sides.AudioEngine, clip: Clip) -> dict[str, float]:
    rows = robust.report(engine, clip, minutes=0.4).rows
    return {str(row["what"]): float(row["value"]) for row in rows}


def test_robustness_passes_a_sound_engine_and_finds_a_drift(clips: list[Clip]) -> None:
    good, bad = (robustness(Meter(drifts), clips[0]) for drifts in (False, True))
    assert next(value for what, value in good.items() if what.startswith("cut")) < 1e-6
    assert all(value > 0.95 for what, value in good.items() if "kHz" in what or "dB, r" in what)
    assert good["digital silence: widest gap after 3 s, share of speech"] == 0
    assert good["a loud fan, -35 dBFS: widest gap after 3 s, share of speech"] > 0.01
    drift = "at 0.4 min against half of it, weights apart at most"
    assert good[drift] < 0.01
    assert bad[drift] > 10 * good[drift]
    spent = {str(row["what"]): row["value"] for row in cost.report(Meter(), clips[0], 2.0).rows}
    assert spent["look-ahead, ms"] == 10
    assert float(spent["streams on a core"]) >= 1


def test_pushes_give_a_frame_for_each_moment(clips: list[Clip]) -> None:
    for clip in clips:
        assert len(sides.pushed(Meter(), clip.audio, clip.rate)) == clip.frames


def test_visemes_of_peers_are_mouths() -> None:
    names = ("viseme_sil", "viseme_PP", "viseme_aa", "viseme_U", "silence")
    seen = lips.of_weights(shapes.weights(Curves(names, np.eye(5), 0.0)))
    assert seen.gap[[0, 1, 4]].max() == 0 < seen.gap[3] < seen.gap[2]
    assert seen.protrusion[3] > seen.protrusion[2]


def test_each_viseme_has_a_sound_of_ours() -> None:
    oculus = ("PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
    assert set(oculus) <= set(shapes.TYPICAL)
    seen = shapes.weights(Curves(oculus, np.eye(len(oculus)), 0.0))
    assert (seen.max(1) > 0).all()


def test_peers_are_installed_by_what_is_there() -> None:
    with_uv = environment.steps("uv", "npm")
    assert [command[0] for _, command in with_uv] == ["uv", "uv", "uv", "npm"]
    without = environment.steps(None, None)
    assert len(without) == 3
    assert not any("npm" in part for _, command in without for part in command)


def test_recordings_without_their_sound_are_named() -> None:
    found, missing = recordings.clips()
    assert len(found) + len(missing) == len(recordings.VIDEOS) + len(recordings.SPOKEN)
    if not SHARED.exists():
        assert "jfk" in missing
    for clip in found:
        assert clip.spans(frozenset("pbm")), clip.name
        assert max(phone.end for phone in clip.phones) <= clip.seconds + 0.05


def test_the_benchmark_runs_without_peers_network_or_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "network", lambda: None)
    monkeypatch.setattr(recordings, "clips", lambda: ([], ["jfk"]))
    monkeypatch.setattr(synthetic, "HELD_OUT", {"nobody": lambda text: None})
    follows, rests, notes = asyncio.run(measure.measure(sentences=1))
    by = {row["system"]: row for row in follows.rows}
    assert by["text-driven"]["gap_r"] == 1
    assert float(by["loudness"]["gap_r"]) < 0.95
    assert len(rests.rows) == len(notes.rows) == 2


def _curve(*values: float) -> Curve:
    return np.array(values, float)


def test_a_mouth_of_another_length_is_fitted() -> None:
    made = Lips(*(_curve(1, 2, 3) for _ in range(3)))
    assert scores.fit(made, 5).gap.tolist() == [1, 2, 3, 3, 3]
    assert scores.fit(made, 2).gap.tolist() == [1, 2]
