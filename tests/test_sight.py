"""The player is seen: what a client tells, what it sends, and what characters make of it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from fakes import ScriptedMind, engines, talking

from runtime.face import AT
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.sight import Eyes

pytestmark = pytest.mark.virtual_time

SEEN = m.Player(id="ines", camera=True, double=True)


def smile(weight: float) -> bytes:
    weights = np.zeros((1, 52), np.float32)
    weights[0, [AT["mouthSmileLeft"], AT["mouthSmileRight"]]] = weight
    return media.face(0, 0, weights, "u8", np.zeros((1, 7), np.float32))


async def test_a_raised_palm_stops_the_character() -> None:
    async with talking() as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.SpokenLine)
        await asyncio.sleep(0.5)
        player.says(m.Perceive(gesture="palm"))
        cancel = await player.until(m.Cancel)
    assert cancel.reason == "interrupted"


async def test_a_nod_answers_what_was_asked_and_nothing_else() -> None:
    mind = ScriptedMind("Shall I pour?", pace=0.01)
    async with talking(engines(mind)) as (player, session):
        player.says(m.Perceive(gesture="nod"))
        player.says(m.Say(text="I am thirsty"))
        await player.until(m.Done)
        player.says(m.Perceive(gesture="shake"))  # while it speaks: a sign of listening
        await asyncio.sleep(5)
        mind.text = "There you are."
        player.says(m.Perceive(gesture="nod"))
        await player.until(m.Done, 2)
        await asyncio.sleep(5)
        player.says(m.Perceive(gesture="nod"))
        await asyncio.sleep(2)
        said = [exchange.player for exchange in session.conversations.history("mara")]
    assert said == ["I am thirsty", "Yes."]


async def test_whom_the_player_looks_at_is_meant() -> None:
    async with talking() as (player, _):
        player.says(m.Perceive(looks_at="tomo"))
        player.says(m.Say(text="What is this?"))
        assert (await player.until(m.Reply)).npc == "tomo"


async def test_what_is_seen_reaches_the_mind() -> None:
    mind = ScriptedMind("Aye.")
    async with talking(engines(mind)) as (player, _):
        player.says(m.Scene(entities=[m.Entity(id="cup", kind="cup", name="the red cup")]))
        player.says(m.Perceive(gesture="point", target="cup", expression="joy"))
        player.says(m.Say(text="Fill it"))
        await player.until(m.Done)
    assert "points at the red cup" in mind.prompts[0].messages[-1].text


@pytest.mark.parametrize("packet", [media.camera(b"\xff\xd8\xff"), smile(0.5)])
async def test_nobody_is_looked_at_without_consent(packet: bytes) -> None:
    async with talking() as (player, _):
        player.says(packet)
        assert (await player.until(m.Error)).code == "no_consent"


async def test_a_picture_that_is_none_is_refused_and_the_session_goes_on() -> None:
    async with talking(player=SEEN) as (player, _):
        player.says(media.camera(b"no picture"))
        assert (await player.until(m.Error)).code == "bad_media"
        player.says(m.Say(text="Hello"))
        await player.until(m.Done)


async def test_a_smile_that_the_client_measured_is_noticed() -> None:
    mind = ScriptedMind("Aye.")
    async with talking(engines(mind), player=SEEN) as (player, _):
        for frame in range(90):
            player.says(smile(0.0 if frame < 60 else 0.9))
            await asyncio.sleep(1 / 30)
        player.says(m.Say(text="Good evening"))
        await player.until(m.Done)
    assert "The player is smiling" in mind.prompts[0].messages[-1].text


@pytest.mark.parametrize(("agreed", "moves"), [(True, True), (False, False)])
async def test_others_see_a_players_double_if_the_player_agrees(agreed: bool, moves: bool) -> None:
    eyes = Eyes()
    shown = m.Player(id="ines", camera=True, double=agreed)
    async with talking(eyes=eyes, player=shown) as (ines, _), talking(eyes=eyes) as (friend, _):
        friend.says(m.Watch(player="ines"))
        double = await friend.until(m.Double)
        for frame in range(90):
            ines.says(smile(0.0 if frame < 60 else 0.9))
            await asyncio.sleep(1 / 30)
        packets = [packet for _, packet in friend.packets(media.FACE, double.reply)]
    assert bool(packets) == moves
    if moves:
        assert [p.time for p in packets] == sorted(p.time for p in packets)
        assert packets[-1].weights()[0, AT["mouthSmileLeft"]] > 0.5
        assert packets[-1].pose() is not None
