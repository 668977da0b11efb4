"""Character cards: what is read of them, what is refused, and that nothing is lost there and back."""

from __future__ import annotations

import base64
import json
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from runtime import character
from runtime.cards import BadCard, Card, Entry, export_folder, import_card, png, read, write
from runtime.cards import folder as folders
from runtime.cards import text as texts
from runtime.cards.card import ENTRIES, encoded, parsed
from runtime.cards.command import app
from runtime.cards.files import decoded, from_text, in_picture
from runtime.cards.lorebook import markdown
from runtime.cards.png import BadPng
from runtime.cards.toml import written
from runtime.character import Character, Example
from runtime.knowledge import notes

CHARACTERS = Path(__file__).parents[1] / "characters"

VESPER: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Lady Vesper",
        "description": "{{char}} is a countess who rules the valley of Dorn. "
        "<USER> is a guest.\n\nHer hair is grey.",
        "personality": "dry and curious",
        "scenario": "{{user}} knocks at midnight.",
        "first_mes": '*The door opens.* "You are wet, {{user}}." *She waves.* "Come in."',
        "mes_example": (
            "<START>\n{{user}}: Do you sleep?\n{{char}}: *She laughs.* Only on feast days, {{user}}.\n"
            "{{user}}: What do you drink?\n{{char}}: Tea.\nA great deal of it."
        ),
        "alternate_greetings": ["Oh, you again."],
        "tags": ["castle"],
        "creator": "somebody",
        "extensions": {"other_tool": {"depth": 4}},
        "character_book": {
            "entries": [
                {
                    "keys": ["Dorn", "valley"],
                    "content": "The valley has three villages. {{char}} protects them.",
                    "enabled": True,
                    "name": "The valley",
                },
                {"keys": ["butler", "Ambrose"], "content": "@@depth 4\nAmbrose died a century ago."},
                {"keys": ["off"], "content": "Switched off.", "enabled": False},
                {"keys": ["/rats?/i"], "content": "There are rats.", "use_regex": True, "name": "Rats"},
            ]
        },
    },
}


def vesper(**changed: object) -> bytes:
    return json.dumps({**VESPER, "data": {**VESPER["data"], **changed}}).encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(*chunks: bytes) -> bytes:
    """A PNG with these chunks after its header."""
    bare = png.plain(2, 2, (1, 2, 3))
    head = len(png.SIGNATURE) + 25
    return bare[:head] + b"".join(chunks) + bare[head:]


# What a card becomes


def test_a_card_becomes_a_character_with_knowledge() -> None:
    draft = import_card(decoded(vesper())[0])
    assert draft.character.name == "Lady Vesper"
    assert draft.character.description == "Lady Vesper is a countess who rules the valley of Dorn."
    assert draft.character.personality.startswith("You are Lady Vesper.\ndry and curious\nThe player knocks")
    assert "The player is a guest." in draft.character.personality
    assert "Her hair is grey." in draft.character.personality
    assert draft.character.greeting == "You are wet. Come in."
    assert draft.character.examples == [
        Example("Do you sleep?", "Only on feast days."),
        Example("What do you drink?", "Tea. A great deal of it."),
    ]
    known = notes.notes(draft.knowledge["lorebook.md"], "lorebook.md")
    assert [note.text for note in known] == [
        "The valley has three villages.",
        "Lady Vesper protects them.",
        "Ambrose died a century ago.",
        "There are rats.",
    ]
    assert [note.heading for note in known] == ["The valley", "The valley", "butler", "Rats"]
    assert [note.also for note in known] == ["Dorn, valley", "Dorn, valley", "Ambrose", ""]
    assert draft.rest["alternate_greetings"] == ["Oh, you again."]
    assert draft.rest["extensions"] == {"other_tool": {"depth": 4}}


def test_the_first_version_of_cards_is_flat() -> None:
    card, _ = decoded(json.dumps({"name": "Bo", "description": "A cat.", "first_mes": "Meow."}).encode())
    assert (card.name, card.description, card.greeting) == ("Bo", "A cat.", "Meow.")


def test_the_nickname_of_the_third_version_is_what_char_means() -> None:
    card, _ = decoded(vesper(nickname="Vess"))
    draft = import_card(card)
    assert draft.character.name == "Lady Vesper"
    assert draft.character.description.startswith("Vess is a countess")
    assert draft.rest["nickname"] == "Vess"


def test_what_does_not_fit_a_personality_becomes_knowledge() -> None:
    long = " ".join(f"She owns castle number {n} in the north." for n in range(200))
    draft = import_card(decoded(vesper(description=long))[0])
    assert len(draft.character.personality) < folders.PERSONALITY + 40
    assert "castle number 199" not in draft.character.personality
    told = draft.character.personality + draft.knowledge["about.md"]
    assert all(f"number {n} in" in told for n in range(200))


def test_an_empty_card_still_makes_a_character_that_loads(tmp_path: Path) -> None:
    import_card(Card("X")).write(tmp_path / "x")
    loaded = character.load(tmp_path / "x")
    assert (loaded.name, loaded.greeting, loaded.personality) == ("X", "Hello.", "You are X.")


def test_a_text_becomes_a_card() -> None:
    card = from_text("An old sailor.\nName: Jory\nGreeting: Ahoy!\nPersonality: grumpy\nbut kind\n")
    assert card == Card(
        "Jory", description="An old sailor.", greeting="Ahoy!", personality="grumpy\nbut kind"
    )
    assert from_text("A sailor.", "jory").name == "jory"
    with pytest.raises(BadCard, match="says nothing of a character"):
        from_text("Name: Jory")


# Writing


@pytest.mark.parametrize(
    ("written_as", "reads"),
    [
        ("{{char}} and {{USER}}", "Bo and the player"),
        ("<BOT> and <user>", "Bo and the player"),
        ("{{user}} left. {{user}} came.", "The player left. The player came."),
        ("{{random:red,green}}{{// a note}}", "red"),
        (r"{{pick::a\,b::c}}", "a,b"),
        ("{{unknown}}{{", "{{"),
    ],
)
def test_macros(written_as: str, reads: str) -> None:
    assert texts.filled(written_as, "Bo") == reads


@pytest.mark.parametrize(
    ("written_as", "said"),
    [
        ("Hello, {{user}}!", "Hello!"),
        ("{{user}}, come in.", "friend, come in."),
        ("*smiles* Hello **there**.", "Hello there."),
        ('"Hello," she says. "Come in."', "Hello, Come in."),
        ('"Hello there."', "Hello there."),
        ('The so-called "Bell" is 2 * 3 * 4 old.', "Bell"),
        ("*She only looks.*", "She only looks."),
    ],
)
def test_only_speech_is_spoken(written_as: str, said: str) -> None:
    assert texts.spoken(written_as, "Bo") == said


def test_examples_pair_each_question_with_the_next_answer() -> None:
    block = "{{char}}: I begin.\nYou: One?\nYou: Two?\nBo: Three.\nBo: Four.\n<START>\nUser: Alone?"
    assert texts.examples(block, "Bo") == [Example("One? Two?", "Three.")]


# There and back


@pytest.mark.parametrize("name", ["innkeeper", "noodles", "guard"])
@pytest.mark.parametrize("suffix", [".json", ".png"])
def test_our_characters_come_back_as_they_went(name: str, suffix: str, tmp_path: Path) -> None:
    card, _ = export_folder(CHARACTERS / name)
    write(tmp_path / f"card{suffix}", card)
    import_card(*read(tmp_path / f"card{suffix}")).write(tmp_path / "back")
    went, came = character.load(CHARACTERS / name), character.load(tmp_path / "back")
    assert written(came) == written(went)
    for file in notes.files(CHARACTERS / name / "knowledge"):
        assert (tmp_path / "back" / "knowledge" / file.name).read_text() == file.read_text()


def test_what_another_tool_changed_comes_back_changed() -> None:
    card, _ = export_folder(CHARACTERS / "innkeeper")
    data = encoded(card)
    data["data"]["first_mes"] = "Hello, {{user}}."
    data["data"]["character_book"]["entries"][0]["content"] = "The bell is made of cheese."
    draft = import_card(parsed(data))
    ours = character.load(CHARACTERS / "innkeeper")
    assert draft.character.greeting == "Hello."
    assert draft.character.at_a_loss == ours.at_a_loss
    assert draft.character.never == ours.never
    assert list(draft.knowledge) == ["lorebook.md"]
    assert "made of cheese" in draft.knowledge["lorebook.md"]


def test_a_foreign_card_keeps_what_we_have_no_place_for(tmp_path: Path) -> None:
    import_card(*decoded(in_picture(decoded(vesper())[0]))).write(tmp_path / "vesper")
    card, portrait = export_folder(tmp_path / "vesper")
    back = encoded(card)["data"]
    assert back["tags"] == ["castle"]
    assert back["alternate_greetings"] == ["Oh, you again."]
    assert back["extensions"]["other_tool"] == {"depth": 4}
    assert portrait is not None
    assert png.keywords(portrait) == []


def test_a_picture_holds_both_versions_and_its_own_pixels() -> None:
    before = png.plain(3, 5, (9, 8, 7))
    made = in_picture(decoded(vesper())[0], before)
    specs = {
        keyword: json.loads(base64.b64decode(png.text(made, keyword) or b""))["spec"]
        for keyword in png.keywords(made)
    }
    assert specs == {"chara": "chara_card_v2", "ccv3": "chara_card_v3"}
    assert png.with_texts(made, {}) == before


def test_the_picture_is_one_that_others_can_open(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    write(tmp_path / "card.png", decoded(vesper())[0])
    with image.open(tmp_path / "card.png") as opened:
        opened.load()
        assert opened.size == (400, 600)
        assert json.loads(base64.b64decode(opened.text["chara"]))["data"]["name"] == "Lady Vesper"


@pytest.mark.parametrize("packed", [b"zTXt", b"iTXt", b"iTXt unpacked"])
def test_cards_in_packed_chunks_are_read(packed: bytes) -> None:
    card = base64.b64encode(vesper())
    data = {
        b"zTXt": b"chara\0\0" + zlib.compress(card),
        b"iTXt": b"chara\0\1\0en\0\0" + zlib.compress(card),
        b"iTXt unpacked": b"chara\0\0\0en\0key\0" + card,
    }[packed]
    assert decoded(picture(chunk(packed[:4], data)))[0].name == "Lady Vesper"


def test_of_two_cards_the_newer_version_and_the_later_chunk_count() -> None:
    def named(name: str) -> bytes:
        return base64.b64encode(json.dumps({"data": {"name": name}}).encode())

    chara = [chunk(b"tEXt", b"chara\0" + named(name)) for name in ("old", "new")]
    assert decoded(picture(*chara))[0].name == "new"
    assert decoded(picture(chunk(b"tEXt", b"ccv3\0" + named("v3")), *chara))[0].name == "v3"


some_text = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=60)


@given(name=some_text, greeting=some_text, keys=st.lists(some_text, max_size=3), rest=some_text)
def test_json_reads_back_what_was_written(name: str, greeting: str, keys: list[str], rest: str) -> None:
    entries = tuple(Entry(content, tuple(filter(None, map(str.strip, keys)))) for content in ["It is so."])
    card = Card(f"n{name}", greeting=greeting, entries=entries, rest={"creator": rest})
    back = parsed(json.loads(json.dumps(encoded(card))))
    assert (back.name, back.greeting, back.entries) == (card.name, card.greeting, entries)
    assert back.rest["creator"] == rest


@given(st.lists(some_text, min_size=4, max_size=4), some_text)
@example(['"""', "\\", "a\nb\\", "\x7f\t"], "\n\n")
def test_any_writing_survives_the_file(parts: list[str], more: str) -> None:
    said = [f"{part}x" for part in parts]
    made = Character(
        name=said[0][:64],
        description=said[1],
        personality=said[2] + more,
        greeting=said[3],
        at_a_loss="?",
        never=[*said],
        examples=[Example(said[0], said[1])],
        patience=1.5,
    )
    assert character.msgspec.toml.decode(written(made).encode(), type=Character) == made


@given(st.lists(st.tuples(some_text, some_text, some_text), max_size=4))
@example([("+++", "# x", "<!--"), ("=", '"', "]]")])
def test_any_lorebook_becomes_knowledge_that_reads(entries: list[tuple[str, str, str]]) -> None:
    made = markdown([Entry(content or "x", (key,) if key else (), name) for content, key, name in entries])
    known = notes.notes(made, "lorebook.md")
    assert all(note.text.strip() for note in known)
    assert all(note.heading for note in known)


# What is refused


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[1, 2]", "a card is an object"),
        (b"{}", "neither `data` nor `name`"),
        (b'{"data": []}', "`data` is a list, not an object"),
        (b'{"data": {"name": 4}}', "`name` is a number, not a text"),
        (b'{"data": {"name": "  "}}', "`name` is empty"),
        (b'{"name": "a", ', "broken JSON"),
        (b'{"name": "a", "n": ' + b"9" * 5000 + b"}", "broken JSON"),
        (b'{"name": "a", "x": ' + b"[" * 200 + b"]" * 200 + b"}", "nested more than 64 deep"),
        (b'{"a": ' * 100_000, "nested too deeply|broken JSON"),
        (b'\xff\xfe{"name": "a"}', "not UTF-8"),
        (
            vesper(character_book={"entries": [{"content": 1}]}),
            r"`character_book.entries\[0\].content` is a number",
        ),
        (vesper(character_book={"entries": 3}), "`character_book.entries` is a number, not a list"),
        (vesper(character_book={"entries": [{"content": "x", "keys": {"a": 1}}]}), "keys` is an object"),
        (vesper(character_book={"entries": [{}] * (ENTRIES + 1)}), "20000 are read"),
        (vesper(extensions=[1]), "`extensions` is a list"),
        (picture(), "no card in this picture"),
        (picture(chunk(b"tEXt", b"Title\0x")), "it has Title"),
        (picture(chunk(b"tEXt", b"chara\0!!")), "not base64"),
        (picture(chunk(b"tEXt", b"chara\0" + base64.b64encode(b"\xff"))), "`chara` is not UTF-8"),
        (picture(chunk(b"tEXt", b"no end")), "no keyword"),
        (picture(chunk(b"zTXt", b"chara\0\0junk")), "cannot be unpacked"),
        (picture(chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"x" * 999)[:-5])), "breaks off"),
        (png.SIGNATURE, "breaks off in chunk 0"),
        (png.plain(9, 9, (0, 0, 0))[:40], "wants .* bytes|breaks off"),
    ],
)
def test_what_is_wrong_is_said(content: bytes, why: str) -> None:
    with pytest.raises((BadCard, BadPng), match=why):
        decoded(content)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_a_bomb_is_not_unpacked(kind: bytes) -> None:
    head = b"chara\0\0" if kind == b"zTXt" else b"chara\0\1\0\0\0"
    bomb = picture(chunk(kind, head + zlib.compress(b"A" * (png.TEXT * 4))))
    assert len(bomb) < 100_000
    with pytest.raises(BadPng, match="more than 16000000 bytes unpacked"):
        decoded(bomb)


def test_only_the_chunk_that_is_wanted_is_unpacked() -> None:
    bomb = chunk(b"zTXt", b"other\0\0" + zlib.compress(b"A" * (png.TEXT * 2)))
    card = chunk(b"tEXt", b"chara\0" + base64.b64encode(vesper()))
    assert decoded(picture(bomb, card))[0].name == "Lady Vesper"


def test_a_damaged_chunk_is_told_from_a_whole_one() -> None:
    whole = bytearray(in_picture(decoded(vesper())[0]))
    whole[-40] ^= 1
    with pytest.raises(BadPng, match="checksum is wrong"):
        decoded(bytes(whole))


CARD_PNG = in_picture(decoded(vesper())[0], png.plain(2, 2, (0, 0, 0)))


@given(st.data())
def test_broken_pictures_are_refused_or_read_never_worse(data: st.DataObject) -> None:
    broken = bytearray(CARD_PNG)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(broken)))
    try:
        card, _ = decoded(bytes(broken[:cut]) if data.draw(st.booleans()) else bytes(broken))
    except (BadCard, BadPng):
        pass
    else:
        assert import_card(card).character.name


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*VESPER["data"], "nickname", "extensions", "character_book", "assets"]),
        values,
        max_size=6,
    )
)
def test_any_json_is_refused_or_becomes_a_character(changed: dict[str, object]) -> None:
    try:
        draft = import_card(decoded(vesper(**changed))[0])
    except BadCard:
        pass
    else:
        assert character.msgspec.toml.decode(written(draft.character).encode(), type=Character)


@given(st.binary(max_size=200))
@example(png.SIGNATURE + b"\xff" * 20)
def test_any_bytes_are_refused_or_become_a_character(content: bytes) -> None:
    try:
        card, _ = decoded(content, "somebody")
    except (BadCard, BadPng):
        pass
    else:
        assert import_card(card).character.name


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.cards.files.FILE", 10)
    (tmp_path / "a.json").write_bytes(vesper())
    with pytest.raises(BadCard, match=r"a\.json: \d+ bytes; a card may have 10"):
        read(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Lady Vesper", "lady-vesper"),
        ("../../etc", "etc"),
        ("Éowyn!", "eowyn"),
        ("狐", "character"),
        ("-", "character"),
    ],
)
def test_folders_are_named_plainly(name: str, slug: str) -> None:
    assert folders.slug(name) == slug


def test_files_that_a_card_names_stay_in_the_folder() -> None:
    card, _ = export_folder(CHARACTERS / "guard")
    data = encoded(card)
    data["data"]["extensions"]["townsfolk"]["knowledge"]["../../gate.md"] = "# Out"
    assert list(import_card(parsed(data)).knowledge) == [
        "bell.md",
        "country.md",
        "gate.md",
        "people.md",
        "yourself.md",
    ]


# The command


def test_the_command_imports_and_exports(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_bytes(vesper())
    run = CliRunner().invoke
    came = run(app, ["import", str(tmp_path / "v.json"), "--out", str(tmp_path)])
    assert came.exit_code == 0, came.output
    assert "Lady Vesper, 2 examples, 4 facts" in came.output
    assert "not used: alternate_greetings, creator, extensions, tags" in came.output
    went = run(app, ["export", str(tmp_path / "lady-vesper"), str(tmp_path / "v.png")])
    assert went.exit_code == 0, went.output
    assert read(tmp_path / "v.png")[0].name == "Lady Vesper"
    run(app, ["export", str(tmp_path / "lady-vesper"), str(tmp_path / "two.json"), "--v2"])
    assert json.loads((tmp_path / "two.json").read_text())["spec"] == "chara_card_v2"


def test_the_command_says_what_it_cannot_do(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_bytes(vesper())
    run = CliRunner().invoke
    for _ in range(2):
        came = run(app, ["import", str(tmp_path / "v.json"), "--out", str(tmp_path)])
    assert came.exit_code == 2
    assert "is there already" in came.output
    went = run(app, ["export", str(tmp_path / "lady-vesper"), str(tmp_path / "v.gif")])
    assert went.exit_code == 2
    assert "a card is written as .json or .png" in went.output
    shutil.rmtree(tmp_path / "lady-vesper" / "knowledge")
    (tmp_path / "lady-vesper" / "card.json").write_text("[]")
    went = run(app, ["export", str(tmp_path / "lady-vesper"), str(tmp_path / "v.json")])
    assert "card.json: is not an object" in went.output
