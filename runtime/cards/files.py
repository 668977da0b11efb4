"""Cards in files: JSON, PNG with a card in it, plain text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import replace
from pathlib import Path

from runtime.cards import png
from runtime.cards.card import BadCard, Card, encoded, parsed
from runtime.cards.png import BadPng

FILE = 48_000_000
"""Bytes of a file that is read: a large picture with a large lorebook in it."""

_CHUNKS = ("ccv3", "chara")
"""Where a PNG keeps its card; of both the newer one is read."""


def read(file: Path) -> tuple[Card, bytes | None]:
    """The card in a file, and the picture it came in. Raises BadCard, which names the file."""
    try:
        if (size := file.stat().st_size) > FILE:
            raise BadCard(f"{size} bytes; a card may have {FILE}")
        return decoded(file.read_bytes(), file.stem)
    except (OSError, BadCard, BadPng) as error:
        raise BadCard(f"{file}: {error}") from error


def decoded(content: bytes, name: str = "") -> tuple[Card, bytes | None]:
    """The card in the bytes of a file. `name` is used where a text has none. Raises BadCard, BadPng."""
    if content.startswith(png.SIGNATURE):
        return _from_png(content), png.with_texts(content, {})
    text = _utf8(content, "the file")
    if text.lstrip()[:1] in ("{", "["):
        return _from_json(text), None
    return from_text(text, name), None


def write(file: Path, card: Card, picture: bytes | None = None, version: int = 3) -> None:
    """As `.json`, or as `.png` in `picture` (without one: in a grey one), where older readers find V2 too.

    Raises BadCard for another kind of file or a picture that is no PNG.
    """
    if file.suffix.lower() == ".json":
        file.write_text(json.dumps(encoded(card, version), ensure_ascii=False, indent=2), encoding="utf-8")
    elif file.suffix.lower() == ".png":
        try:
            file.write_bytes(in_picture(card, picture))
        except BadPng as error:
            raise BadCard(f"the picture: {error}") from error
    else:
        raise BadCard(f"{file}: a card is written as .json or .png")


def in_picture(card: Card, picture: bytes | None = None) -> bytes:
    """A PNG with the card in it, as V2 and as V3. Raises BadPng."""
    packed = {
        "chara": base64.b64encode(json.dumps(encoded(card, 2)).encode()).decode(),
        "ccv3": base64.b64encode(json.dumps(encoded(card, 3)).encode()).decode(),
    }
    return png.with_texts(picture or png.plain(400, 600, (96, 96, 104)), packed)


def _from_png(content: bytes) -> Card:
    there = png.keywords(content)
    chunk = next((chunk for chunk in _CHUNKS if chunk in there), None)
    if chunk is None:
        others = f"; it has {', '.join(there[:9])}" if there else ""
        raise BadCard(f"there is no card in this picture: it has no text chunk `chara` or `ccv3`{others}")
    packed = b"".join((png.text(content, chunk) or b"").split())
    try:
        card = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error as error:
        raise BadCard(f"the card in the chunk `{chunk}` is not base64: {error}") from error
    return _from_json(_utf8(card, f"the card in the chunk `{chunk}`"))


def _from_json(text: str) -> Card:
    try:
        return parsed(json.loads(text))
    except json.JSONDecodeError as error:
        raise BadCard(f"the card is broken JSON: {error}") from error
    except RecursionError as error:
        raise BadCard("the card's JSON is nested too deeply") from error
    except ValueError as error:  # numbers of thousands of digits
        raise error if isinstance(error, BadCard) else BadCard(f"the card is broken JSON: {error}") from error


_LABELS = {
    "name": "name",
    "description": "description",
    "personality": "personality",
    "scenario": "scenario",
    "greeting": "greeting",
    "first message": "greeting",
    "examples": "examples",
    "example dialogue": "examples",
}
_LABEL = re.compile(rf"^({'|'.join(_LABELS)})\s*:[ \t]*", re.IGNORECASE | re.MULTILINE)


def from_text(text: str, name: str = "") -> Card:
    """From plain text: `Name:`, `Description:`, `Personality:`, `Scenario:`, `Greeting:` and `Examples:` at
    the beginning of lines; what comes before them is description. Raises BadCard where nothing is said."""
    parts = _LABEL.split(text.replace("\r\n", "\n"))
    said = {"description": parts[0].strip()}
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        ours = _LABELS[label.casefold()]
        said[ours] = f"{said.get(ours, '')}\n{value.strip()}".strip()
    said["name"] = said.get("name", "") or name
    if not said["name"] or not any(value for key, value in said.items() if key != "name"):
        raise BadCard("the text says nothing of a character: begin lines with Name:, Description:, Greeting:")
    return replace(Card(said.pop("name")), **said)  # type: ignore[arg-type]


def _utf8(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as error:
        raise BadCard(f"{what} is not UTF-8 text: {error}") from error
