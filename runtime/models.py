"""Which weights there are, where they lie on this machine, and what to install when they do not."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from runtime.bundled import bundled

HUB = "hub:"
_BLOCK = 1 << 20
"""Bytes hashed at a time: large enough to keep the disk busy, small enough for a smooth progress bar."""


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model, as it was published."""

    bytes: int
    sha256: str


class Model(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of `assets/models.toml`."""

    name: str = ""
    """Its key in the registry."""
    role: Literal["asr", "vad", "llm", "embedding", "tts", "perception"]
    description: str
    source: str
    """Where the weights were published."""
    licence: str
    """SPDX identifier."""
    package: str
    """The distribution that holds it."""
    module: str
    """What that distribution is imported as."""
    path: str
    """The file or folder inside the module that an engine is given."""
    install: str
    """The command that brings it."""
    hub: str = ""
    """The same weights on a model hub: `owner/name`, or `owner/name/file`."""
    optional: bool = False
    """Nothing misses it where it is not installed."""
    files: dict[str, File]
    """Every file an engine needs, the weights first. A model of one file is that file itself."""

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    @property
    def single(self) -> bool:
        """True where `path` is the only file, False where it is a folder of `files`."""
        return PurePosixPath(self.path).name in self.files

    def parts(self, path: Path) -> Iterator[tuple[Path, File]]:
        """Its files as they would lie at `path`, each with what it should be."""
        for name, file in self.files.items():
            yield (path if self.single else path / name), file


class MissingModel(Exception):
    """Weights that are not there, or not whole. Says what to install or to configure."""


def registry() -> dict[str, Model]:
    """Every model known by name."""
    file = bundled("assets") / "models.toml"
    models = msgspec.toml.decode(file.read_bytes(), type=dict[str, Model])
    return {name: msgspec.structs.replace(model, name=name) for name, model in models.items()}


def where(model: Model) -> Path | None:
    """The file or folder of `model` in its installed package, or None.

    The package is looked up, never imported: it may need much that its weights do not.
    """
    spec = find_spec(model.module)
    folders = (spec and spec.submodule_search_locations) or []
    found = (Path(folder) / model.path for folder in folders)
    return next((path for path in found if path.exists()), None)


def find(name: str, overrides: Mapping[str, str] | None = None) -> Path:
    """The file or folder to load for the model `name`. Raises MissingModel.

    `overrides` is the table [models] of the configuration: name -> a file, a folder, or
    `hub:owner/name` (or `hub:owner/name/file`), which is downloaded on first use. A name of the user's
    own is fine there. Files of the registry are checked for their size, not for their sum: see verify().
    """
    model = registry().get(name)
    if overrides and name in overrides:
        return _chosen(name, overrides[name], model)
    if model is None:
        raise MissingModel(
            f"there is no model `{name}`. Known are {', '.join(registry())}; "
            f"for any other say where it lies: `{name} = ...` under [models]"
        )
    path = where(model)
    if path is None:
        raise MissingModel(f"the model `{name}` is not installed. {_remedy(model)}")
    for part, file in model.parts(path):
        size = part.stat().st_size if part.is_file() else 0
        if size != file.bytes:
            fault = f"{part} has {size} bytes, not {file.bytes}"
            raise MissingModel(f"the model `{name}` is damaged: {fault}. {_remedy(model, again=True)}")
    return path


def verify(model: Model, progress: Callable[[int], object] = lambda done: None) -> bool:
    """Whether every installed file of `model` has its SHA-256. Raises MissingModel where find() would.

    `progress` is told the bytes of each block that was read; they add up to `model.bytes`.
    """
    sums = [(_sha256(part, progress), file.sha256) for part, file in model.parts(find(model.name))]
    return all(found == published for found, published in sums)


def verify_all(overrides: Mapping[str, str] | None = None, console: Console | None = None) -> bool:
    """Check the sum of every model with a progress bar and tell the outcome of each; True if all are whole.

    What `overrides` replaces is the user's own and has no published sum: it is left out.
    """
    console = console or Console()
    wanted = (model for name, model in registry().items() if name not in (overrides or {}))
    checked = [model for model in wanted if not (model.optional and where(model) is None)]
    verdicts = []
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("SHA-256", total=sum(model.bytes for model in checked))
        for model in checked:
            try:
                whole = verify(model, lambda done: bar.advance(task, done))
                verdict = (
                    "whole"
                    if whole
                    else f"[red]not what was published.[/red] {escape(_remedy(model, again=True))}"
                )
            except MissingModel as missing:
                whole, verdict = False, f"[red]{escape(str(missing))}[/red]"
            console.print(f"{model.name}: {verdict}", soft_wrap=True, highlight=False)
            verdicts.append(whole)
    return all(verdicts)


def models_table(overrides: Mapping[str, str] | None = None) -> Table:
    """All models for the terminal: what each is and where it was found, or the command that brings it."""
    table = Table("model", "role", "size", "licence", "where", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    for model in registry().values():
        size = f"{model.bytes / 1e6:.1f} MB"
        table.add_row(model.name, model.role, size, model.licence, _place(model, overrides or {}))
    return table


def _place(model: Model, overrides: Mapping[str, str]) -> str:
    """Where the model comes from, in one line of markup. Downloads nothing."""
    chosen = overrides.get(model.name, "")
    if chosen.startswith(HUB):
        return escape(chosen)
    try:
        path = find(model.name, overrides)
    except MissingModel as missing:
        if model.optional and not chosen:
            return f"[dim]optional: `{escape(model.install)}`[/dim]"
        return f"[red]{escape(str(missing))}[/red]"
    if chosen:
        return escape(str(path))
    return f"{model.package} {importlib.metadata.version(model.package)}"


def _chosen(name: str, place: str, model: Model | None) -> Path:
    """What the configuration says instead of the registry."""
    hub = place.startswith(HUB)
    path = _download(name, place.removeprefix(HUB), model) if hub else Path(place).expanduser()
    if not path.exists():
        raise MissingModel(f"[models] says that `{name}` lies at {path}, but nothing does")
    if model is None or (model.single and path.is_file()):
        return path
    weights = next(iter(model.files))
    if model.single:
        return _only(path, f"*{PurePosixPath(weights).suffix}", name)
    if not (path / weights).is_file():
        raise MissingModel(f"`{name}` is a folder with a {weights} in it; {path} under [models] is not")
    return path


def _only(folder: Path, pattern: str, name: str) -> Path:
    """The one file in `folder` that fits, so that a folder may stand for the file in it."""
    files = sorted(folder.glob(pattern))
    if len(files) != 1:
        raise MissingModel(
            f"`{name}` is a file, and {folder} has {len(files)} of {pattern}: name one of them"
        )
    return files[0]


def _download(name: str, repository: str, model: Model | None) -> Path:
    """Fetch `owner/name`, or one file of it as `owner/name/file`, into the hub's own cache."""
    from huggingface_hub import snapshot_download  # takes a second to import, and is rarely wanted

    owner, _, rest = repository.partition("/")
    title, _, file = rest.partition("/")
    if model is not None and model.single and not file:
        # Such repositories hold the same model a dozen times over, in every precision.
        raise MissingModel(f"`{name}` is one file: say which, as in `{HUB}{repository}/FILE`")
    try:
        folder = snapshot_download(f"{owner}/{title}", allow_patterns=[file] if file else None)
    except (OSError, ValueError) as error:
        raise MissingModel(f"`{name}` could not be fetched as `{HUB}{repository}`: {error}") from error
    return Path(str(folder)) / file


def _remedy(model: Model, again: bool = False) -> str:
    """What the user can do. `again`: pip believes that it is installed already."""
    command = model.install.replace("install", "install --force-reinstall", 1) if again else model.install
    hub = f" or `{HUB}{model.hub}`" if model.hub else ""
    kind = "file" if model.single else "folder"
    return f"Install it with `{command}`, or name a {kind}{hub} for it under [models]"


def _sha256(file: Path, progress: Callable[[int], object]) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            progress(len(block))
    return digest.hexdigest()
