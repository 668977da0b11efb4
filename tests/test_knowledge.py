"""Knowledge: Markdown into notes, the index, and what a search finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from runtime.knowledge import KNOWN, BadKnowledge, Fact, Knowledge, index, notes
from runtime.knowledge.answering import may_answer
from runtime.knowledge.consult import consult
from runtime.knowledge.embedding import embedded
from runtime.knowledge.knowledge import Common, Likeness, fused, score
from runtime.knowledge.notes import LONGEST, Note
from runtime.knowledge.questions import Question, Questions, load, measured
from runtime.knowledge.words import Stemmer

INN = """+++
[aliases]
"inn" = ["tavern", "pub"]
"stew" = ["supper"]
+++
# The Inn

The inn stands by the harbour. It is *old*, and it leans.
A room costs **four coppers**.

<!-- Not yet told:
The cook is a duke. -->
## Food ##

- The stew is eel.
- Bread comes from [the oven](http://example.org/oven).
"""


class Letters:
    """Vectors of how often each letter comes: near for texts that share letters, and always the same."""

    name = "letters"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        made = np.array([[text.lower().count(c) + 0.01 for c in "abcdefghijklmnop"] for text in texts])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def folder(path: Path, **files: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.md").write_text(text, encoding="utf-8")
    return path


# Notes


def test_a_file_becomes_notes() -> None:
    assert notes.notes(INN, "inn.md") == [
        Note(
            "The inn stands by the harbour. It is old, and it leans.",
            "inn.md: The Inn",
            "The Inn",
            "tavern, pub",
        ),
        Note("A room costs four coppers.", "inn.md: The Inn", "The Inn", "tavern, pub"),
        Note("The stew is eel.", "inn.md: The Inn, Food", "The Inn, Food", "tavern, pub, supper"),
        Note("Bread comes from the oven.", "inn.md: The Inn, Food", "The Inn, Food", "tavern, pub"),
    ]


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Bo met Mrs. Ash. J. Fenn left.", ["Dr. Bo met Mrs. Ash.", "J. Fenn left."]),
        ('He said "Go." Then he left.', ['He said "Go."', "Then he left."]),
        ("It costs 3.5 coppers. e.g. not here.", ["It costs 3.5 coppers. e.g. not here."]),
        ("Ende. Ümlaut wants care.", ["Ende.", "Ümlaut wants care."]),
    ],
)
def test_paragraphs_are_cut_at_sentence_ends(paragraph: str, sentences: list[str]) -> None:
    assert notes.sentences(paragraph) == sentences


def test_a_sentence_that_leans_stays_with_the_one_before() -> None:
    told = [
        note.text for note in notes.notes("Tom left. He never wrote. Then it rained.\n\nHe is tall.", "f")
    ]
    assert told == ["Tom left. He never wrote. Then it rained.", "He is tall."]


def test_what_leans_but_does_not_fit_stands_alone() -> None:
    long = f"Tom {'walked ' * 35}home."
    told = [note.text for note in notes.notes(f"{long} He {'slept ' * 10}there.", "f")]
    assert [text[:4] for text in told] == ["Tom ", "He s"]


@given(st.lists(st.text(st.sampled_from("aB .!?é\"'#-\n*"), max_size=90), max_size=6).map("\n".join))
@example("x" * 1000)
@example("a " * 1000)
def test_no_word_is_lost_and_no_note_is_long(text: str) -> None:
    told = notes.notes(text, "f.md")
    assert all(0 < len(note.text) <= LONGEST for note in told)
    letters = "".join(c for c in text if c.isalpha())
    shown = "".join(c for note in told for c in note.text if c.isalpha())
    headings = sum(c.isalpha() for line in text.split("\n") if line.strip().startswith("#") for c in line)
    assert len(letters) - headings <= len(shown) <= len(letters)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\ntitle: x\n---\nText.", "TOML here"),
        ("+++\n[aliases]\n", r"a second line of `\+\+\+` is missing"),
        ("+++\n= 1\n+++\n", "front matter: "),
        ("+++\ntitle = 'x'\n+++\n", "knows `aliases`, not title"),
        ("+++\naliases = 3\n+++\n", "aliases are written as"),
        ("+++\n[aliases]\ninn = 'pub'\n+++\n", "aliases are written as"),
    ],
)
def test_wrong_front_matter_is_told(text: str, why: str) -> None:
    with pytest.raises(BadKnowledge, match=rf"^inn\.md: .*{why}"):
        notes.notes(text, "inn.md")


def test_files_that_are_no_text_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path, a="Fine.")
    (tmp_path / "b.md").write_bytes(b"\xff\xfe")
    with pytest.raises(BadKnowledge, match=r"b\.md: is not UTF-8"):
        notes.read(tmp_path)
    monkeypatch.setattr(notes, "FILE", 1)
    with pytest.raises(BadKnowledge, match=r"a\.md: 5 bytes; a file may have 1"):
        notes.read(tmp_path)


# Words


def test_a_question_is_taken_apart_as_the_index_does() -> None:
    stems = Stemmer()
    assert stems("What do you know about the Bells, and BELL, of the cafés?") == {
        "bells": "bell",
        "cafés": "cafe",
    }
    assert stems("How are you?") == {}
    assert stems("") == {}
    assert len(stems(" ".join(f"word{n}" for n in range(99)))) == 24


# The index and its cache


def test_an_index_is_made_once(tmp_path: Path) -> None:
    here, cache, embedder = folder(tmp_path / "mara" / "knowledge", inn=INN), tmp_path / "cache", Letters()
    steps: list[tuple[int, int]] = []
    Knowledge.load(here, embedder, cache, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(n, 8) for n in range(1, 9)]
    assert embedder.texts == [
        "The inn stands by the harbour. It is old, and it leans. (tavern pub)",
        "A room costs four coppers. (tavern pub)",
        "The stew is eel. (tavern pub supper)",
        "Bread comes from the oven. (tavern pub)",
    ]
    again = Letters()
    known = Knowledge.load(here, again, cache)
    assert (len(known), again.texts) == (4, [])
    assert known.search("a room", least=0)[0].text == "A room costs four coppers."
    assert [file.name.split("-")[0] for file in cache.iterdir()] == ["mara"]


def test_what_changes_the_index_makes_it_anew(tmp_path: Path) -> None:
    here, cache = folder(tmp_path / "mara" / "knowledge", inn=INN), tmp_path / "cache"
    assert len(Knowledge.load(here, None, cache)) == 4
    folder(here, more="Ida is the smith.")
    assert len(Knowledge.load(here, None, cache)) == 5
    assert len(list(cache.iterdir())) == 1
    embedder = Letters()
    Knowledge.load(here, embedder, cache)
    assert len(embedder.texts) == 5


def test_a_broken_or_closed_cache_is_done_without(tmp_path: Path) -> None:
    here, cache = folder(tmp_path / "mara" / "knowledge", inn=INN), tmp_path / "cache"
    Knowledge.load(here, None, cache)
    [file] = cache.iterdir()
    file.write_bytes(b"not a database")
    assert len(Knowledge.load(here, None, cache)) == 4
    assert len(Knowledge.load(here, None, tmp_path / "mara" / "knowledge" / "inn.md")) == 4


def test_there_may_be_no_knowledge(tmp_path: Path) -> None:
    for embedder in (None, Letters()):
        known = Knowledge.load(tmp_path / "nobody" / "knowledge", embedder)
        assert len(known) == 0
        assert known.search("Who are you?", least=0) == []


def test_a_database_without_full_text_search_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_SCHEMA", "CREATE VIRTUAL TABLE note USING fts6(text);")
    with pytest.raises(BadKnowledge, match="built with FTS5"):
        Knowledge.of([Note("One.", "f")])


# Searches

NOTES = [
    Note("The bell sank in the harbour.", "a.md: Bell", "Bell"),
    Note("The bell rang twelve times.", "a.md: Bell", "Bell"),
    Note("Mara keeps the inn.", "b.md", "", "innkeeper, landlady"),
    Note("The gate shuts at sunset.", "b.md"),
]


def test_words_alone_find_what_holds_them() -> None:
    known = Knowledge.of(NOTES)
    assert [fact.text for fact in known.search("How many times did the bells ring?")] == [NOTES[1].text]
    assert known.search("Who is the landlady?")[0] == Fact(
        NOTES[2].text, "b.md", known.search("landlady")[0].score
    )
    assert known.search("Is there a dragon?") == []
    assert known.search("hello") == known.search("") == known.search('"*()NEAR') == []


def test_what_is_not_sure_is_told_only_when_asked_for() -> None:
    known = Knowledge.of(NOTES)
    asked = "Does the bell frighten horses, dogs, mice and mayors?"
    assert known.search(asked) == []
    found = known.search(asked, least=0)
    assert {fact.text for fact in found} == {NOTES[0].text, NOTES[1].text}
    assert all(0 < fact.score < KNOWN for fact in found)


def test_what_says_nothing_itself_is_about_what_was_said_before() -> None:
    known = Knowledge.of(NOTES)
    assert known.search("And when is that?") == []
    assert known.search("And when is that?", before="Does the gate shut?")[0].text == NOTES[3].text
    assert known.search("Who is the landlady?", before="Does the gate shut?")[0].text == NOTES[2].text


def test_facts_come_best_first_and_no_more_than_wanted() -> None:
    known = Knowledge.of(NOTES, Letters())
    found = known.search("the bell in the harbour", limit=2, least=0)
    assert [fact.text for fact in found] == [NOTES[0].text, NOTES[1].text]
    assert found[0].score > found[1].score
    assert len(known.search("bell", limit=9, least=0)) == 4


def test_meaning_finds_what_words_do_not() -> None:
    asked = "egat teh stuhs ta tesnus"
    assert Knowledge.of(NOTES).search(asked, least=0) == []
    assert Knowledge.of(NOTES, Letters()).search(asked, least=0)[0].text == NOTES[3].text


def test_large_knowledge_is_searched_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "VECTORS", 3)
    embedder = Letters()
    known = Knowledge.of(NOTES, embedder)
    assert known.search("When does the gate shut?")[0].text == NOTES[3].text
    assert embedder.texts == []


def test_words_that_too_many_notes_hold_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Knowledge.of([*NOTES, *(Note(f"The bell is number {n}.", "c.md") for n in range(30))])
    monkeypatch.setattr(index, "RANKED", 10)
    assert [fact.text for fact in known.search("bell and inn", least=0)] == [NOTES[2].text]
    assert len(known.search("bell", least=0)) == 3
    assert len(known.search("bell number", limit=99, least=0)) == 16


def test_rankings_are_fused_by_their_ranks() -> None:
    assert fused([1, 2, 3], [2, 4]) == [2, 1, 4, 3]
    assert fused([], [7]) == [7]
    assert fused() == []


def test_scores_are_probabilities_that_grow_with_each_measure() -> None:
    none, some, all_ = Common(0, 0), Common(0.5, 0.5), Common(1, 2)
    measures = [(none, -1.0), (none, 0.2), (some, 0.2), (some, 0.6), (all_, 1.0)]
    scores = [score(common, Likeness(cosine, cosine)) for common, cosine in measures]
    assert 0 < scores[0] < scores[1] < scores[2] < scores[3] < scores[4] <= 1
    assert score(some, Likeness(0.4, 0.4)) < score(some, Likeness(0.4, 0.6))
    assert score(none, None) < score(some, None) < KNOWN < score(all_, None)


def test_being_called_is_not_being_asked() -> None:
    told = [*NOTES, Note("You are Mara Fenn.", "c.md")]
    assert Knowledge.of(told).search("Mara!", least=0) != []
    assert Knowledge.of(told, name="Mara Fenn").search("Mara!", least=0) == []


@given(st.text(max_size=80))
def test_anything_may_be_asked(text: str) -> None:
    assert all(0 <= fact.score <= 1 for fact in KNOWLEDGE.search(text, least=0))


KNOWLEDGE = Knowledge.of(NOTES, Letters())


def test_threads_may_search_at_once() -> None:
    known = Knowledge.of(NOTES, Letters())
    asked = ["the bell in the harbour", "Mara the landlady", "the gate at sunset", "nothing"] * 50
    alone = [known.search(text, least=0) for text in asked]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda text: known.search(text, least=0), asked)) == alone


# Questions


def test_questions_measure_what_is_found() -> None:
    asked = Questions(
        [
            Question("How many times did the bell sound?", ["TWELVE"]),
            Question("Tell me of the bell in the harbour.", ["twelve"]),
            Question("Who is the king?", ["nobody"]),
        ],
        ["Is the gate gold?", "hello"],
    )
    recall = measured(Knowledge.of(NOTES), asked, least=0.02)
    assert (recall.first, recall.three) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (recall.missed, recall.invented) == (("Who is the king?",), (asked.outside[0],))
    assert recall.false == 0.5


def test_a_bad_questions_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadKnowledge, match=r"questions\.toml"):
        load(tmp_path / "questions.toml")
    (tmp_path / "questions.toml").write_text('questions = [{ ask = "x" }]')
    with pytest.raises(BadKnowledge, match="want"):
        load(tmp_path / "questions.toml")


@pytest.mark.parametrize(
    ("question", "answers", "other"),
    [
        ("How many guards are there?", "There are sixteen guards.", "The guards sleep in the tower."),
        ("What does a bed cost?", "A bed is two coppers.", "A bed has straw in it."),
        ("how old is the well", "The well is older than the wall.", "The well is beside the smithy."),
        ("How far is it to the mill?", "The mill is past the gate.", "The mill grinds barley."),
        ("When does the fair begin?", "The fair begins on Friday.", "The fair has a dancing bear."),
        ("On which day do you fish?", "You fish every Monday.", "You fish with a net of your own."),
        ("Where is the smith?", "The smith works beside the tannery.", "The smith sings."),
        ("Who is Bess?", "Bess keeps the mill.", "Bess's brother went to sea."),
        ("What's the dog called?", "The dog answers to Bristle.", "The dog is old and grey."),
    ],
)
def test_a_fact_answers_only_with_what_is_of_the_kind_that_is_asked_for(
    question: str, answers: str, other: str
) -> None:
    assert may_answer(question, answers)
    assert not may_answer(question, other)
    assert may_answer("Tell me about it.", other)


def test_a_question_that_nothing_answers_is_unknown_unless_it_is_talked_about(tmp_path: Path) -> None:
    folder = tmp_path / "mara"
    (folder / "knowledge").mkdir(parents=True)
    (folder / "knowledge" / "inn.md").write_text(
        "# Inn\n\nA bed costs four coppers a night.\n", encoding="utf-8"
    )
    said = [{"turns": ["Is the moon pretty tonight?", "It is, love. Like a bald mayor."]}]
    facts = [{"knows": "A bed costs", "turns": ["What is a bed?", "Four coppers a night for a bed."]}]
    for name, lines in (("dialogue.jsonl", said), ("grounded.jsonl", facts)):
        (folder / name).write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    model = embedded()
    if model is None:
        pytest.skip("the sentence model is not installed")
    knowledge = Knowledge.load(folder / "knowledge", model)
    assert consult(knowledge, "What does a bed cost?", 2).facts
    assert consult(knowledge, "Is the mayor pretty?", 2).unknown  # no strange word in it, and no answer
    assert not consult(knowledge, "Is the moon pretty tonight?", 2).unknown
    assert not consult(knowledge, "You look lovely tonight.", 2).unknown
