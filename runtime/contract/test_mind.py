"""What a `Mind` must do."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, closing
from dataclasses import replace

import pytest

from runtime.contract.opened import Opened
from runtime.contract.watch import cancelled_at_once, closed_after_the_first, lets_go, stays_free
from runtime.mind import MindFailed
from runtime.types import Message, Prompt

RULES = Message("system", "You are Mara, who keeps an inn. You answer in two or three sentences.")
PROMPT = Prompt(
    (RULES,),
    (Message("user", "Tell me of your inn, your guests and your kitchen."),),
    max_tokens=40,
    temperature=0,
    seed=1,
)
LETTERS = 16
"""Most letters a token has on average: words of the vocabularies in use are shorter."""


async def pieces(mind: Opened, prompt: Prompt = PROMPT) -> list[str]:
    return [piece async for piece in mind.engine(prompt)]


async def whole(mind: Opened, prompt: Prompt = PROMPT) -> str:
    return "".join(await pieces(mind, prompt))


@pytest.mark.contract
def test_a_reply_comes_in_pieces_of_whole_characters(mind: Opened) -> None:
    said = mind.run(pieces(mind))
    assert "".join(said).strip()
    assert all(isinstance(piece, str) for piece in said)
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(said)
    assert len(said) > 1, "it is not streamed"


@pytest.mark.contract
def test_the_same_seed_says_the_same(mind: Opened) -> None:
    if mind.remote:
        pytest.skip("what a server makes of a seed is its own affair")
    prompt = replace(PROMPT, temperature=0.8, conversation="once")
    other = replace(prompt, conversation="again")
    assert mind.run(whole(mind, prompt)) == mind.run(whole(mind, other))


@pytest.mark.contract
def test_it_says_no_more_than_it_may(mind: Opened) -> None:
    assert len(mind.run(whole(mind, replace(PROMPT, max_tokens=4)))) <= 4 * LETTERS


@pytest.mark.contract
def test_a_stop_is_not_said(mind: Opened) -> None:
    stop = mind.run(whole(mind))[3:7]
    said = mind.run(whole(mind, replace(PROMPT, stop=(stop,))))
    assert stop not in said


@pytest.mark.contract
def test_several_are_answered_side_by_side(mind: Opened) -> None:
    async def both() -> list[str]:
        return await asyncio.gather(*(whole(mind, replace(PROMPT, conversation=f"c{n}")) for n in range(3)))

    assert all(said.strip() for said in mind.run(both()))


@pytest.mark.contract
def test_the_end_of_a_turn_is_a_probability(mind: Opened) -> None:
    assert 0 <= mind.run(mind.engine.ends(PROMPT)) <= 1


@pytest.mark.contract
def test_what_was_read_ahead_is_answered(mind: Opened) -> None:
    async def warmed() -> str:
        await mind.engine.warm(replace(PROMPT, messages=()))
        await mind.engine.warm(replace(PROMPT, conversation="warm"))
        return await whole(mind, replace(PROMPT, conversation="warm"))

    assert mind.run(warmed()).strip()


@pytest.mark.contract
def test_the_loop_is_never_held(mind: Opened) -> None:
    stays_free(mind, lambda: whole(mind))


@pytest.mark.contract
def test_a_reply_that_is_closed_ends(mind: Opened) -> None:
    lets_go(mind, lambda: closed_after_the_first(mind.engine(replace(PROMPT, max_tokens=400))))
    assert mind.run(whole(mind)).strip(), "and the next is answered"


@pytest.mark.contract
@pytest.mark.parametrize("after", [0.002, 0.05])
def test_who_is_cancelled_before_the_first_word_leaves(mind: Opened, after: float) -> None:
    async def leave() -> float:
        async with aclosing(mind.engine(PROMPT)) as stream:
            return await cancelled_at_once(anext(stream), after)

    lets_go(mind, leave)


@pytest.mark.contract
def test_nothing_is_left_of_it_and_it_says_so(mind: Opened) -> None:
    with closing(mind.again()) as other:
        other.run(whole(other))
        other.engine.close()
        with pytest.raises(MindFailed):
            other.run(whole(other))
    assert not other.left()
