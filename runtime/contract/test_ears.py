"""What a `Recogniser` must do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing

import numpy as np
import pytest

from runtime.contract.opened import Opened
from runtime.contract.said import recording
from runtime.contract.watch import cancelled_at_once, lets_go, stays_free
from runtime.ears import RATE
from runtime.language.hints import Hints
from runtime.types import Transcript


async def hear(ears: Opened, final: bool = True) -> Transcript:
    heard: Transcript = await ears.engine(recording(), final=final)
    return heard


@pytest.mark.contract
@pytest.mark.parametrize("final", [True, False])
def test_speech_has_words(ears: Opened, final: bool) -> None:
    heard = ears.run(hear(ears, final))
    assert heard.text.strip()
    assert heard.text == heard.text.strip()
    assert 0 <= heard.confidence <= 1
    assert heard.took >= 0


@pytest.mark.contract
def test_silence_has_none(ears: Opened) -> None:
    heard = ears.run(ears.engine(np.zeros(RATE, np.float32), final=True))
    assert heard.text == ""


@pytest.mark.contract
def test_half_a_minute_is_taken_at_once(ears: Opened) -> None:
    long = np.tile(recording(), 30)[: 30 * RATE]
    heard = ears.run(ears.engine(long, final=False))
    assert 0 <= heard.confidence <= 1, "what is made of such talk is its own affair"


@pytest.mark.contract
@pytest.mark.parametrize("final", [True, False])
def test_hints_are_taken_and_harm_nothing(ears: Opened, final: bool) -> None:
    told = Hints(("en",), ("Mara Fenn", "Saltmarrow"))
    plain = ears.run(ears.engine(recording(), final=final, hints=Hints()))
    heard = ears.run(ears.engine(recording(), final=final, hints=told))
    assert heard.text.strip()
    assert "bridge" in heard.text or "bridge" not in plain.text
    assert heard.language in ("", "en")
    times = [at for word in heard.words for at in (word.start, word.end)]
    assert times == sorted(times)
    assert not ears.run(ears.engine(np.zeros(RATE, np.float32), final=final, hints=told)).text


@pytest.mark.contract
def test_several_are_heard_side_by_side(ears: Opened) -> None:
    async def both() -> Sequence[Transcript]:
        return await asyncio.gather(hear(ears), hear(ears), hear(ears, final=False))

    first, second, _ = ears.run(both())
    assert first.text == second.text or ears.remote


@pytest.mark.contract
def test_the_loop_is_never_held(ears: Opened) -> None:
    stays_free(ears, lambda: hear(ears))


@pytest.mark.contract
def test_who_is_cancelled_leaves_at_once(ears: Opened) -> None:
    lets_go(ears, lambda: cancelled_at_once(hear(ears)))
    assert ears.run(hear(ears)).text, "and the next is heard"


@pytest.mark.contract
def test_nothing_is_left_of_it(ears: Opened) -> None:
    with closing(ears.again()) as other:
        other.run(hear(other))
    assert not other.left()
