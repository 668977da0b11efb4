"""Engines are found by name, chosen by tables, opened once each, and serve whom they are meant for."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import Annotated, Any

import msgspec
import pytest
from fakes import CAST, ScriptedMind, ScriptedVoice
from msgspec import Meta

from runtime import engines, registry
from runtime.character import Character, Voice
from runtime.config import Settings
from runtime.engines import Casting
from runtime.flow import Stream
from runtime.mind import MindFailed
from runtime.mind.fallback import Fallback
from runtime.registry import BadSettings, Card, Choice, Context, Options, Stage, choose, known
from runtime.registry_command import engines as list_engines
from runtime.routing import MindRouter, VoiceRouter
from runtime.types import Line, Message, Prompt


class EchoOptions(Options, frozen=True):
    pace: Annotated[float, Meta(ge=0, le=1)] = 0.1
    words: tuple[str, ...] = ()


def _open(options: EchoOptions, context: Context) -> ScriptedMind:
    return ScriptedMind(" ".join(options.words), options.pace)


CARD = Card(
    "echo", "mind", "says it again", "MIT", "any", "cpu", _open, EchoOptions, "townsfolk-echo", ("sys",)
)
ABSENT = replace(CARD, name="absent", modules=("no_such_module.inside",))
NO_CARD = "echo"


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Packages that bring engines: one is whole, one lacks something, two bring none."""
    points = [
        EntryPoint(name, f"{__name__}:{name}", registry.ENTRY_POINTS)
        for name in ("CARD", "ABSENT", "NO_CARD", "MISSING")
    ]
    monkeypatch.setattr(registry.metadata, "entry_points", lambda group: points)
    known.cache_clear()
    yield
    known.cache_clear()


def test_every_engine_of_this_program_has_its_card() -> None:
    there = known()
    assert not {place: why for place, why in there.broken.items() if place in registry.OURS}
    assert len(there.cards) >= len(registry.OURS)
    for stage, name in registry.EMBEDDED.items():
        assert not there.of(stage)[name].missing


def test_looking_engines_up_imports_nothing_heavy() -> None:
    code = "import sys, runtime.registry as r; r.known(); print([m for m in sys.modules])"

    async def loaded() -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode()

    names = asyncio.run(loaded())
    assert "'runtime.registry'" in names
    for heavy in ("torch", "transformers", "ctranslate2", "faster_whisper", "xllamacpp", "TTS", "piper"):
        assert f"'{heavy}'" not in names


@pytest.mark.parametrize("card", known().cards, ids=lambda card: f"{card.stage}:{card.name}")
def test_a_card_says_all_that_is_listed(card: Card) -> None:
    assert all([card.name, card.summary, card.licence, card.languages, card.devices])
    assert card.extra or not card.missing, "it is missing something and says not what installs it"
    assert issubclass(card.options, Options)


@pytest.mark.usefixtures("others")
def test_other_packages_bring_engines() -> None:
    choice = choose("mind", {"engine": "echo", "words": ["one", "two"], "pace": 0})
    assert choice.card is CARD
    mind = choice.open(Context())
    assert (mind.text, mind.pace) == ("one two", 0)
    broken = known().broken
    assert "it is str, not a runtime.registry.Card" in broken[f"{__name__}:NO_CARD"]
    assert "MISSING" in broken[f"{__name__}:MISSING"]


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize(
    ("stage", "table", "said"),
    [
        (
            "mind",
            {"engine": "nobody"},
            r"\[mind\] there is no engine 'nobody'; there are llama, .*echo, absent",
        ),
        ("mind", {"engine": 3}, "there is no engine 3"),
        ("mind", {"engine": "echo", "pace": 2}, r"\[mind\] engine 'echo': .*<= 1.* at `mind.pace`"),
        ("mind", {"engine": "echo", "words": [1]}, r"at `mind.words\["),
        ("mind", {"engine": "echo", "pase": 1}, "unknown field `pase`; its options are: pace, words"),
        ("ears", {"engine": "echo"}, r"\[ears\] there is no engine 'echo'"),
        ("face", {"engine": "audio2face"}, "missing required field `folder`"),
        ("ears", {"fallback": "whisper"}, "unknown field `fallback`"),
    ],
)
def test_what_cannot_be_chosen_is_told_with_its_place(stage: Stage, table: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        choose(stage, table)


@pytest.mark.usefixtures("others")
def test_what_is_not_installed_says_what_installs_it() -> None:
    choice = choose("mind", {"engine": "absent"})
    with pytest.raises(
        BadSettings, match=r'no_such_module.inside not installed.*pip install "townsfolk-echo"'
    ):
        choice.open(Context())
    late = Choice(replace(CARD, open=lambda options, context: __import__("no_such_module")), EchoOptions())
    with pytest.raises(BadSettings, match="No module named 'no_such_module'; install it"):
        late.open(Context())


@pytest.mark.usefixtures("others")
def test_a_mind_may_have_one_that_stands_in() -> None:
    plain = choose("mind", {"engine": "echo", "fallback": "llama"})
    table = choose("mind", {"engine": "echo", "fallback": {"engine": "echo", "pace": 0.5}})
    assert plain.fallback is not None
    assert plain.fallback.card.name == "llama"
    assert table.fallback is not None
    assert table.fallback.options == EchoOptions(pace=0.5)
    assert len({plain.key, table.key, choose("mind", {"engine": "echo"}).key}) == 3


def test_weights_are_named_or_placed(tmp_path: Any) -> None:
    file = tmp_path / "some.gguf"
    file.touch()
    context = Context(models={"mine": str(file)})
    assert context.weights("mine") == context.weights(str(file)) == file
    assert context.weights("hibari-heart").is_file()


class OwnVoice(Voice, frozen=True):
    engine: str = ""
    options: dict[str, Any] = msgspec.field(default_factory=dict)


class Own(Character, frozen=True):
    mind: dict[str, Any] = msgspec.field(default_factory=dict)


def cast() -> dict[str, Character]:
    """Mara thinks and speaks by engines of her own, Tomo by the server's, and a twin of Mara as she does."""
    plain = {name: value for name, value in msgspec.structs.asdict(CAST["mara"]).items() if name != "mind"}
    voice = OwnVoice(engine="hibari", options={"voices": {"deep": "hibari-heart"}})
    mara = Own(**{**plain, "voice": voice, "mind": {"engine": "echo", "words": ["hum"]}})
    return {"mara": mara, "tomo": CAST["tomo"], "twin": msgspec.structs.replace(mara, id="twin")}


@pytest.mark.usefixtures("others")
def test_each_engine_is_wanted_once() -> None:
    settings = Settings(mind={"engine": "echo"})
    casting = Casting.of(settings, cast())
    steps = sorted(step for step, _ in casting.distinct().values())
    assert steps == ["ears: words", "face", "mind", "mind: echo of mara", "voice", "voice: hibari of mara"]
    own = next(key for key, (step, _) in casting.distinct().items() if step.startswith("mind: "))
    assert [npc.id for npc in casting.served(own, cast())] == ["mara", "twin"]
    server = ("mind", *casting.stages["mind"].key)
    assert [npc.id for npc in casting.served(server, cast())] == ["tomo"]


@pytest.mark.usefixtures("others")
def test_a_character_that_wants_what_there_is_not_is_named() -> None:
    npc = msgspec.structs.replace(cast()["mara"], mind={"engine": "nobody"})
    with pytest.raises(BadSettings, match=r"character 'mara': \[mind\] there is no engine 'nobody'"):
        Casting.of(Settings(), {"mara": npc})


class NpcPrompt(Prompt):
    npc = ""


def asking(npc: str) -> Prompt:
    prompt = NpcPrompt((), (Message("user", "hello"),))
    object.__setattr__(prompt, "npc", npc)
    return prompt


async def test_a_reply_goes_to_the_character_s_own_mind() -> None:
    servers, own = ScriptedMind("the server's", 0), ScriptedMind("her own", 0)
    router = MindRouter(servers, {"mara": own})
    said = {who: [piece async for piece in router(asking(who))] for who in ("mara", "tomo", "")}
    assert said == {"mara": ["her ", "own "], "tomo": ["the ", "server's "], "": ["the ", "server's "]}
    own.likely = 0.1
    assert (await router.ends(asking("mara")), await router.ends(asking("tomo"))) == (0.1, 0.9)
    await router.warm(asking("mara"))
    assert (len(own.warmed), len(servers.warmed)) == (1, 0)


async def test_a_line_is_spoken_by_the_voice_s_own_engine() -> None:
    def named(name: str) -> ScriptedVoice:
        voice = ScriptedVoice()
        voice.closed = []  # type: ignore[attr-defined]
        voice.close = lambda: voice.closed.append(name)  # type: ignore[attr-defined, method-assign]
        return voice

    servers, own = named("server"), named("own")
    own.broken = True
    deep = OwnVoice(engine="hibari", options={"voices": {"deep": "hibari-heart"}})
    key = choose("voice", {"engine": "hibari", "voices": {"deep": "hibari-heart"}}).key
    router = VoiceRouter(servers, {key: own})

    async def lines() -> Stream[Line]:
        yield Line("Hm.", "Hm.")

    for voice in (
        Voice(),
        OwnVoice(engine="hibari"),
    ):  # the second was asked for after the server had started
        assert len([speech async for speech in router.speak(lines(), voice)]) == 1
    with pytest.raises(RuntimeError, match="the voice broke"):
        await anext(router.speak(lines(), deep))
    router.close()
    assert servers.closed == ["server"]  # type: ignore[attr-defined]
    assert own.closed == ["own"]  # type: ignore[attr-defined]


async def test_if_one_does_not_open_the_others_are_closed() -> None:
    class Opened:
        closed = False

        def close(self) -> None:
            self.closed = True

    good = Opened()

    def bad() -> None:
        raise MindFailed("no weights")

    with pytest.raises(MindFailed, match="no weights"):
        await engines._side_by_side({1: ("a", lambda: good), 2: ("b", bad)}, lambda name, seconds: None)
    assert good.closed


@pytest.mark.usefixtures("others")
async def test_a_mind_that_fails_is_stood_in_for_and_counted() -> None:
    failures = engines.Counter[str]()
    choice = choose(
        "mind", {"engine": "echo", "words": ["BREAK"], "fallback": {"engine": "echo", "words": ["so"]}}
    )
    mind = engines._open(choice, Context(), failures)
    assert isinstance(mind, Fallback)

    async def fail(prompt: Prompt) -> Stream[str]:
        raise MindFailed("gone")
        yield ""

    mind.mind = fail  # type: ignore[assignment]
    with suppress(MindFailed):
        assert "".join([piece async for piece in mind(asking("mara"))]).strip() == "so"
    assert failures == {"before": 1}


@pytest.mark.usefixtures("others")
def test_all_are_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    list_engines(Settings())
    table = capsys.readouterr().out
    for name in ("whisper", "llama", "hibari", "network", "echo", 'pip install "townsfolk-echo"', "NO_CARD"):
        assert name in table
    list_engines(Settings(mind={"engine": "echo"}), json=True)
    listed = {
        (row["stage"], row["name"]): row for row in msgspec.json.decode(capsys.readouterr().out)["engines"]
    }
    assert listed["mind", "echo"]["chosen"]
    assert not listed["mind", "llama"]["chosen"]
    assert listed["mind", "echo"]["options"] == {"pace": 0.1, "words": []}
    assert listed["mind", "absent"]["missing"] == ["no_such_module.inside"]
    assert listed["face", "audio2face"]["options"]["folder"] is None
