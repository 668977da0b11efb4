"""llama.cpp with weights that no adapter was made for, its options, and a reply bound to a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import shallow

from runtime.actions import Choice, Offer, offered
from runtime.character import load_all
from runtime.mind.cards import LLAMA, LlamaOptions
from runtime.mind.llama import Llama
from runtime.mind.prompt import opening, prefix, prompt
from runtime.protocol import messages as m
from runtime.registry import BadSettings, Context, choose
from runtime.scene import Scene
from runtime.types import Prompt

CAST = load_all(Path(__file__).parents[1] / "characters")
MARA = CAST["innkeeper"]
ADAPTERS = {npc.id: Path(npc.adapter) for npc in CAST.values() if npc.adapter}


async def said(mind: Llama, asked: Prompt) -> str:
    return "".join([piece async for piece in mind(asked)])


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    path = shallow(tmp_path_factory.mktemp("model") / "shallow.gguf")
    options = LlamaOptions(
        model=str(path), gpu_layers=0, context=1024, threads=1, flash_attention="on", tools=True
    )
    made = LLAMA.open(options, Context(slots=2, adapters=ADAPTERS))
    yield made
    made.close()


async def test_characters_are_told_in_full_to_a_model_that_their_adapters_do_not_fit(other: Llama) -> None:
    assert prompt(MARA, [], "A room?").adapter == MARA.id
    whole = other._whole(opening(MARA))
    assert MARA.personality.strip() in whole.prefix[0].text
    assert (whole.adapter, len(whole.prefix)) == ("", 1 + 2 * len(MARA.examples))
    await other.warm(opening(MARA))
    asked = replace(prompt(MARA, [], "A room?"), max_tokens=4)
    await said(other, asked)
    assert other.timings["predicted_n"] == 4
    assert other.timings["cache_n"] > 100, "what was read ahead is what is asked"
    assert 0 <= await other.ends(asked) <= 1


def test_a_model_that_they_fit_keeps_them() -> None:
    made = Llama(slots=1, adapters=ADAPTERS)
    try:
        asked = prompt(MARA, [], "A room?")
        assert made._whole(asked) is asked
        assert asked.prefix == prefix(MARA)
    finally:
        made.close()


async def test_a_reply_that_is_bound_to_a_form_keeps_to_it(other: Llama) -> None:
    asked = replace(
        prompt(MARA, [], "A room?"), form='root ::= "seventeen " ("ducks" | "geese")', max_tokens=20
    )
    assert await said(other, asked) in ("seventeen ducks", "seventeen geese")


async def test_what_the_model_writes_as_a_call_is_done(other: Llama) -> None:
    """One block of a model writes at random, so that only the form makes a call of it."""
    scene, chosen = Scene(), list[Choice]()
    scene.apply(m.Scene(entities=[m.Entity(id="door", kind="door")]))
    tools = offered(Offer([m.Verb(name="open", targets=["door"])]), scene, MARA.id, chosen.append)
    assert tools is not None
    bound = replace(tools, grammar=tools.grammar.replace('"none" | ', ""))  # it has to do something
    asked = replace(prompt(MARA, [], "Open the door."), tools=bound, max_tokens=4)
    assert other.acts
    await said(other, asked)
    assert [(choice.verb, choice.target) for choice in chosen] == [("open", "door")]


@pytest.mark.parametrize("table", [{"context": 100}, {"gpu_layers": -2}, {"flash_attention": "maybe"}])
def test_options_that_make_no_sense_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(BadSettings):
        choose("mind", {"engine": "llama", **table})
