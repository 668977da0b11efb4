"""`townsfolk check`: each lint fires on what it is for, and not on the characters that come along."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.check.cast import checked
from runtime.check.command import check
from runtime.check.finding import Finding

CHARACTERS = Path(__file__).parents[1] / "characters"

CARD = """name = "Mara Fenn"
description = "Keeper of the inn."
personality = "You are Mara Fenn."
greeting = "Hello, {player}."
at_a_loss = "Hm."
never = ["robot"]

[voice]
name = "heart"
pitch = 1.0

[[examples]]
player = "Hello."
reply = "Hello to you."
"""
FACTS = "# Inn\n\nA room costs four coppers a night.\nThe stew is eel and barley.\n"
STORY = """[variables]
coins = 0

[[section]]
id = "start"
goal = "You greet {player}, who has {coins} coppers."
"""
QUESTIONS = """questions = [
  { ask = "What does a room cost here?", want = ["four coppers"] },
]
outside = ["Good morning."]
"""
DIALOGUE = "".join(
    json.dumps({"turns": [f"Where is the place number {n}?", f"It is the {n}th on the left."]}) + "\n"
    for n in range(250)
)
FILES = {
    "character.toml": CARD,
    "knowledge/inn.md": FACTS,
    "story.toml": STORY,
    "questions.toml": QUESTIONS,
    "dialogue.jsonl": DIALOGUE,
    "adapter.gguf": "weights",
    "adapter.md": "# Adapter\n\n| dialogue | 225 exchanges learned, 25 held out |\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def found(folder: Path, files: dict[str, str]) -> list[Finding]:
    return checked(write(folder / "mara", {**FILES, **files}))


def test_a_sound_character_has_nothing_to_be_said_of(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == []


LINTS = [
    # file, what is written there instead, line, severity, what is said
    ("character.toml", ("Keeper of the inn.", "Long. " * 40), 2, "warning",
     "the description has 240 characters"),
    ("character.toml", ("You are Mara Fenn.", "Long. " * 500), 3, "warning", "personality and examples have"),
    ("character.toml", ("Hello, {player}.", "word " * 31), 4, "warning", "greeting has 31 words"),
    ("character.toml", ("Hm.", "word " * 31), 5, "warning", "at_a_loss has 31 words"),
    ("character.toml", ("{player}", "{plyer}"), 4, "error", "`{plyer}` is no variable"),
    ("character.toml", ('"heart"', '"bell"'), 9, "error", "no embedded voice 'bell'"),
    ("character.toml", ('[voice]\nname = "heart"\npitch = 1.0\n', ""), 1, "note", "no [voice]"),
    ("character.toml", ("Hello to you.", "No robot here."), 14, "error", "holds what `never` forbids"),
    ("character.toml", ("Hello, {player}.", "Robot!"), 4, "error", "holds what `never` forbids"),
    ("character.toml", ("Hello to you.", "Oh shit."), 14, "warning", "holds `shit`"),
    ("character.toml", ("pitch = 1.0", "pitch = 99.0"), 10, "error", "Expected `float` <= 12"),
    ("character.toml", ("pitch = 1.0", "pitsh = 1.0"), 10, "error", "unknown field `pitsh`"),
    ("character.toml", ("[voice]", "[voice"), 8, "error", "Expected ']'"),
    ("character.toml", ("Keeper", "Mara Fen, keeper"), 2, "warning",
     "there is no Mara Fen; there is Mara Fenn"),
    ("knowledge/inn.md", ("eel and barley", "eel" + " and barley" * 24), 4, "warning", "280 characters"),
    ("knowledge/inn.md", ("The stew is eel and barley.", "A room costs four coppers a night."), 4, "warning",
     "is said in inn.md:3 already"),
    ("knowledge/inn.md", ("The stew is eel and barley.", "A room costs five coppers a night."), 4, "error",
     "contradicts inn.md:3"),
    ("knowledge/inn.md", ("eel", "robot"), 4, "error", "holds what `never` forbids"),
    ("knowledge/inn.md", ("eel", "{fish}"), 4, "error", "`{fish}` is no variable"),
    ("knowledge/inn.md", ("# Inn", "---\na: b\n---"), 1, "error", "front matter is TOML"),
    ("knowledge/inn.md", ("The stew", "Marra Fenn's stew"), 4, "warning", "there is no Marra Fenn"),
    ("questions.toml", ("four coppers", "six coppers"), 2, "error", "no fact holds 'six coppers'"),
    ("questions.toml", ("What does a room cost here?", "Where is the place number 7?"), 2, "error",
     "learned by heart"),
    ("questions.toml", ("What does a room cost here?", "Where is the place number 7, please?"), 2, "warning",
     "is nearly in"),
    ("questions.toml", ('["four coppers"]', "4"), 2, "error", "is no question"),
    ("questions.toml", ("outside", "outside ="), 4, "error", "Invalid value"),
    ("dialogue.jsonl", ("the 7th", "the robot"), 8, "error", "holds what `never` forbids"),
    ("dialogue.jsonl", ('{"turns": ["Where is the place number 7?", ', '{"turns": ['), 8, "error", "1 turns"),
    ("dialogue.jsonl", ('{"turns": ["Where is the place number 7?", ', '{"turns": 7'), 8, "error",
     "is no exchange"),
    ("dialogue.jsonl", (DIALOGUE, '{"turns": ["Hey.", "Ho."]}\n'), 1, "warning",
     "1 exchanges; an adapter needs 250"),
    ("adapter.md", ("225", "125"), 3, "warning", "has seen 150 exchanges; there are 250 now"),
    ("story.toml", ("goal", "goul"), 6, "error", "unknown field `goul`"),
    ("story.toml", ("{coins}", "some"), 2, "note", "`coins` is used in no condition"),
    ("story.toml", ("goal", '[[section]]\nid = "far"\nwhen = "coins > 1"\ngoal'), 6, "warning",
     "no path leads to `far`"),
    ("story.toml", ("goal", '[[trigger]]\nwhen = "coins > 1"\nhooks = ["x"]\n[[section]]\nid = "b"\n'
     'says = ["x"]\ngoal'), 2, "note", "only the game can change `coins`"),
    ("story.toml", ("You greet {player}", "You greet Mara Fin"), 6, "warning", "there is no Mara Fin"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "edit", "line", "severity", "what"), LINTS)
def test_a_lint_fires(
    tmp_path: Path, file: str, edit: tuple[str, str], line: int, severity: str, what: str
) -> None:
    assert edit[0] in FILES[file]
    findings = found(tmp_path, {file: FILES[file].replace(*edit, 1)})
    hits = [f for f in findings if what in f.text]
    assert [(Path(f.file).relative_to(tmp_path / "mara").as_posix(), f.line, f.severity) for f in hits] == [
        (file, line, severity)
    ], findings
    assert severity == "note" or all(f.advice for f in hits)


def test_an_example_is_answered_one_way(tmp_path: Path) -> None:
    again = CARD + '\n[[examples]]\nplayer = "hello"\nreply = "Go away."\n'
    (hit,) = found(tmp_path, {"character.toml": again})
    assert (hit.line, hit.severity) == (16, "warning")
    assert "is answered another way" in hit.text


def test_what_is_outside_may_be_in_the_dialogue(tmp_path: Path) -> None:
    questions = QUESTIONS.replace("Good morning.", "Where is the place number 7?")
    assert found(tmp_path, {"questions.toml": questions}) == []


def test_an_adapter_is_younger_than_its_dialogue(tmp_path: Path) -> None:
    found(tmp_path, {})
    dialogue, adapter = (tmp_path / "mara" / name for name in ("dialogue.jsonl", "adapter.gguf"))
    os.utime(adapter, (1000, 1000))
    assert ["newer than adapter.gguf" in f.text for f in checked(tmp_path)] == [True]
    os.utime(dialogue, (1000, 1000))
    assert checked(tmp_path) == []
    adapter.unlink()
    assert ["there is dialogue but no adapter.gguf" in f.text for f in checked(tmp_path)] == [True]


def test_other_characters_names_are_known(tmp_path: Path) -> None:
    write(tmp_path / "tom", {"character.toml": CARD.replace("Mara Fenn", "Tom Fenn")})
    text = FACTS + "Tom Fenn is her brother. Nell Fenn was her mother. Tom Fen was seen.\n"
    assert [f.text for f in found(tmp_path, {"knowledge/inn.md": text})] == []
    (hit,) = (f for f in checked(tmp_path) if "there is no" in f.text)
    assert "Tom Fen; there is Tom Fenn" in hit.text


def test_no_characters_is_an_error(tmp_path: Path) -> None:
    (hit,) = checked(tmp_path)
    assert hit.severity == "error"
    assert checked(tmp_path / "nowhere")[0].severity == "error"


def test_ours_have_no_errors() -> None:
    assert [f for f in checked(CHARACTERS) if f.severity == "error"] == []


def test_one_folder_alone_can_be_checked(tmp_path: Path) -> None:
    found(tmp_path, {})
    assert checked(tmp_path / "mara") == []


# The command


def test_the_command_fails_where_there_are_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found(tmp_path, {"story.toml": "x"})
    with pytest.raises(typer.Exit) as left:
        check(tmp_path)
    assert left.value.exit_code == 1
    assert "1 error, " in capsys.readouterr().out
    with pytest.raises(typer.Exit):
        check(tmp_path, json=True)
    told = json.loads(capsys.readouterr().out)
    assert [(Path(f["file"]).name, f["line"], f["severity"]) for f in told if f["severity"] == "error"] == [
        ("story.toml", 1, "error")
    ]
    found(tmp_path, {})
    check(tmp_path)
    assert "0 errors, 0 warnings, 0 notes" in capsys.readouterr().out


# Anything at all

ANYTHING = st.binary(max_size=120) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "replace"))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FILES)), ANYTHING))
def test_nothing_that_is_in_a_file_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "anything"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder / "mara", FILES)
    for name, content in files.items():
        (folder / "mara" / name).write_bytes(content)
    assert all(finding.line >= 1 for finding in checked(folder))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_file_breaks_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = write(tmp_path_factory.getbasetemp() / "damaged" / "mara", FILES)
    name = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[name][:2000]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    (folder / name).write_text(
        text[:start] + data.draw(st.text(max_size=9)) + text[end:], encoding="utf-8", errors="replace"
    )
    assert all(finding.line >= 1 for finding in checked(folder.parent))


def test_brackets_without_end_break_nothing(tmp_path: Path) -> None:
    deep = "a = " + "[" * 99_999
    findings = found(tmp_path, {name: deep for name in FILES if name != "adapter.gguf"})
    assert {Path(f.file).name for f in findings if f.severity == "error"} >= {
        "character.toml", "story.toml", "questions.toml", "dialogue.jsonl",
    }  # fmt: skip
