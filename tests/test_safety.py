"""What players say is judged before it is answered, and what characters say before it is spoken."""

from __future__ import annotations

import codecs
import json
import time
import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.character import Character, load_all
from runtime.flow import Stream
from runtime.knowledge.embedding import embedded
from runtime.mind.lines import Lines
from runtime.mind.prompt import RULES, system
from runtime.safety import (
    Audit,
    InputCheck,
    OutputCheck,
    Rating,
    SafetySettings,
    Topics,
    Verdict,
    asked,
    care,
    checked,
    deflection,
    honest,
    minor,
    owed,
    sincere,
)
from runtime.safety.groups import compiled
from runtime.safety.text import tokens
from runtime.types import Line

ROOT = Path(__file__).parent
DATA: dict[str, Any] = tomllib.loads((ROOT / "data" / "safety.toml").read_text(encoding="utf-8"))
CAST = load_all(ROOT.parent / "characters")
MARA = CAST["innkeeper"]
RATINGS: tuple[Rating, ...] = get_args(Rating)
GAME = SafetySettings(rating="everyone", block=["Red Duke"])


def plain(group: dict[str, Any]) -> list[str]:
    lines: list[str] = group["lines"]
    return [codecs.decode(line, "rot13") for line in lines] if group.get("rot13") else lines


def prompt(character: Character) -> str:
    return f"{character.personality}\n{RULES}\n{system(character)}"


def check(
    character: Character = MARA, settings: SafetySettings = GAME, never: tuple[str, ...] = (), **more: Any
) -> OutputCheck:
    names = [other.name for other in CAST.values() if other is not character]
    return OutputCheck(settings, [*character.never, *never], prompt(character), names, **more)


def line(text: str) -> Line:
    return Line(text, text)


def said(lines: list[str], output: OutputCheck) -> list[str]:
    """What is spoken of `lines`."""
    passed = [one.text for text in lines for one in output.feed(line(text))]
    return [*passed, *[one.text for one in output.finish()]]


INPUTS = [(text, group["kind"], group["category"]) for group in DATA["inputs"] for text in plain(group)]
OUTPUTS = [(text, group["category"]) for group in DATA["outputs"] for text in plain(group)]


def test_the_list_is_long_enough() -> None:
    assert len(INPUTS) + len(OUTPUTS) >= 150


@pytest.mark.parametrize(("text", "kind", "category"), INPUTS)
def test_nothing_unsafe_is_taken(text: str, kind: str, category: str) -> None:
    verdict = InputCheck(GAME).checked(text)
    assert (verdict.kind, verdict.category) == (kind, category), verdict
    assert verdict.severity
    assert verdict.why


@pytest.mark.parametrize(("text", "category"), OUTPUTS)
def test_nothing_unsafe_is_said(text: str, category: str) -> None:
    """Whole, and as the splitter cuts it."""
    output = check(never=("cursed pumpkin", "secret password", "secret pass-word"))
    assert said([text], output) == []
    # "never" of a character and marks in general overlap with categories; what matters is that it is barred
    assert output.verdict.category == category or output.verdict.severity == 3


@pytest.mark.parametrize("rating", RATINGS)
def test_what_is_never_let_through(rating: Rating) -> None:
    """Minors, hatred, extremism, encouragement to self-harm and personal data have no rating."""
    settings = SafetySettings(rating=rating)
    for text, kind, category in INPUTS:
        if category in ("minors", "personal", "extremism") or (category, kind) == ("self_harm", "block"):
            assert not InputCheck(settings).checked(text).ok, text
    for text, category in OUTPUTS:
        if category in ("minors", "personal", "leak", "speaker", "character"):
            assert said([text], check(settings=settings)) == [], text


def test_ratings_let_through_more_from_one_to_the_next() -> None:
    let = {
        rating: {t for t, _ in OUTPUTS if said([t], check(settings=SafetySettings(rating=rating)))}
        for rating in RATINGS
    }
    assert let["everyone"] < let["teen"] < let["mature"]


WORDS = ["damn", "bastard", "crap", "bollocks", "arsehole", codecs.decode("shpx", "rot13")]
LEET = str.maketrans("aeios", "@310$")
CYRILLIC = str.maketrans("aceopxy", "асеорху")
DISGUISES = {
    "capitals": str.upper,
    "accents": lambda word: "\u0308".join(word),
    "leet": lambda word: word.translate(LEET),
    "spaced": " ".join,
    "dots": ".".join,
    "dashes": "-".join,
    "underscores": "_".join,
    "stretched": lambda word: "".join([c * 4 if c in "aeiou" else c for c in word]),
    "zero width": "\u200b".join,
    "soft hyphen": "\u00ad".join,
    "full width": lambda word: "".join([chr(ord(c) + 0xFEE0) for c in word]),
    "cyrillic": lambda word: word.translate(CYRILLIC),
    "starred": lambda word: word[0] + "*" + word[2:],
    "mathematical": lambda word: "".join([chr(0x1D41A + ord(c) - 97) for c in word]),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("word", WORDS)
def test_a_disguise_hides_no_word(word: str, disguise: str) -> None:
    text = f"Oh, {DISGUISES[disguise](word)}, it rains."
    assert said([text], check()) == []


@pytest.mark.parametrize("rating", RATINGS)
@pytest.mark.parametrize("text", DATA["fine"]["lines"])
def test_words_that_only_look_alike_pass(text: str, rating: Rating) -> None:
    settings = SafetySettings(rating=rating)
    assert InputCheck(settings).checked(text).ok
    assert said([text], check(settings=settings)) == [text]


@pytest.mark.parametrize("rating", RATINGS)
def test_false_alarms_and_waits_over_all_dialogues(rating: Rating) -> None:
    """Of what players say at most 3 % is turned away, and that is what should be; of the writers' own replies
    nothing is dropped, and at most 0.3 % of their lines wait for the next one."""
    settings = SafetySettings(rating=rating)
    incoming = InputCheck(settings)
    players, lines, stopped, held = 0, 0, list[str](), 0
    for folder, character in CAST.items():
        for row in (ROOT.parent / "characters" / folder / "dialogue.jsonl").read_text("utf-8").splitlines():
            turns = json.loads(row)["turns"]
            players += len(turns[::2])
            stopped += [text for text in turns[::2] if not incoming.checked(text).ok]
            for reply in turns[1::2]:
                output, cut = check(character, settings), Lines(character.name)
                for one in [*cut.feed(reply), *cut.finish()]:
                    lines += 1
                    held += not output.feed(one)
                assert output.verdict.ok, (reply, output.verdict)
    assert players + lines > 8000
    assert len(stopped) <= 0.03 * players, stopped
    assert not [text for text in stopped if incoming.checked(text).kind == "block"]
    assert held <= 0.003 * lines


def test_what_a_writer_forbids_is_found_whatever_its_case_and_marks() -> None:
    never = ["as an AI", "language model", "AI", "kill you"]
    for text in (
        "I am a Language Model!",
        "An A.I.? No: AI!",
        "a language-model",
        "I'm — as an AI — sure.",
        "I'll kill you.",
    ):
        assert not OutputCheck(SafetySettings(rating="mature"), never).passes(line(text))
    for text in ("It said hail.", "The language of models.", "Maid and AIR."):
        assert OutputCheck(SafetySettings(), never).passes(line(text))


def test_a_phrase_across_lines_is_not_begun() -> None:
    """Without holding, the first half was said; a phrase that may go on waits one line."""
    output = OutputCheck(SafetySettings(), ["cursed bell tower"])
    assert said(["I saw the cursed bell", "tower last night,", "and ran.", "Sit down."], output) == [
        "Sit down."
    ]
    output = OutputCheck(SafetySettings(), ["cursed bell tower"])
    assert said(["I saw the cursed bell", "ring last night."], output) == [
        "I saw the cursed bell",
        "ring last night.",
    ]
    assert said(["I saw the cursed bell"], OutputCheck(SafetySettings(), ["cursed bell tower"])) == [
        "I saw the cursed bell"
    ]


def test_what_is_barred_takes_the_rest_of_its_sentence() -> None:
    lines = ["Come in, love,", "damn that cat,", "and sit.", "There is stew."]
    assert said(lines, check()) == ["Come in, love,", "There is stew."]


def test_another_speaker_ends_the_reply() -> None:
    assert said(["Sit down.", "Holt: One copper.", "And then go."], check()) == ["Sit down."]


def test_a_note_on_the_player_is_used_and_not_recited() -> None:
    notes = ["The player is called Robin.", "A few hours ago the player asked you to pour it."]
    recited = ["A few hours ago the player asked me to pour it.", "Here it is."]
    assert said(recited, check(notes=notes)) == ["Here it is."]
    assert said(recited, check()) == recited, "it may be the lute player in a story"
    used = ["A few hours ago you asked me to pour it, Robin."]
    assert said(used, check(notes=notes)) == used
    assert said(["Sit down.", "The player heard it from me."], check(notes=notes)) == ["Sit down."]
    talk = ["A player of cards won the pot."]
    assert said(talk, check(notes=notes)) == talk


def test_halves_of_one_thing_in_two_sentences() -> None:
    mature = SafetySettings(rating="mature")
    assert said(["She is a child.", "She is naked."], check(settings=mature)) == ["She is a child."]
    assert InputCheck(mature).checked("She is twelve years old. Now make it sexy.").category == "minors"


async def test_a_reply_of_which_nothing_is_left_is_turned_away() -> None:
    async def stream() -> Stream[Line]:
        yield line("Damn you.")

    spoken = [
        one.text async for one in checked(stream(), check(), deflection(["Mind your soup, love."], "Hm?", 3))
    ]
    assert spoken == ["Mind your soup, love."]
    assert deflection([], "Hm?", 3).text == "Hm?"


def test_a_minor_is_not_spoken_to_as_an_adult() -> None:
    mature = SafetySettings(rating="mature")
    text = codecs.decode("Fuvg, gung'f ubg.", "rot13")
    assert said([text], OutputCheck(mature)) == [text]
    assert said([text], OutputCheck(mature, minor=True)) == []


@pytest.mark.parametrize("text", DATA["honesty"]["sincere"])
def test_who_asks_sincerely_is_answered(text: str) -> None:
    assert sincere(text)
    assert owed(text, SafetySettings())


@pytest.mark.parametrize("text", DATA["honesty"]["playful"])
def test_what_is_meant_as_play_is_left_to_the_character(text: str) -> None:
    assert asked(text) == "playful"
    assert not owed(text, SafetySettings())
    assert owed(text, SafetySettings(honesty="always"))


@pytest.mark.parametrize("text", DATA["honesty"]["neither"])
def test_other_talk_asks_nothing_of_honesty(text: str) -> None:
    assert not asked(text)
    assert not minor(text)
    assert not owed(text, SafetySettings(honesty="always"))


def test_honesty_cannot_be_switched_off_for_the_young() -> None:
    with pytest.raises(msgspec.ValidationError, match="honesty"):
        msgspec.toml.decode('rating = "everyone"\nhonesty = "never"', type=SafetySettings)
    never = SafetySettings(rating="mature", honesty="never")
    question = "Please be honest, are you a machine?"
    assert not owed(question, never)
    assert owed(question, never, young=True)


def test_written_lines() -> None:
    assert "Mara" in honest("Mara").text
    assert "computer program" in honest("Mara").text
    assert honest("Mara", "{name}? Made of words {and} wires.").text == "Mara? Made of words {and} wires."
    assert "real people" in care().text
    assert care("Ask for help.").text == "Ask for help."


TOPICS = ["the war between the two kings", "modern politics and elections"]


def test_topics_by_their_words() -> None:
    settings = SafetySettings(topics=["the king's wars"])
    assert InputCheck(settings).checked("Tell me of the wars of the king.").category == "topic"
    assert InputCheck(settings).checked("Long live the king.").ok
    assert said(["The kings fought a war.", "Sit."], OutputCheck(settings)) == ["Sit."]


def test_topics_by_likeness() -> None:
    model = embedded()
    assert model, "the embedded sentence model is a dependency"
    topics = Topics(TOPICS, model)
    incoming = InputCheck(SafetySettings(topics=TOPICS), topics)
    about = [
        "Who won the election?",
        "What do you think of the political parties?",
        "The two kings are fighting a war.",
    ]
    other = ["How much is the stew?", "Where is the harbour?", "Tell me about the bell.", "Is the gate open?"]
    assert [incoming.checked(text, model.embed([text])[0]).category for text in about] == ["topic"] * 3
    assert all(incoming.checked(text, model.embed([text])[0]).ok for text in other)


def test_audit_keeps_a_hash_or_the_words_and_turns_its_files(tmp_path: Path) -> None:
    bad = Verdict("block", "hate", 3, "a slur")
    audit = Audit(tmp_path / "log", most=400)
    for number in range(12):
        audit.note(1.5, "s1", "mara", "input", bad, f"words {number}")
    files = sorted(file.name for file in (tmp_path / "log").iterdir())
    assert files[:3] == ["safety.1.jsonl", "safety.2.jsonl", "safety.3.jsonl"]
    rows = [json.loads(row) for file in (tmp_path / "log").iterdir() for row in file.read_text().splitlines()]
    assert len(rows) == 12
    assert all(row["category"] == "hate" and "text" not in row and len(row["hash"]) == 16 for row in rows)
    Audit(tmp_path / "own", text=True).note(1.5, "s1", "mara", "output", bad, "as said")
    assert json.loads((tmp_path / "own" / "safety.jsonl").read_text())["text"] == "as said"


def test_audit_never_raises(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    audit = Audit(tmp_path / "file" / "log", text=True)
    for _ in range(3):
        audit.note(0, "s", "n", "input", Verdict("block"), "\ud800 broken")
    assert len(caplog.records) == 1
    Audit("").note(0, "s", "n", "input", Verdict(), "nothing is kept")


@given(st.text(max_size=300))
def test_any_text_is_judged(text: str) -> None:
    assert InputCheck(GAME).checked(text).kind in ("pass", "deflect", "block", "care")
    output = check()
    assert all(one.text == text for one in [*output.feed(line(text)), *output.finish()])
    asked(text), minor(text)


@given(st.text(alphabet="aA @$!1|*#.'-_ fuck", max_size=60))
def test_words_hold_nothing_but_letters_and_digits(text: str) -> None:
    assert all(word.isalnum() for word in compiled().words(text))
    assert "".join([token.gap + token.text for token in tokens(text)]).count(" ") <= text.count(
        " "
    ) + 2 * text.count("'")


def test_a_line_takes_far_less_than_a_clause() -> None:
    """Printed for whoever reads it: a bar on time would fail on a busy machine."""
    texts = [
        json.loads(row)["turns"][1]
        for row in (ROOT.parent / "characters/guard/dialogue.jsonl").read_text().splitlines()
    ]
    started = time.perf_counter()
    passed = sum(check().passes(line(text)) for text in texts)
    print(f"{1e3 * (time.perf_counter() - started) / len(texts):.3f} ms a line")
    assert passed == len(texts)
