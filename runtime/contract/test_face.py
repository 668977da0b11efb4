"""What a `FaceEngine` must do."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from runtime.contract.opened import Opened
from runtime.contract.said import clauses, speech
from runtime.contract.watch import cancelled_at_once, closed_after_the_first, lets_go, stays_free
from runtime.face import ARKIT, POSE
from runtime.face.layers import Life
from runtime.types import Take

FPS = 60


async def animate(face: Opened, seed: int = 1) -> list[Take]:
    return [take async for take in face.engine.animate(speech(), FPS, Life(seed))]


@pytest.mark.contract
def test_every_clause_has_its_frames(face: Opened) -> None:
    takes = face.run(animate(face))
    assert [take.speech for take in takes] == list(clauses())
    start = 0
    for take in takes:
        end = start + len(take.speech.audio)
        first, last = (-(-sample * FPS // take.speech.rate) for sample in (start, end))
        assert (take.start, take.first_frame) == (start, first)
        assert take.frames.shape == (last - first, len(ARKIT))
        assert take.pose.shape == (last - first, len(POSE))
        start = end


@pytest.mark.contract
def test_weights_are_weights(face: Opened) -> None:
    for take in face.run(animate(face)):
        assert np.isfinite(take.frames).all()
        assert np.isfinite(take.pose).all()
        assert take.frames.min() >= 0
        assert take.frames.max() <= 1
        assert np.ptp(take.frames[:, ARKIT.index("jawOpen")]) > 0.05, "the jaw does not move"


@pytest.mark.contract
def test_the_same_life_has_the_same_face(face: Opened) -> None:
    once, again = face.run(animate(face)), face.run(animate(face))
    assert all(np.array_equal(a.frames, b.frames) for a, b in zip(once, again, strict=True))


@pytest.mark.contract
def test_it_says_how_far_it_hears_ahead(face: Opened) -> None:
    assert 0 <= face.engine.look_ahead < 2
    assert face.engine.worker.queued == 0


@pytest.mark.contract
def test_the_loop_is_never_held(face: Opened) -> None:
    stays_free(face, lambda: animate(face))


@pytest.mark.contract
def test_a_stream_that_is_closed_ends(face: Opened) -> None:
    lets_go(face, lambda: closed_after_the_first(face.engine.animate(speech(), FPS, Life(1))))
    lets_go(face, lambda: cancelled_at_once(animate(face)))
    assert face.run(animate(face)), "and the next is moved"


@pytest.mark.contract
def test_nothing_is_left_of_it(face: Opened) -> None:
    with closing(face.again()) as other:
        other.run(animate(other))
    assert not other.left()
