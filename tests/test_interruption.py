"""Speaking over a character: silence at once, and words decide whether it stops or goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fakes import CAST, RATE, Player, ScriptedEars, ScriptedMind, engines, wire

from runtime.engines import Engines
from runtime.interruption import LAST, UNDECIDED, Verdict, meant, verdict
from runtime.metrics import Metrics
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.session import Session

LONG = " ".join(f"Sentence {n} goes on and on." for n in range(1, 5))
STIR, STILL = 0.7, 0.6
START, PARTIAL, PAUSE, PLAINLY, RESUME, END, NOTHING = 0.5, 0.4, 0.3, 0.1, 0.2, -0.5, -0.3


@pytest.mark.parametrize(
    "text", ["Uh-huh.", "Mm-hmm", "Right.", "I see.", "Yeah, yeah.", "Ha ha ha!", "Oh, really?", "All right"]
)
def test_signs_of_listening_let_it_go_on(text: str) -> None:
    assert meant(text) == []
    assert verdict(text, 0.9, settled=False, begun=True, remaining=5) is Verdict.WAIT
    assert verdict(text, 0.9, settled=True, begun=True, remaining=5) is Verdict.GO_ON


@pytest.mark.parametrize("text", ["Stop.", "No.", "Wait, wait.", "Right, but where?", "I see a ship."])
def test_words_with_a_meaning_stop_it(text: str) -> None:
    assert verdict(text, 0.9, settled=True, begun=True, remaining=5) is Verdict.CUT


def test_one_word_of_a_sound_that_goes_on_may_be_a_cough() -> None:
    assert verdict("Stop", 0.9, settled=False, begun=True, remaining=5) is Verdict.WAIT
    assert verdict("Stop that", 0.9, settled=False, begun=True, remaining=5) is Verdict.CUT


@pytest.mark.parametrize(("text", "confidence"), [("Hell.", 0.45), ("T T T T T", 0.3), ("Khalslahai", 0.16)])
def test_a_sound_taken_for_a_word_is_none(text: str, confidence: float) -> None:
    assert verdict(text, confidence, settled=True, begun=True, remaining=5) is Verdict.GO_ON
    assert verdict(text, 0.9, settled=True, begun=True, remaining=5) is Verdict.CUT


def test_unsure_words_are_words() -> None:
    for text in ("Wait, wait.", "Stop", "Hell no."):
        assert verdict(text, 0.4, settled=True, begun=True, remaining=5) is Verdict.CUT


def test_yes_at_the_end_of_a_question_answers_it() -> None:
    assert verdict("Yes.", 0.9, settled=True, begun=True, remaining=LAST / 2) is Verdict.CUT


def test_before_anything_was_heard_the_player_simply_goes_on() -> None:
    assert verdict("Right.", 0.9, settled=True, begun=False, remaining=float("inf")) is Verdict.CUT


@asynccontextmanager
async def talking(
    loaded: Engines | None = None, **hello: Any
) -> AsyncIterator[tuple[Player, Session, ScriptedEars]]:
    """A session under way; when it is left, nothing of it may be left."""
    before = asyncio.all_tasks()
    player = Player()
    loaded = loaded or engines(ScriptedMind(LONG))
    session = Session(player, wire(**hello), CAST, loaded, Metrics())
    running = asyncio.create_task(session.run())
    await player.until(m.Ready)
    assert isinstance(loaded.ears, ScriptedEars)
    yield player, session, loaded.ears
    player.leave()
    await asyncio.wait_for(running, 5)
    assert asyncio.all_tasks() == before


async def over_a_reply(player: Player) -> None:
    """The player makes a sound one second into a reply."""
    player.says(m.Say(text="Hello"))
    await player.until(m.SpokenLine)
    await asyncio.sleep(1)
    player.microphone(START)
    await player.until(m.Hold)


@pytest.mark.virtual_time
class TestHolding:
    async def test_nothing_leaves_while_it_is_held(self) -> None:
        async with talking() as (player, _, _):
            await over_a_reply(player)
            sent = len(player.log)
            await asyncio.sleep(UNDECIDED - 0.1)
            assert len(player.log) == sent

    async def test_after_a_sign_of_listening_the_same_sentence_goes_on_whole(self) -> None:
        async with talking() as (player, session, heard):
            heard.words = "Uh-huh."
            await over_a_reply(player)
            await asyncio.sleep(0.3)
            player.microphone(PAUSE)
            await player.until(m.Release)
            player.microphone(END)
            done = await player.until(m.Done)
            await asyncio.sleep(2)
            packets = [packet for _, packet in player.packets(media.VOICE, 1)]
        assert [hearing.state for hearing in player.got(m.Hearing)] == ["started", "paused", "aside"]
        assert not player.got(m.Cancel)
        assert len(player.got(m.Reply)) == 1, "it was answered"
        assert done.text == LONG
        ends = [packet.time + len(packet.payload) // 2 for packet in packets]
        assert [packet.time for packet in packets[1:]] == ends[:-1], "something is missing or doubled"
        assert not session.conversations.history("mara")[0].interrupted

    async def test_a_hold_is_no_underrun_and_puts_the_rest_off_by_its_length(self) -> None:
        async with talking() as (player, session, _):
            await over_a_reply(player)
            await asyncio.sleep(0.7)
            player.microphone(NOTHING)
            await player.until(m.Done)
            packets = player.packets(media.VOICE, 1)
            reply = session.conversations._replies[1]
        assert reply.playout.clock.underruns == 0
        last, packet = packets[-1]
        assert last - packets[0][0] == pytest.approx(packet.time / RATE - 0.3 + 0.7, abs=0.02)

    async def test_a_cough_lets_it_go_on(self) -> None:
        async with talking() as (player, _, _):
            await over_a_reply(player)
            player.microphone(NOTHING)
            await player.until(m.Release)
            assert (await player.until(m.Done)).text == LONG

    async def test_noise_without_words_lets_it_go_on_after_a_while(self) -> None:
        async with talking() as (player, _, _):
            await over_a_reply(player)
            held = asyncio.get_running_loop().time()
            await player.until(m.Release)
            assert asyncio.get_running_loop().time() - held == pytest.approx(UNDECIDED, abs=0.02)
            await player.until(m.Done)

    async def test_a_first_sound_holds_it_and_a_knock_lets_it_go_on(self) -> None:
        async with talking() as (player, _, _):
            player.says(m.Say(text="Hello"))
            await player.until(m.SpokenLine)
            await asyncio.sleep(1)
            player.microphone(STIR)
            await player.until(m.Hold, 1)
            player.microphone(STILL)
            await player.until(m.Release, 1)
            player.microphone(STIR)
            await player.until(m.Hold, 2)
            player.microphone(START)  # it was the player after all: one hold for both
            player.microphone(STILL)
            player.microphone(PARTIAL)
            await player.until(m.Cancel)
        assert len(player.got(m.Hold)) == 2
        assert len(player.got(m.Release)) == 1

    async def test_a_sound_before_the_reply_is_heard_changes_nothing(self) -> None:
        async with talking() as (player, _, _):
            player.microphone(STIR)
            player.says(m.Say(text="Hello"))
            player.microphone(STILL)
            assert (await player.until(m.Done)).text == LONG
        assert not player.got(m.Hold)
        assert not player.got(m.Release)

    async def test_words_cut_it_while_they_are_spoken(self) -> None:
        async with talking() as (player, session, _):
            await over_a_reply(player)
            player.microphone(PARTIAL)
            cancel = await player.until(m.Cancel)
            sent = len(player.packets(media.VOICE, 1))
            await asyncio.sleep(1)
            player.microphone(END)
            await player.until(m.Done)
        assert len(player.packets(media.VOICE, 1)) == sent
        assert 0 < cancel.valid_through < 1.01 * RATE
        first = session.conversations.history("mara")[0]
        assert first.interrupted
        assert LONG.startswith(first.reply)
        assert not player.got(m.Release)

    async def test_who_goes_on_after_a_sign_of_listening_still_interrupts(self) -> None:
        async with talking() as (player, _, heard):
            heard.words = "Right."
            await over_a_reply(player)
            player.microphone(PAUSE)
            await player.until(m.Release)
            player.microphone(RESUME)
            await player.until(m.Hold, 2)
            heard.words = "Right, but where is the harbour?"
            player.microphone(PARTIAL)
            await player.until(m.Cancel)
            player.microphone(END)
            done = await player.until(m.Done)
        assert done.reply > 1

    async def test_a_key_means_it(self) -> None:
        async with talking() as (player, _, _):
            player.says(m.Talk(down=True))
            player.says(m.Say(text="Hello"))
            await player.until(m.SpokenLine)
            player.microphone(START)
            await player.until(m.Cancel)
        assert not player.got(m.Hold)

    async def test_a_client_that_does_not_listen_to_holds_is_told_what_it_played(self) -> None:
        async with talking() as (player, session, _):
            await over_a_reply(player)
            player.says(m.Playback(reply=1, state="position", at=int(1.2 * RATE)))
            player.microphone(PAUSE)
            cancel = await player.until(m.Cancel)
        assert cancel.valid_through == int(1.2 * RATE)
        assert session.conversations.history("mara")[0].reply == "Sentence 1 goes on"

    async def test_leaving_while_it_is_held_leaves_nothing(self) -> None:
        async with talking() as (player, _, _):
            await over_a_reply(player)


@pytest.mark.virtual_time
class TestGoingOn:
    async def test_who_goes_on_before_the_answer_is_heard_is_answered_as_one(self) -> None:
        mind = ScriptedMind(pace=0.3)
        async with talking(engines(mind)) as (player, _, heard):
            heard.words = "I want the"
            player.microphone(START)
            player.microphone(END)
            await player.until(m.Reply)
            player.microphone(START)
            heard.words = "red one."
            player.microphone(PAUSE)
            await player.until(m.Cancel)
            player.microphone(END)
            await player.until(m.Done)
        assert mind.prompts[-1].messages[-1].text == "I want the red one."
        assert not player.packets(media.VOICE, 1)

    async def test_the_mind_votes_on_the_end_of_a_turn(self) -> None:
        async with talking() as (player, _, heard):
            player.microphone(START)
            player.microphone(PAUSE)
            await asyncio.sleep(0.1)
            assert [(o.turn, o.text, o.ends) for o in heard.opinions] == [(1, "what is this", 0.9)]

    async def test_words_that_hang_are_not_answered_ahead(self) -> None:
        mind = ScriptedMind(LONG)
        mind.likely = 0.01
        async with talking(engines(mind)) as (player, _, _):
            player.microphone(START)
            player.microphone(PAUSE)
            await asyncio.sleep(1)
            assert not mind.prompts
            player.microphone(END)
            await player.until(m.Done)
        assert len(mind.prompts) == 1

    async def test_whole_words_are_answered_ahead_before_the_pause(self) -> None:
        mind = ScriptedMind(LONG)
        async with talking(engines(mind)) as (player, _, _):
            player.microphone(START)
            player.microphone(PARTIAL)
            await asyncio.sleep(0.1)
            assert len(mind.prompts) == 1
            player.microphone(PAUSE)
            player.microphone(END)
            await player.until(m.Done)
        assert len(mind.prompts) == 1

    async def test_on_plain_words_the_mind_is_not_asked(self) -> None:
        mind = ScriptedMind(LONG)
        mind.likely = 0.01
        async with talking(engines(mind)) as (player, _, heard):
            player.microphone(START)
            player.microphone(PLAINLY)
            await asyncio.sleep(0.1)
            assert len(mind.prompts) == 1
            assert not heard.opinions

    async def test_words_that_may_go_on_are_thought_about_once_there_is_a_pause(self) -> None:
        mind = ScriptedMind(LONG)
        mind.likely = 0.1
        async with talking(engines(mind)) as (player, _, heard):
            player.microphone(START)
            player.microphone(PARTIAL)
            await asyncio.sleep(0.1)
            assert not mind.prompts
            player.microphone(PAUSE)
            await asyncio.sleep(0.1)
            assert len(mind.prompts) == 1
            assert len(heard.opinions) == 2, "one on the words, one on the same words as all there are"

    async def test_patience_is_the_players_times_the_characters(self) -> None:
        async with talking(player=m.Player(patience=2)) as (player, _, heard):
            player.says(m.Attend(to="tomo"))
            await asyncio.sleep(0.1)
            assert heard.patience == [2, 2 * CAST["tomo"].patience]
