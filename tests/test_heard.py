"""What was heard: two hundred interruptions, and the history holds the very words that sounded, each time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from fakes import CAST, RATE, Player, ScriptedEars, ScriptedMind, engines, wire

from runtime.metrics import Metrics
from runtime.playback import Playback
from runtime.protocol import messages as m
from runtime.session import Session

pytestmark = pytest.mark.virtual_time

BLOCK = 0.01
"""Seconds that the player's sound device asks for at once."""
REPLY = "One two three four. Five six seven eight, nine ten. Eleven twelve. Thirteen fourteen fifteen."


async def listen(player: Player, playback: Playback, reports: bool) -> None:
    """The player's loudspeaker, in the time of the loop, a network's few milliseconds late."""
    taken = 0
    while True:
        await asyncio.sleep(BLOCK)
        for _, item in player.log[taken:]:
            playback.take(item)
        taken = len(player.log)
        playback.render(round(BLOCK * RATE))
        for report in playback.reports():
            if reports:
                player.says(report)


@asynccontextmanager
async def listening(reports: bool = True) -> AsyncIterator[tuple[Player, Session, Playback, ScriptedEars]]:
    player, playback = Player(), Playback(RATE)
    loaded = engines(ScriptedMind(REPLY, pace=0.02))
    session = Session(player, wire(), CAST, loaded, Metrics())
    running = asyncio.create_task(session.run())
    await player.until(m.Ready)
    loudspeaker = asyncio.create_task(listen(player, playback, reports))
    assert isinstance(loaded.ears, ScriptedEars)
    yield player, session, playback, loaded.ears
    loudspeaker.cancel()
    player.leave()
    await asyncio.wait_for(running, 5)


async def speak(player: Player, ears: ScriptedEars, rng: random.Random) -> None:
    """Sometimes a sign of listening first, sometimes a cough; then words that are meant."""
    if rng.random() < 0.4:
        ears.words = "Uh-huh."
        player.microphone(0.5)
        await asyncio.sleep(rng.uniform(0.1, 0.4))
        player.microphone(rng.choice((0.3, -0.3)))
        await asyncio.sleep(rng.uniform(0.05, 0.6))
    ears.words = "Stop that."
    player.microphone(0.5)
    await asyncio.sleep(rng.uniform(0.1, 0.5))
    player.microphone(rng.choice((0.4, 0.3)))
    await asyncio.sleep(0.05)
    player.microphone(-0.5)


async def interrupt(player: Player, ears: ScriptedEars, rng: random.Random) -> None:
    how: Callable[[], object] | None = rng.choice(
        (
            None,
            lambda: player.says(m.Say(text="Listen")),
            lambda: player.says(m.Interrupt()),
            lambda: player.says(m.Greet(to="mara")),
        )
    )
    if how is None:
        await speak(player, ears, rng)
    else:
        how()


@pytest.mark.parametrize("seed", range(20))
async def test_history_is_what_sounded_to_the_word(seed: int) -> None:
    rng = random.Random(seed)
    async with listening() as (player, session, playback, ears):
        for _ in range(10):
            player.says(m.Say(text="Count"))
            await asyncio.sleep(rng.uniform(0, 4.5))
            await interrupt(player, ears, rng)
            await asyncio.sleep(rng.uniform(0.3, 1.5))
        await asyncio.sleep(8)
        history = session.conversations.history("mara")
        numbers = [reply.reply for reply in player.got(m.Reply)]
        assert len(history) == len(numbers) >= 10
        for number, exchange in zip(numbers, history, strict=True):
            sounded = playback.replies.get(number)
            assert exchange.reply == words(player, number, sounded.played if sounded else 0)
    assert playback.stale == 0


@pytest.mark.parametrize("seed", range(10))
async def test_without_reports_nothing_is_believed_that_did_not_sound(seed: int) -> None:
    rng = random.Random(seed)
    async with listening(reports=False) as (player, session, playback, ears):
        player.says(m.Say(text="Count"))
        await asyncio.sleep(rng.uniform(0, 4))
        await interrupt(player, ears, rng)
        await asyncio.sleep(8)
        sounded = playback.replies.get(1)
        believed = session.conversations.history("mara")[0].reply.split()
        heard = words(player, 1, sounded.played if sounded else 0).split()
    assert believed == heard[: len(believed)]
    assert len(heard) - len(believed) <= 2, "two words are half a second"


def words(player: Player, reply: int, played: int) -> str:
    """The words that ended within the first `played` samples of a reply, by what the client was told."""
    lines = [line for line in player.got(m.SpokenLine) if line.reply == reply]
    return " ".join(word.text for line in lines for word in line.words if word.end <= played)
