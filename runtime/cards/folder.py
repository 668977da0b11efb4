"""Between a card and a character's folder."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from runtime import character as characters
from runtime.cards import toml
from runtime.cards.card import BadCard, Card, Entry
from runtime.cards.lorebook import entry_of, markdown
from runtime.cards.text import example_text, examples, filled, spoken
from runtime.character import Character
from runtime.knowledge import notes

SENTENCE = 200
"""Characters of the one sentence that tells the player who this is."""

PERSONALITY = 1200
"""Characters of a personality; the characters that come with the runtime have 900. The embedded model reads
it before it can answer, a thousand in about a second; what goes beyond becomes knowledge."""

LIMITS = {"name": 64, "description": 4000, "personality": 4000, "greeting": 4000}
"""What a character file may hold."""

CARRIED = 1_000_000
"""Characters of knowledge that a card carries as it was written; of more it has the lorebook alone."""

AT_A_LOSS = "Sorry, what was that?"
"""What someone says in place of a reply that failed; cards have no such line."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A character's folder before it is written."""

    character: Character
    knowledge: dict[str, str]
    """Name of the file -> Markdown."""
    rest: dict[str, Any]
    """What the card says that has no place here; goes to `card.json` and from there into an export."""
    picture: bytes | None = None

    def write(self, folder: Path) -> None:
        """Make the folder. Raises BadCard where something lies there already."""
        if folder.exists():
            raise BadCard(f"{folder} is there already; remove it, or choose another name with --name")
        (folder / "knowledge").mkdir(parents=True)
        (folder / "character.toml").write_text(toml.written(self.character), encoding="utf-8")
        for name, text in self.knowledge.items():
            (folder / "knowledge" / name).write_text(text, encoding="utf-8")
        if self.rest:
            rest = json.dumps(self.rest, ensure_ascii=False, indent=2)
            (folder / "card.json").write_text(rest, encoding="utf-8")
        if self.picture:
            (folder / "portrait.png").write_bytes(self.picture)


def import_card(card: Card, picture: bytes | None = None) -> Draft:
    """The folder that a card becomes."""
    char = " ".join((card.nickname or card.name).split())
    description, left = _described(filled(card.description, char))
    wants = [filled(text, char) for text in (card.personality, card.scenario)]
    personality, beyond = _fitting([*wants, left], PERSONALITY)
    said: dict[str, Any] = {
        "name": " ".join(card.name.split())[: LIMITS["name"]],
        "description": description or f"{char}, from a character card.",
        "personality": _addressed(personality, char),
        "greeting": spoken(card.greeting, char)[: LIMITS["greeting"]] or "Hello.",
        "examples": examples(card.examples, char),
    }
    drafted = _with_ours(card, _checked({**said, "at_a_loss": AT_A_LOSS}))
    knowledge = _our_knowledge(card)
    if beyond and drafted.personality == said["personality"]:
        knowledge["about.md"] = markdown([Entry(beyond, name=f"About {char}")])
    if card.entries and not knowledge:
        entries = [replace(entry, content=filled(entry.content, char)) for entry in card.entries]
        knowledge["lorebook.md"] = markdown(entries)
    rest = {**card.rest, **({"nickname": card.nickname} if card.nickname else {})}
    return Draft(drafted, knowledge, rest, picture)


def export_folder(folder: Path) -> tuple[Card, bytes | None]:
    """The card that a folder becomes, and its picture. Raises BadCharacter, BadKnowledge, BadCard."""
    rest, portrait = folder / "card.json", folder / "portrait.png"
    try:
        kept = json.loads(rest.read_text(encoding="utf-8")) if rest.is_file() else {}
        picture = portrait.read_bytes() if portrait.is_file() else None
    except (OSError, ValueError) as error:
        raise BadCard(f"{rest}: {error}") from error
    if not isinstance(kept, dict):
        raise BadCard(f"{rest}: is not an object")
    nickname = kept.pop("nickname", "")
    files = {file.name: file.read_text(encoding="utf-8") for file in notes.files(folder / "knowledge")}
    card = _card(characters.load(folder), files)
    return replace(card, rest=kept, nickname=nickname if isinstance(nickname, str) else ""), picture


def slug(name: str) -> str:
    """A folder's name: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "character"


def _card(character: Character, files: Mapping[str, str]) -> Card:
    carried = files if sum(map(len, files.values())) <= CARRIED else {}
    return Card(
        name=character.name,
        description=character.description,
        personality=character.personality,
        greeting=character.greeting,
        examples=example_text(character.examples),
        entries=_entries(files),
        extensions={"character": toml.fields(character), "knowledge": dict(carried)},
    )


def _checked(said: dict[str, Any]) -> Character:
    try:
        return msgspec.convert(msgspec.to_builtins(said), Character)
    except msgspec.ValidationError as error:
        raise BadCard(f"no character can be made of this card: {error}") from error


def _with_ours(card: Card, drafted: Character) -> Character:
    """The draft, but where the card was ours and a text of it is untouched, as it was."""
    try:
        ours = msgspec.convert(card.extensions.get("character"), Character)
    except msgspec.ValidationError:
        return drafted
    exported = _card(ours, {})
    texts = ("name", "description", "personality", "greeting", "examples")
    changed = [text for text in texts if getattr(exported, text) != getattr(card, text)]
    return msgspec.structs.replace(ours, **{text: getattr(drafted, text) for text in changed})


def _our_knowledge(card: Card) -> dict[str, str]:
    """The files that a lorebook of ours was made of, where nobody has changed it since."""
    files = card.extensions.get("knowledge")
    if not isinstance(files, dict):
        return {}
    sound = {name: text for name, text in files.items() if _FILE.fullmatch(name) and isinstance(text, str)}
    try:
        return sound if _entries(sound) == card.entries else {}
    except notes.BadKnowledge:
        return {}


_FILE = re.compile(r"[\w-]{1,64}\.md", re.ASCII)


def _entries(files: Mapping[str, str]) -> tuple[Entry, ...]:
    """A lorebook of knowledge files: an entry for each heading."""
    known = [note for name in sorted(files) for note in notes.notes(files[name], name)]
    return tuple(entry_of(list(of)) for _, of in groupby(known, key=lambda note: note.source))


def _described(text: str) -> tuple[str, str]:
    """One sentence for the player, and what else was said."""
    text = text.strip()
    if len(text) <= SENTENCE and "\n" not in text:
        return text, ""
    first = next(iter(notes.sentences(notes.plain(text.split("\n")[0]))), "")
    short = first if len(first) <= SENTENCE else first[:SENTENCE].rsplit(" ", 1)[0] + "…"
    return short, text


def _fitting(texts: Iterable[str], limit: int) -> tuple[str, str]:
    """Paragraphs as far as they fit, a long one by sentences; and what goes beyond."""
    fit: list[str] = []
    beyond: list[str] = []
    for paragraph in (line.strip() for text in texts for line in text.split("\n")):
        for part in notes.sentences(paragraph) if len(paragraph) > limit // 2 else [paragraph]:
            room = limit - sum(len(each) + 1 for each in fit)
            (fit if len(part) <= room and not beyond else beyond).append(part)
    return "\n".join(filter(None, fit)), "\n".join(filter(None, beyond))


def _addressed(personality: str, name: str) -> str:
    """Our personalities speak to the character."""
    return personality if personality.startswith("You are") else f"You are {name}.\n{personality}".strip()
