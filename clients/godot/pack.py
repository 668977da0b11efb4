"""Packs a Godot project into a .pck that the engine's runtime loads, without the editor.

    python pack.py PROJECT OUT.pck [res://PATH=FILE ...]

Scripts and scenes go in as text, which every runtime reads. What the editor would import first (textures,
models, sounds) is left to be loaded at run time, as the example does with its head, which is added here:
`res://example/innkeeper.glb=../../assets/head/innkeeper.glb`.
"""

from __future__ import annotations

import hashlib
import re
import struct
import sys
from pathlib import Path

PACKED = {".gd", ".tscn", ".tres", ".gdshader", ".glb", ".godot"}
"""Kinds of files that a game needs; the rest is documentation or the editor's."""

HEAD = struct.Struct("<4s5IQ64x")
"""`GDPC`, version of the format, three of the engine, flags, where the files begin; 16 reserved words."""

FORMAT, ENGINE = 2, (4, 3, 0)
"""Format 2 is read by every Godot from 4.0 on; the addon needs 4.3."""

ALIGNED = 32
"""Bytes that files begin at multiples of, as the editor does."""

CLASSES = "res://.godot/global_script_class_cache.cfg"
"""Where the engine looks up which script a `class_name` is in."""


def pack(files: dict[str, bytes]) -> bytes:
    """The files, by their `res://` path, as one .pck."""
    table = sum(4 + len(_padded(path)) + 36 for path in files) + 4
    base = _aligned(HEAD.size + table)
    entries, body = [struct.pack("<I", len(files))], bytearray()
    for path, data in files.items():
        name = _padded(path)
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        entries.append(struct.pack("<I", len(name)) + name + struct.pack("<QQ", len(body), len(data)))
        entries.append(digest + struct.pack("<I", 0))
        body += data.ljust(_aligned(len(data)), b"\0")
    head = HEAD.pack(b"GDPC", FORMAT, *ENGINE, 0, base)
    return (head + b"".join(entries)).ljust(base, b"\0") + bytes(body)


def project(folder: Path) -> dict[str, bytes]:
    """What a game needs of a project, with the list of its classes."""
    found = sorted(file for file in folder.rglob("*") if file.suffix in PACKED and ".godot" not in file.parts)
    files = {f"res://{file.relative_to(folder).as_posix()}": file.read_bytes() for file in found}
    return files | {CLASSES: classes(files).encode()}


def classes(files: dict[str, bytes]) -> str:
    """The engine's list of `class_name`s, which the editor would have written."""
    entries = []
    for path, data in files.items():
        named = re.search(r"^class_name (\w+)", data.decode(), re.M) if path.endswith(".gd") else None
        if named:
            base = re.search(r"^extends (\w+)", data.decode(), re.M)
            extended = base[1] if base else "RefCounted"
            entries.append(
                f'{{"base": &"{extended}", "class": &"{named[1]}", "icon": "", "is_abstract": false, '
                f'"is_tool": false, "language": &"GDScript", "path": "{path}"}}'
            )
    return f"list=[{', '.join(entries)}]\n"


def _padded(path: str) -> bytes:
    data = path.encode()
    return data.ljust(-(-len(data) // 4) * 4, b"\0")


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


if __name__ == "__main__":
    source, out, *more = sys.argv[1:]
    beside = (pair.rpartition("=") for pair in more)
    added = {path: Path(file).read_bytes() for path, _, file in beside}
    Path(out).write_bytes(pack(project(Path(source)) | added))
