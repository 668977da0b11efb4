"""The actor: what starts and what ends a reply, what is remembered of it, what a fault may do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fakes import CAST, Player, ScriptedMind, ScriptedVoice, engines, talking, wire
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual import VirtualLoop

from runtime.metrics import Metrics
from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.session import Session

pytestmark = pytest.mark.virtual_time


async def test_a_typed_line_is_answered_with_words_voice_and_face() -> None:
    async with talking() as (player, _):
        player.says(m.Say(text="Hello"))
        done = await player.until(m.Done)
    assert done.text == "One two three. Four five six. Seven eight."
    assert done.samples == 8 * 6000
    assert done.frames == 120
    assert [line.text for line in player.got(m.SpokenLine)] == [
        "One two three.",
        "Four five six.",
        "Seven eight.",
    ]
    voice = [packet.time for _, packet in player.packets(media.VOICE, 1)]
    face = [packet.time for _, packet in player.packets(media.FACE, 1)]
    assert voice == sorted(set(voice))
    assert face == sorted(set(face))


async def test_audio_leaves_at_most_the_lead_before_it_is_due() -> None:
    async with talking() as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.Done)
        packets = player.packets(media.VOICE, 1)
    first = packets[0][0]
    for at, packet in packets:
        assert packet.time / 24000 <= at - first + 0.3 + 1e-6
    assert packets[-1][0] - first > 1.0, "a reply of two seconds cannot have been sent at once"


async def test_a_face_frame_never_leaves_after_its_sound() -> None:
    async with talking() as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.Done)
        sent = [item for _, item in player.log if isinstance(item, media.Packet)]
    shown = 0.0
    for packet in sent:
        if packet.kind == media.FACE:
            shown = packet.time / 24000 + packet.count / 60
        else:
            assert shown >= (packet.time + len(packet.payload) // 2) / 24000 - 1 / 60


async def test_a_spoken_turn_is_answered_by_who_is_attended() -> None:
    async with talking() as (player, _):
        player.says(m.Attend(to="tomo"))
        player.microphone(0.5)
        player.microphone(-0.5)
        done = await player.until(m.Done)
    assert done.npc == "tomo"
    assert done.latency.ears == 500
    assert player.got(m.Heard)[0].text == "what is this"


async def test_an_interrupt_stops_everything_at_once_and_says_what_is_valid() -> None:
    async with talking() as (player, session):
        player.says(m.Say(text="Hello"))
        await player.until(m.SpokenLine)
        await asyncio.sleep(0.7)
        player.says(m.Interrupt())
        cancel = await player.until(m.Cancel)
        sent = len(player.log)
        await asyncio.sleep(5)
        assert len(player.log) == sent, "something of a cancelled reply was sent"
    assert 0 < cancel.valid_through <= 0.7 * 24000
    assert session.conversations.history("mara")[0].interrupted


async def test_a_reply_can_be_cancelled_while_it_is_still_thought() -> None:
    mind = ScriptedMind(pace=1.0)
    async with talking(engines(mind)) as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.Reply)
        await asyncio.sleep(0.5)
        player.says(m.Interrupt())
        cancel = await player.until(m.Cancel)
        await asyncio.sleep(0.1)
        assert mind.open == 0
    assert cancel.valid_through == 0
    assert not player.packets(media.VOICE, 1)


async def test_speaking_interrupts_and_a_new_line_supersedes() -> None:
    async with talking() as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.SpokenLine)
        player.microphone(0.5)
        await player.until(m.Hold)
        player.microphone(-0.5)
        assert (await player.until(m.Cancel)).reason == "interrupted"
        await player.until(m.SpokenLine, 2)
        player.says(m.Say(text="Never mind"))
        assert (await player.until(m.Cancel, 2)).reason == "superseded"
        await player.until(m.Done)


async def test_a_reply_is_made_in_the_pause_and_sent_when_the_turn_is_over() -> None:
    mind = ScriptedMind(pace=0.1)
    async with talking(engines(mind)) as (player, _):
        player.microphone(0.5)
        player.microphone(0.3)
        await asyncio.sleep(3)
        assert len(mind.prompts) == 1, "nothing was thought in the pause"
        assert not player.got(m.Reply)
        assert not player.got(m.SpokenLine)
        player.microphone(-0.5)
        done = await player.until(m.Done)
        packets = player.packets(media.VOICE, done.reply)
        asked = next(at for at, item in player.log if isinstance(item, m.Reply))
    assert len(mind.prompts) == 1, "it was thought twice"
    assert packets[0][0] == asked, "what was ready had to wait"
    assert done.latency.total == done.latency.ears


async def test_a_reply_made_in_a_pause_is_forgotten_when_the_player_goes_on() -> None:
    mind = ScriptedMind(pace=0.1)
    async with talking(engines(mind)) as (player, session):
        player.microphone(0.5)
        player.microphone(0.3)
        await asyncio.sleep(1)
        player.microphone(0.2)
        await asyncio.sleep(0.1)
        assert mind.open == 0, "it is still being thought"
        await asyncio.sleep(3)
        player.microphone(-0.5)
        done = await player.until(m.Done)
    assert [reply.reply for reply in player.got(m.Reply)] == [done.reply]
    assert not player.got(m.Cancel)
    assert len(session.conversations.history("mara")) == 1


async def test_a_reply_to_other_words_than_the_last_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    mind = ScriptedMind(pace=0.1)
    loaded = engines(mind)
    async with talking(loaded) as (player, _):
        player.microphone(0.5)
        player.microphone(0.3)
        await asyncio.sleep(1)
        monkeypatch.setattr(loaded.ears, "words", "what is that")
        player.microphone(-0.5)
        await player.until(m.Done)
    assert [prompt.messages[-1].text for prompt in mind.prompts] == ["what is this", "what is that"]


async def test_a_reply_that_fails_in_the_pause_is_tried_again() -> None:
    mind = ScriptedMind("BREAK")
    async with talking(engines(mind)) as (player, _):
        player.microphone(0.5)
        player.microphone(0.3)
        await asyncio.sleep(1)
        assert not player.got(m.Error)
        mind.text = "All is well."
        player.microphone(-0.5)
        assert (await player.until(m.Done)).text == "All is well."


@given(st.lists(st.sampled_from([0.5, 0.4, 0.3, 0.2, -0.3, -0.5, "say", "interrupt"]), max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_was_only_tried_leaves_no_trace(script: list[float | str]) -> None:
    """Whatever the order of pauses and words: packets only of announced replies, history only of those."""

    async def play() -> None:
        mind = ScriptedMind(pace=0.03)
        async with talking(engines(mind)) as (player, session):
            for step in script:
                if isinstance(step, float):
                    player.microphone(step)
                else:
                    player.says(m.Say(text="typed") if step == "say" else m.Interrupt())
                await asyncio.sleep(0.2)
            await asyncio.sleep(5)
        assert mind.open == 0
        announced: set[int] = set()
        for _, item in player.log:
            match item:
                case m.Reply(reply=reply):
                    announced.add(reply)
                case media.Packet(reply=reply) | m.SpokenLine(reply=reply) | m.Done(reply=reply):
                    assert reply in announced
                case m.Cancel(reply=reply):
                    assert reply in announced
        assert len(session.conversations.history("mara")) == len(announced)

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(play())


async def test_history_holds_what_the_client_says_was_heard() -> None:
    mind = ScriptedMind()
    async with talking(engines(mind)) as (player, _):
        player.says(m.Say(text="First"))
        await player.until(m.SpokenLine)
        await asyncio.sleep(1)
        player.says(m.Playback(reply=1, state="interrupted", at=2 * 6000 + 10))
        player.says(m.Say(text="Second"))
        await player.until(m.Reply, 2)
        await asyncio.sleep(0.1)
    said = [message.text for message in mind.prompts[1].messages]
    assert "First" in said[0]
    assert "One two" in said[1]
    assert "three" not in said[1]


async def test_without_reports_less_is_believed_heard_than_was_sent() -> None:
    async with talking() as (player, session):
        player.says(m.Say(text="First"))
        await player.until(m.SpokenLine)
        await asyncio.sleep(1.0)
        player.says(m.Interrupt())
        await player.until(m.Cancel)
        sent = max(packet.time for _, packet in player.packets(media.VOICE, 1)) / 24000
        await asyncio.sleep(10)
    heard = session.conversations.history("mara")[0].reply
    assert heard.split() == ["One", "two", "three."][: len(heard.split())]
    assert len(heard.split()) * 0.25 <= min(0.75, sent)


async def test_a_mind_that_breaks_is_covered_in_character() -> None:
    async with talking(engines(ScriptedMind("BREAK"))) as (player, _):
        player.says(m.Say(text="Hello"))
        done = await player.until(m.Done)
        assert done.text == "Let me think."
        assert player.got(m.Error)[0].code == "reply_failed"
        player.says(m.Say(text="And now?"))
        await player.until(m.Done, 2)


async def test_a_mind_that_breaks_in_the_middle_takes_the_rest_back() -> None:
    async with talking(engines(ScriptedMind("One two three. Four BREAK", pace=0.3))) as (player, _):
        player.says(m.Say(text="Hello"))
        cancel = await player.until(m.Cancel)
    assert cancel.reason == "failed"
    assert player.got(m.Error)[0].code == "reply_failed"


async def test_a_broken_voice_ends_the_reply_not_the_session() -> None:
    voice = ScriptedVoice()
    async with talking(engines(voice=voice)) as (player, _):
        voice.broken = True
        player.says(m.Say(text="Hello"))
        await player.until(m.Cancel)
        voice.broken = False
        player.says(m.Say(text="Hello"))
        await player.until(m.Done)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", "bad_json"),
        ('{"type":"dance"}', "unknown_message"),
        ('{"type":"say","text":7}', "bad_message"),
        ('{"type":"say","text":"   "}', "bad_message"),
        ('{"type":"say","text":"hi","loud":true}', "bad_message"),
        ('{"type":"say","text":"hi","to":"nobody"}', "unknown_character"),
        ('{"type":"attend","to":"nobody"}', "unknown_character"),
        ('{"type":"playback","reply":9,"state":"started","at":0}', "unknown_reply"),
        ('{"type":"hello","protocol":1}', "hello_repeated"),
        (b"\x10\0\0", "bad_media"),
        (media.microphone(0, media.np.zeros(8, "f4"))[:-1], "bad_media"),
        (b"\x63" + bytes(15), "bad_media"),
        (b"\x10" + bytes(300_001), "too_large"),
    ],
)
async def test_a_bad_message_is_told_and_the_session_goes_on(sent: str | bytes, code: str) -> None:
    async with talking() as (player, _):
        player.says(sent)
        error = await player.until(m.Error)
        assert error.code == code
        assert error.hint
        assert not error.fatal
        player.says(m.Say(text="Still there?"))
        await player.until(m.Done)


async def test_a_flood_of_microphone_is_refused() -> None:
    async with talking() as (player, _):
        for _ in range(200):
            player.says(media.microphone(0, media.np.zeros(16000, "f4")))
        assert (await player.until(m.Error)).code == "too_fast"


async def test_a_client_that_stops_reading_is_let_go() -> None:
    before = asyncio.all_tasks()
    player = Player()
    session = Session(player, wire(), CAST, engines(), Metrics())
    running = asyncio.create_task(session.run())
    await player.until(m.Ready)
    player.stalled = True
    player.says(m.Say(text="Hello"))
    await asyncio.wait_for(running, 30)
    assert session.link.stuck
    assert asyncio.all_tasks() == before


async def test_a_client_that_vanishes_in_the_middle_of_a_reply_leaves_nothing() -> None:
    mind = ScriptedMind()
    async with talking(engines(mind)) as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.SpokenLine)
    assert mind.open == 0


async def test_ten_idle_minutes_change_nothing() -> None:
    async with talking() as (player, _):
        await asyncio.sleep(600)
        player.says(m.Say(text="Still there?"))
        await player.until(m.Done)


async def test_conversations_are_taken_up_again() -> None:
    mind = ScriptedMind()
    async with talking(engines(mind)) as (player, session):
        player.says(m.Say(text="Remember me"))
        await player.until(m.Done)
        await asyncio.sleep(1)
    async with talking(engines(mind), session.conversations) as (player, _):
        assert player.got(m.Ready)[0].resumed
        player.says(m.Say(text="Do you?"))
        await player.until(m.Done)
    assert any("Remember me" in message.text for message in mind.prompts[1].messages)


async def test_what_is_left_of_a_long_talk_is_read_once_while_nobody_waits() -> None:
    mind = ScriptedMind("Aye.", pace=0.01)
    async with talking(engines(mind)) as (player, _):
        for number in range(13):
            player.says(m.Say(text=f"Question {number}"))
            await player.until(m.Done, number + 1)
            await asyncio.sleep(1)
        player.says(m.Say(text="One more"))
        await player.until(m.Done, 14)
        await asyncio.sleep(1)
    whole = [len(p.messages) for p in mind.warmed if p.messages[0].text == "Question 0"]
    assert whole == [2 * turn for turn in range(1, 13)], "each reply is read again as it was heard"
    left = [len(p.messages) for p in mind.warmed if p.messages[0].text == "Question 8"]
    assert left == [2, 4, 6, 8, 10, 12], "in steps while the thirteenth sounds, then as it grows"
    assert len(mind.warmed) == len(whole) + len(left)


async def test_a_player_who_speaks_is_not_kept_waiting_by_what_is_read_again() -> None:
    mind = ScriptedMind("Aye.", pace=0.01)
    async with talking(engines(mind)) as (player, _):
        player.says(m.Say(text="Hello"))
        await player.until(m.Done)
        player.microphone(0.5)  # before the last word has sounded
        await asyncio.sleep(3)
    assert mind.warmed == []


async def test_the_cast_is_what_was_asked_for() -> None:
    async with talking(cast=["tomo"]) as (player, _):
        ready = player.got(m.Ready)[0]
        assert [npc.id for npc in ready.cast] == ["tomo"]
        player.says(m.Say(text="hi", to="mara"))
        assert (await player.until(m.Error)).code == "unknown_character"
    with pytest.raises(ProtocolError) as refused:
        Session(Player(), wire(cast=["nobody"]), CAST, engines(), Metrics())
    assert refused.value.code == "unknown_character"


async def test_closing_tells_the_client_and_ends() -> None:
    async with talking() as (player, session):
        player.says(m.Say(text="Hello"))
        await player.until(m.SpokenLine)
        session.leave(ProtocolError("closing", "the server is going down", fatal=True))
        assert (await player.until(m.Error)).fatal


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
async def test_other_rates_keep_the_clock(rate: Any) -> None:
    async with talking(audio_out=m.AudioOut(rate=rate), face=m.Face(fps=30, format="f32")) as (player, _):
        player.says(m.Say(text="Hello"))
        done = await player.until(m.Done)
    assert done.samples == 2 * rate
    assert done.frames == 60
    assert player.got(m.SpokenLine)[-1].words[-1].end == 2 * rate
