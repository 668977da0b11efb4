"""Distillation: what is a fact and what only looks like one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.memory.distil import Context, distil
from runtime.memory.facts import Fact
from runtime.mind.prompt import Exchange


def facts(player: str, reply: str = "", interrupted: bool = False, **context: Any) -> list[str]:
    found = distil(Exchange(player, reply, interrupted), Context(**context))
    return [fact.text for fact in found.facts]


def name(player: str, **context: Any) -> str | None:
    found = distil(Exchange(player, ""), Context(**context)).facts
    return next((fact.value for fact in found if fact.kind == "name"), None)


@pytest.mark.parametrize(
    ("said", "called"),
    [
        ("My name is Robin.", "Robin"),
        ("my name is robin", "Robin"),
        ("MY NAME IS ROBIN", "Robin"),
        ("Hello, I'm Robin, and I'm tired.", "Robin"),
        ("You can call me Captain Reyes.", "Captain Reyes"),
        ("The name's Bond, James Bond.", "James Bond"),
        ("My name is María de la Cruz.", "María de la Cruz"),
        ("I am Sir Aldous of Wick.", "Sir Aldous of Wick"),
        ("My name is Robin, what's yours?", "Robin"),
        ("My name is Robert but call me Bob.", "Bob"),
        ("My name is 小明.", "小明"),
        ("My name is O'Brien.", "O'Brien"),
        ("I’m Jürgen.", "Jürgen"),
        ("hey its me aylin", "Aylin"),
        ("im may like the month", "May"),
        ("Will here.", "Will"),
        ("Rose is the name.", "Rose"),
        ("Jon, without an h.", "Jon"),
        ("they call me big tom", "Big Tom"),
        ("My friends say Bex.", "Bex"),
        ("I'm Babatunde, Tunde for short.", "Tunde"),
        ("Ambrose Quill, solicitor.", "Ambrose Quill"),
        ("Siobhan O'Rourke, pleased to meet you.", "Siobhan O'Rourke"),
        ("My name is uh robin", "Robin"),
    ],
)
def test_a_name_is_found(said: str, called: str) -> None:
    assert name(said) == called


@pytest.mark.parametrize(
    "said",
    [
        "I'm tired.", "i'm lost", "I'm Norwegian.", "I'm Catholic.", "Call me crazy.", "Call me later.",
        "My name is not important.", "My name is on the list.", "My dog's name is Rex.", "Is your name Holt?",
        "What's my name?", "He said I'm Robin.", "If my name was Robin, would you like me?",
        "I'm Sarah's brother.",
        "Her name is Clara.", "Don't call me Robin.", "I'm here.", "I'm not Robin.",
        "Guess my name!",
        "Do you know Robin?", "I'm free Monday.", "I wish my name were Robin.", "I like you, Mara.",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_name_is_none(said: str) -> None:
    assert name(said) is None


def test_a_bare_name_needs_the_question() -> None:
    assert name("Robin.", asked="What's your name?") == "Robin"
    assert name("robin", asked="And who are you?") == "Robin"
    assert name("Robin.") is None
    assert name("Why?", asked="What's your name?") is None
    assert name("None of your business.", asked="What's your name?") is None
    assert name("I'm tired.", asked="Who are you?") is None


def test_a_name_is_put_right() -> None:
    assert name("No, my name is Rowan, not Robin.", name="Robin") == "Rowan"
    assert name("It's Rowan, not Robin.", name="Robin") == "Rowan"
    assert name("No, Rowan.", name="Robin", asked="Well met, Robin.") == "Rowan"
    assert name("No, Rowan.", name="Robin", asked="Is the gate shut?") is None


def test_a_name_that_is_denied_is_gone() -> None:
    found = distil(Exchange("My name isn't Robin.", ""), Context(name="Robin"))
    assert found.gone == {"name"}
    assert distil(Exchange("My name isn't Tom.", ""), Context(name="Robin")).gone == frozenset()


def test_a_name_that_the_reply_calls_the_player_by() -> None:
    assert "The player's name is Lotte." in facts("Thanks. Ask for Lotte.", "I will, Lotte.")
    assert facts("Do you know Tom?", "Of course I do, Tom.") == ['The player asked "Do you know Tom?"']
    told = facts("Tell my brother Tom that dinner is ready.", "Yes, Tom.")
    assert not any("name is" in fact for fact in told)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("I'm from Oslo.", "The player is from Oslo."),
        ("I was born in a small village.", "The player was born in a small village."),
        ("I'm Norwegian.", "The player is Norwegian."),
        ("I live by the harbour.", "The player lives by the harbour."),
        ("I'm a baker from the north.", "The player is a baker from the north."),
        ("I used to be a soldier.", "The player used to be a soldier."),
        ("I work as a nurse.", "The player works as a nurse."),
        ("I really like cider, stew and bread.", "The player likes cider, stew and bread."),
        ("I don't like eels at all.", "The player doesn't like eels."),
        ("I can't stand the sea.", "The player can't stand the sea."),
        ("My favourite colour is green.", "The player's favourite colour is green."),
        ("I have a dog named Rex.", "The player has a dog named Rex."),
        ("My dog's name is Rex.", "The player's dog is called Rex."),
        ("My sister Anna is a baker.", "The player's sister Anna is a baker."),
        ("I've lost my mother's ring.", "The player has lost their mother's ring."),
        ("I'm looking for my brother.", "The player is looking for their brother."),
        ("I'm allergic to nuts.", "The player is allergic to nuts."),
        ("I am thirty-two years old.", "The player is thirty-two years old."),
        ("Can you bring me a cup of cider?", "The player asked you to bring them a cup of cider."),
        ("I'd like a room for the night, please.", "The player asked for a room for the night."),
        ("Please don't forget that I'm allergic to nuts.",
         "The player asked you to remember that they're allergic to nuts."),
        ("What happened to the bell?", 'The player asked "What happened to the bell?"'),
        ("I saw a wolf by the old mill.", 'The player said "I saw a wolf by the old mill."'),
        ("I'll bring you the ring tomorrow.", "The player promised to bring you the ring the next day."),
        ("I won't tell anyone.", "The player promised not to tell anyone."),
        ("If you find my ring, I'll pay you ten coppers.",
         "The player promised to pay you ten coppers if you find their ring."),
        ("I'm going to kill you!", "The player threatened to kill you."),
        ("I'll investigate the harbour.", "The player means to investigate the harbour."),
    ],
)  # fmt: skip
def test_a_fact_is_a_sentence_about_the_player(said: str, fact: str) -> None:
    assert facts(said) == [fact]


@pytest.mark.parametrize(
    "said",
    ["Hello.", "I'm a bit tired.", "I'm fine, thanks.", "I have a question.", "I have to go.",
     "I like it.", "I'd hate that.", "Could you say that again?", "Can you hear me?", "I'll be fine.",
     "I'll see.", "Yes.", "", "Uh-huh.", "I'm from here.", "I love you."],
)  # fmt: skip
def test_small_talk_teaches_nothing(said: str) -> None:
    assert facts(said) == []


@pytest.mark.parametrize(
    ("said", "promised"),
    [
        ("You'll have it by Friday.", "The player promised that you will have it by Friday."),
        ("ill bring you the ring on sunday", "The player promised to bring you the ring on sunday."),
        ("if i win ill buy everyone a bowl", "The player promised to buy everyone a bowl if they win."),
        ("Let me fetch you a doctor.", "The player promised to fetch you a doctor."),
        ("I'd be glad to mend it for you.", "The player promised to mend it for you."),
        ("The debt will be paid by harvest, I swear it.",
         "The player promised that the debt will be paid by harvest."),
        ("Count on me to hold the bridge.", 'The player promised: "Count on me to hold the bridge."'),
        ("We're coming back tomorrow.", "The player promised to come back the next day."),
        ("tomorrow I bring you two fish", "The player promised to bring you two fish the next day."),
        ("I'm bringing it back on Saturday, okay?", "The player promised to bring it back on Saturday."),
    ],
)  # fmt: skip
def test_a_promise_is_one_however_it_is_put(said: str, promised: str) -> None:
    found = distil(Exchange(said, "")).facts
    assert [fact.text for fact in found if fact.kind == "promise"] == [promised]


@pytest.mark.parametrize(
    "said",
    ["I'll have a cider.", "I'll think about it.", "I'll never understand.", "I won't be long.",
     "I swear this soup is the best.", "I swear I saw it.", "You promised me a bowl.", "Let me think.",
     "I can't promise anything.", "Trust me, it hurts.", "I bring fish every Thursday.", "I feel ill today.",
     "Mark my words, it will rain.", "You'll see.", "I won't tell you.", "I promise.", "How much do I owe?",
     "The bridge will be finished next year.", "I will not be spoken to like that."],
)  # fmt: skip
def test_what_only_sounds_like_a_promise_is_none(said: str) -> None:
    assert [fact.text for fact in distil(Exchange(said, "")).facts if fact.kind == "promise"] == []


def test_a_name_said_earlier_is_understood_when_the_reply_uses_it() -> None:
    context = Context(before="Tell him Mossop is after him.")
    (found,) = distil(Exchange("Good night.", "I'll see to it, Mossop."), context).facts[:1]
    assert (found.kind, found.value) == ("name", "Mossop")


def test_the_character_promises_what_was_heard_of_it() -> None:
    reply = "Sit down. I'll keep you a chair tomorrow. I'll bring you the"
    assert facts("", reply, interrupted=True) == ["You promised to keep the player a chair the next day."]
    assert facts("", "I can't promise you anything.") == []


def test_a_promise_is_kept() -> None:
    owed = Fact("promise", "promise:silver ring", "The player promised to bring you the silver ring.")
    (found,) = distil(Exchange("Here is the silver ring.", ""), Context(owed=(owed,))).facts
    assert (found.kind, found.key) == ("kept", owed.key)
    assert found.text == "The player promised to bring you the silver ring, and did."
    other = distil(Exchange("Here is the golden cup.", ""), Context(owed=(owed,))).facts
    assert all(fact.kind != "kept" for fact in other)


def test_of_one_key_the_last_holds() -> None:
    found = distil(Exchange("I like cider. Oh no, I hate cider!", "")).facts
    assert [fact.text for fact in found] == ["The player hates cider."]


@given(st.text(), st.text(), st.text())
def test_whatever_is_said_facts_are_short_lines(player: str, reply: str, asked: str) -> None:
    found = distil(Exchange(player, reply), Context(asked=asked, name="Robin")).facts
    assert all(0 < len(fact.text) <= 320 and fact.text.isprintable() for fact in found)
    assert len({fact.key for fact in found}) == len(found)


VOCABULARY = (
    "I I'm I'll my name is call me from a baker like promise to you if not, and . ? ! , Robin tomorrow"
)
WORDS = st.lists(st.sampled_from(VOCABULARY.split(" ")), max_size=60)


@given(WORDS, st.booleans())
def test_words_of_the_rules_in_any_order_are_understood_somehow(words: list[str], interrupted: bool) -> None:
    found = distil(Exchange(" ".join(words), " ".join(words[::-1]), interrupted)).facts
    assert all(fact.text[-1] in '.…"' and fact.text[0].isupper() for fact in found)


def test_a_flood_of_words_is_read_to_its_limit() -> None:
    said = "I'm " * 20_000 + "and so " * 20_000
    assert len(facts(said)) <= 2
