"""Write the protocol down for client authors: `python -m runtime.protocol.describe [--check]`.

Everything is taken from the code: messages, types, limits, the strings under the fields, the examples.
With --check nothing is written, and the exit status is 1 where a file is not what the code says.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from runtime.protocol import fields, media, messages
from runtime.protocol.errors import ERRORS
from runtime.protocol.examples import FROM_CLIENT, FROM_SERVER, PACKETS

ROOT = Path(__file__).parents[2]
KINDS = {media.VOICE: "voice", media.FACE: "face", media.MICROPHONE: "microphone", media.CAMERA: "camera"}
_WIDTH = 100
"""Characters of an example line; beyond it the example is broken at its fields."""


def files() -> dict[Path, str]:
    """Every generated file and what belongs in it."""
    return {
        ROOT / "docs" / "protocol.md": page(),
        ROOT / "docs" / "protocol.schema.json": schema(),
        ROOT / "tests" / "data" / "protocol.jsonl": golden(),
    }


# ---------------------------------------------------------------- machine-readable


def schema() -> str:
    """JSON Schema 2020-12: `FromClient` and `FromServer` under $defs, and everything they need."""
    unions = {"FromClient": messages.FromClient, "FromServer": messages.FromServer}
    roots, parts = msgspec.json.schema_components(list(unions.values()), ref_template="#/$defs/{name}")
    _, strict = msgspec.json.schema_components([messages.FromClient], ref_template="#/$defs/{name}")
    for name in parts.keys() - strict.keys():
        del parts[name]["additionalProperties"]  # what the server sends may gain fields
    for part in parts.values():
        part["description"] = inspect.cleandoc(part["description"])  # Python 3.13 cleans it, 3.11 does not
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Townsfolk protocol {messages.PROTOCOL}",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in unions],
        "$defs": dict(zip(unions, roots, strict=True)) | parts,
    }
    return _pretty(document) + "\n"


def golden() -> str:
    """One line of JSON for each message and packet, for the tests of clients."""
    lines: list[dict[str, object]] = [{"from": "client", "message": message} for message in FROM_CLIENT]
    lines += [{"from": "server", "message": message} for message in FROM_SERVER]
    lines += [_unpacked(data) for data in PACKETS.values()]
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def _unpacked(data: bytes) -> dict[str, object]:
    packet = media.unpack(data)
    numbers = packet.weights() if packet.kind == media.FACE else packet.samples()
    return {
        "from": "client" if packet.kind == media.MICROPHONE else "server",
        "packet": data.hex(),
        "kind": KINDS[packet.kind],
        "flags": packet.flags,
        "count": packet.count,
        "reply": packet.reply,
        "time": packet.time,
        "values": numbers.astype(float).round(6).tolist(),
    }


# ---------------------------------------------------------------- the page


def page() -> str:
    """`docs/protocol.md`: the prose of `page.md` with the code's own words filled in."""
    text = (Path(__file__).parent / "page.md").read_text(encoding="utf-8")
    for name, value in {
        "version": str(messages.PROTOCOL),
        "header": str(media.HEADER.size),
        "weights": str(media.BLENDSHAPES),
        "kinds": ", ".join(f"{number} {name}" for number, name in KINDS.items()),
        "client": "\n\n".join(map(_message, FROM_CLIENT)),
        "server": "\n\n".join(map(_message, FROM_SERVER)),
        "parts": "\n\n".join(map(_part, _parts())),
        "packets": "\n\n".join(_packet(name, data) for name, data in PACKETS.items()),
        "errors": "\n".join(f"| `{code}` | {why} | {hint} |" for code, (why, hint) in ERRORS.items()),
    }.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _message(example: msgspec.Struct) -> str:
    kind = type(example)
    shown = msgspec.to_builtins(example)
    if isinstance(example, messages.Ready):
        shown["blendshapes"] = [*example.blendshapes[:2], "…"]
    return f"### {kind.__struct_config__.tag}\n\n{_about(kind)}\n\n```json\n{_short(shown)}\n```"


def _part(kind: type[msgspec.Struct]) -> str:
    return f"### {kind.__name__}\n\n{_about(kind)}"


def _about(kind: type[msgspec.Struct]) -> str:
    """The docstring of a class and the table of its fields."""
    text = inspect.getdoc(kind) or ""
    rows = [f"| `{f.name}` | {f.type} | {f.default} | {f.meaning} |" for f in fields.of(kind)]
    head = "| field | type | default | meaning |\n| --- | --- | --- | --- |"
    return "\n".join([text, "", head, *rows]) if rows else f"{text}\n\nIt has no fields."


def _parts() -> list[type[messages.Part]]:
    """Classes that stand inside messages, in the order of the code."""
    return [kind for kind in vars(messages).values() if fields.is_part(kind)]


def _packet(name: str, data: bytes) -> str:
    """A packet in hexadecimal, header and payload apart; a long payload is cut."""
    packet = media.unpack(data)
    head, body = data[: media.HEADER.size], data[media.HEADER.size :]
    rest = " …" if len(body) > 16 else ""
    return (
        f"A packet of kind {name}: {len(data)} bytes, count {packet.count}, reply {packet.reply}, "
        f"time {packet.time}.\n\n```\n{head.hex(' ')}   {body[:16].hex(' ')}{rest}\n```"
    )


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _short(value: dict[str, Any]) -> str:
    """JSON on one line where it fits, else one field a line."""
    line = _spaced(value)
    if len(line) <= _WIDTH:
        return line
    return "{\n" + ",\n".join(f'  "{name}": {_spaced(field)}' for name, field in value.items()) + "\n}"


def _spaced(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=0).decode()


# ---------------------------------------------------------------- the command


def stale() -> Iterator[Path]:
    """Files that are not what the code says."""
    for file, text in files().items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            yield file


def main(arguments: Iterable[str]) -> None:
    """Write the files, or with --check leave with status 1 where one is stale."""
    old = list(stale())
    if "--check" in arguments:
        if old:
            names = ", ".join(str(file.relative_to(ROOT)) for file in old)
            raise SystemExit(f"stale: {names}; run python -m runtime.protocol.describe")
        return
    for file in old:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files()[file], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
