"""A mind that chooses what it does by itself, in a session: its calls are actions like all others."""

from __future__ import annotations

import pytest
from fakes import Player, ScriptedMind, engines, talking

from runtime.flow import Stream
from runtime.mind.fallback import Fallback
from runtime.protocol import messages as m
from runtime.routing import MindRouter, acts
from runtime.types import Prompt

pytestmark = pytest.mark.virtual_time

DOOR = m.Entity(id="door", kind="door", name="the front door", state={"open": False})
OPEN = m.Verb(name="open", examples=["Open the door."], targets=["door"], needs={"open": False})
WAVE = m.Verb(name="wave", when="after")


class Acting(ScriptedMind):
    """Calls tools after its second word."""

    acts = True

    def __init__(self, *calls: tuple[str, str]) -> None:
        super().__init__()
        self.calls, self.answers = calls, []

    async def __call__(self, prompt: Prompt) -> Stream[str]:
        said = 0
        async for piece in super().__call__(prompt):
            yield piece
            said += 1
            if said == 2 and prompt.tools:
                self.answers += [prompt.tools.call(*call) for call in self.calls]


async def played(mind: ScriptedMind, text: str) -> Player:
    async with talking(engines(mind), cast=["mara"]) as (player, _):
        player.says(m.Scene(entities=[DOOR]))
        player.says(m.Actions(verbs=[OPEN, WAVE]))
        player.says(m.Say(text=text))
        await player.until(m.Done)
        return player


async def test_what_the_model_calls_is_done_at_its_place_in_the_reply() -> None:
    mind = Acting(
        ("open", '{"target": "door"}'), ("wave", "{}"), ("open", '{"target": "moon"}'), ("fly", "{}")
    )
    player = await played(mind, "It is stuffy in here.")
    first, last = player.got(m.SpokenLine)[0], player.got(m.SpokenLine)[-1]
    done = [(action.verb, action.target, action.at) for action in player.got(m.Action)]
    assert done == [("open", "door", first.end), ("wave", None, last.end)]
    assert mind.answers[0] == "You are about to open the front door."
    assert mind.answers[2:] == ["That cannot be done now."] * 2


async def test_a_model_that_declines_is_not_overruled_by_the_words() -> None:
    assert (await played(Acting(), "Open the door.")).got(m.Action) == []
    assert [a.verb for a in (await played(ScriptedMind(), "Open the door.")).got(m.Action)] == ["open"]


async def test_the_mind_of_a_character_decides_whether_it_acts() -> None:
    plain, acting = ScriptedMind(), Acting()
    routed = MindRouter(plain, {"tomo": Fallback(acting, plain)})
    assert [acts(routed, npc) for npc in ("mara", "tomo")] == [False, True]
