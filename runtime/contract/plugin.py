"""The options of the contract for pytest, and its fixtures: `ears`, `mind`, `voice` and `face` are engines.

Who has specimens of engines that cannot be opened by their defaults puts them into SPECIMENS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias, get_args

import pytest

from runtime.character import Voice
from runtime.config import Settings, load
from runtime.contract.opened import Opened, Specimen
from runtime.models import MissingModel
from runtime.registry import EMBEDDED, STAGES, BadSettings, Context, Stage, choose

Make: TypeAlias = Callable[[], AbstractContextManager[Specimen]]

SPECIMENS: dict[str, Make] = {}
"""By `stage:name`: what opens an engine that needs more than its name. Looked at beside the embedded ones."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What is to be looked at."""
    group = parser.getgroup("townsfolk")
    if group.options:  # a conftest has them from here already
        return
    group.addoption("--engine", action="append", default=[], help="stage:name; may be repeated")
    group.addoption("--engine-settings", type=Path, help="a townsfolk.toml with the options of these engines")
    group.addoption("--engine-voice", default="", help="a voice that the engine has")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a stage once for each engine of it."""
    for stage in STAGES:
        if stage in metafunc.fixturenames and metafunc.definition.get_closest_marker("contract"):
            names = [each for each in _wanted(metafunc.config) if each.startswith(f"{stage}:")]
            metafunc.parametrize(stage, names, indirect=True, scope="session")


def _wanted(config: pytest.Config) -> list[str]:
    given: list[str] = config.getoption("--engine")
    for each in given:
        if each.partition(":")[0] not in get_args(Stage):
            raise pytest.UsageError(f"--engine {each}: say stage:name, the stage one of {', '.join(STAGES)}")
    return given or [f"{stage}:{name}" for stage, name in EMBEDDED.items()] + sorted(SPECIMENS)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the mark."""
    config.addinivalue_line("markers", "contract: what every engine of a stage must do")


def _opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    name: str = request.param
    given = request.config.getoption("--engine-settings") or request.config.getoption("--engine-voice")
    if name in SPECIMENS and not given:
        with SPECIMENS[name]() as specimen:
            yield from _look_at(specimen)
    else:
        yield from _look_at(_specimen(request.config, name))


def _look_at(specimen: Specimen) -> Iterator[Opened]:
    if missing := specimen.choice.card.missing:
        pytest.skip(f"needs {', '.join(missing)}: {specimen.choice.card.remedy}")
    try:
        opened = Opened(specimen)
    except MissingModel as missing:
        pytest.skip(str(missing))
    yield opened
    opened.close()


def _specimen(config: pytest.Config, name: str) -> Specimen:
    file: Path | None = config.getoption("--engine-settings")
    settings = load(file) if file else Settings()
    stage = next(each for each in STAGES if name.startswith(f"{each}:"))
    engine = name.removeprefix(f"{stage}:")
    table = getattr(settings, stage)
    named = isinstance(table, dict) and table.get("engine") == engine
    try:
        choice = settings.engine(stage) if named else choose(stage, {"engine": engine})
    except BadSettings as error:
        pytest.fail(str(error), pytrace=False)
    voice = config.getoption("--engine-voice")
    context = Context(settings.models, settings.threads, settings.slots)
    return Specimen(choice, Voice(name=voice) if voice else Voice(), context)


ears = pytest.fixture(scope="session", name="ears")(_opened)
mind = pytest.fixture(scope="session", name="mind")(_opened)
voice = pytest.fixture(scope="session", name="voice")(_opened)
face = pytest.fixture(scope="session", name="face")(_opened)
