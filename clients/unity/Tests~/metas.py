"""Write the .meta files that Unity wants beside each asset; run it after a file is added, renamed or removed.

GUIDs depend on the path alone, so that they stay the same for all who refer to them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
IMPORTERS = {
    ".cs": "MonoImporter",
    ".asmdef": "AssemblyDefinitionImporter",
    ".json": "PackageManifestImporter",
}


def visible(path: Path) -> bool:
    """Unity passes over what ends in ~ or begins with a dot."""
    return not any(part.endswith("~") or part.startswith(".") for part in path.relative_to(PACKAGE).parts)


def meta(path: Path) -> str:
    place = path.relative_to(PACKAGE).as_posix()
    guid = hashlib.md5(f"org.townsfolk.unity/{place}".encode()).hexdigest()
    folder = "folderAsset: yes\n" if path.is_dir() else ""
    importer = "DefaultImporter" if path.is_dir() else IMPORTERS.get(path.suffix, "TextScriptImporter")
    return f"fileFormatVersion: 2\nguid: {guid}\n{folder}{importer}:\n  externalObjects: {{}}\n  userData:\n"


def main() -> None:
    assets = [path for path in sorted(PACKAGE.rglob("*")) if visible(path)]
    for path in assets:
        if path.suffix == ".meta" and not path.with_suffix("").exists():
            path.unlink()
        elif path.suffix != ".meta":
            path.with_name(path.name + ".meta").write_text(meta(path))


if __name__ == "__main__":
    main()
