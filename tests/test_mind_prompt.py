"""What the mind is asked, and which slot of its cache it is asked in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from runtime.character import Character, Example
from runtime.mind.prompt import (
    CHARACTERS,
    EXCHANGES,
    LONGEST,
    Exchange,
    prefix,
    prompt,
    so_far,
    trimmed,
)
from runtime.mind.slots import Slots
from runtime.types import Message

EXAMPLES = [Example("Good evening.", "Evening, love."), Example("Do you have a room?", "Four coppers.")]
MARA = Character(
    name="Mara",
    description="An innkeeper.",
    personality="You are Mara.\n",
    greeting="Come in.",
    at_a_loss="Again, love?",
    examples=EXAMPLES,
)
EXCHANGE = st.builds(Exchange, st.text(max_size=900), st.text(max_size=900), st.booleans())


def test_a_prefix_is_the_same_for_everybody() -> None:
    first = prompt(MARA, [], "Hello")
    later = prompt(MARA, [Exchange("Hello", "Evening, love.")], "A room?")
    assert first.prefix == later.prefix == prefix(MARA)
    assert [message.role for message in first.prefix] == ["system", *["user", "assistant"] * 2]
    assert first.adapter == ""


def test_with_an_adapter_the_prefix_is_who_it_is_and_no_more() -> None:
    tuned = replace(MARA, adapter="adapter.gguf", id="mara")
    asked = prompt(tuned, [], "Hello")
    assert asked.prefix == (Message("system", "You are Mara. An innkeeper."),)
    assert asked.adapter == "mara"


def test_a_side_that_was_not_said_or_not_heard_is_left_out() -> None:
    history = [Exchange("", "Come in."), Exchange("Hello", "", interrupted=True)]
    asked = prompt(MARA, history, "Well?")
    assert [(m.role, m.text) for m in asked.messages] == [
        ("assistant", "Come in."),
        ("user", "Hello Well?"),
    ]


def test_what_was_said_precedes_what_is_said() -> None:
    history = [Exchange("Hello", "Evening, love. Sit by", interrupted=True), Exchange("Why?", "It is cold.")]
    texts = [(m.role, m.text) for m in prompt(MARA, history, "  And the\nbell? ").messages]
    assert texts == [
        ("user", "Hello"),
        ("assistant", "Evening, love. Sit by—"),
        ("user", "Why?"),
        ("assistant", "It is cold."),
        ("user", "And the bell?"),
    ]


@given(st.lists(EXCHANGE, max_size=40), st.text(max_size=3000))
def test_a_prompt_is_bounded(history: list[Exchange], text: str) -> None:
    asked = prompt(MARA, history, text)
    assert sum(len(m.text) for m in asked.messages) <= CHARACTERS + LONGEST + 2 * EXCHANGES + 2
    assert asked.messages[-1].role == "user"


def test_history_is_forgotten_in_blocks() -> None:
    history = [Exchange(f"question {n}", f"answer {n}") for n in range(30)]
    starts = [history[:n].index(trimmed(history[:n])[0]) for n in range(1, 31)]
    assert starts == sorted(starts)
    assert len(set(starts)) <= 30 / 8 + 1, "else nearly every turn reads its history anew"
    assert all(n - start <= EXCHANGES for n, start in enumerate(starts, 1))


def test_all_but_what_the_player_will_say_can_be_read_ahead() -> None:
    history = [Exchange(f"question {n}", f"answer {n}") for n in range(30)]
    ahead = so_far(MARA, history[:9])
    assert prompt(MARA, history[:9], "And now?").messages[:-1] == ahead.messages
    assert ahead.prefix == prefix(MARA)


def test_a_conversation_keeps_its_slot_and_waits_for_it() -> None:
    slots = Slots(3)
    for number, name in enumerate(("Ann", "Ben", "Cat")):
        assert slots.take(name, "Mara") == (number, False)
        slots.give(number)
    assert slots.take("Ben", "Mara") == (1, True)
    assert slots.take("Ben", "Mara") is None, "its last request is still being broken off"
    assert slots.take("Dan", "Holt") == (0, False), "the longest unused gives its conversation up"
    assert slots.take("Cat", "Holt") == (2, False), "the same conversation with another character"
    assert slots.take("Eve", "Mara") is None, "all are busy"


def test_a_slot_whose_request_failed_is_read_anew() -> None:
    slots = Slots(1)
    slots.take("Ann", "Mara")
    slots.spoil(0)
    slots.give(0)
    assert slots.take("Ann", "Mara") == (0, False)


def test_conversations_with_several_characters_are_several() -> None:
    tomo = replace(MARA, id="tomo")
    assert prompt(tomo, [], "Hello", "abc").conversation == "abc/tomo"
    assert prompt(tomo, [], "Hello").conversation == ""


def test_an_english_prompt_stays_as_adapters_have_learned_it() -> None:
    """To the letter: adapters are trained on these words, and kept prefixes are found by them."""
    history = [Exchange("Hello", "Evening, love. Sit by", True, ("The fire is lit.",))]
    asked = prompt(MARA, history, "And the bell?", "talk", ["It rang.", "You know nothing about that."])
    rules = "Stay in character. Answer in one or two short spoken sentences."
    assert [(message.role, message.text) for message in (*asked.prefix, *asked.messages)] == [
        ("system", f"You are Mara.\n{rules}"),
        ("user", "Good evening."),
        ("assistant", "Evening, love."),
        ("user", "Do you have a room?"),
        ("assistant", "Four coppers."),
        ("user", "(The fire is lit.)\nHello"),
        ("assistant", "Evening, love. Sit by—"),
        ("user", "(It rang. You know nothing about that.)\nAnd the bell?"),
    ]
    stop = ("\nUser:", "\nPlayer:", "\nYou:")
    assert (asked.max_tokens, asked.temperature, asked.stop) == (60, 0.15, stop)
    assert prefix(replace(MARA, adapter="x")) == (Message("system", "You are Mara. An innkeeper."),)


def test_a_chinese_prompt_is_cut_by_what_it_costs_to_read() -> None:
    said = "今天有什么好吃的给我来一碗吧老板娘" * 40
    history = [Exchange(said, said, interrupted=n == 9) for n in range(10)]
    asked = prompt(replace(MARA, speaks="zh"), history, "好。")
    assert sum(len(m.text) for m in asked.messages) <= (CHARACTERS + LONGEST) // 3
    assert asked.messages[-2].text.endswith("…——") or asked.messages[-2].text.endswith("——")
    assert asked.max_tokens == 90
    assert prompt(MARA, [Exchange("你好", "", True)], "在吗").messages[0].text == "你好在吗"
