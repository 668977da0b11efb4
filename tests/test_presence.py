"""A face between replies, and a game that directs it."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from test_interruption import END, PAUSE, START, talking

from runtime.face import AT, POSE
from runtime.face.names import VRM
from runtime.frames import Frames
from runtime.playback import Playback
from runtime.protocol import media
from runtime.protocol import messages as m

pytestmark = pytest.mark.virtual_time
RESTING = m.Face(fps=60, format="f32", pose=True, rest=True)
LEFT = m.Place(npc="mara", id="door", position=(2.0, 0.0, 2.0))


def seen(packets: list[media.Packet]) -> tuple[np.ndarray, np.ndarray]:
    """Weights and angles of all packets in order, which must follow each other without gap."""
    frames = np.cumsum([0, *(packet.count for packet in packets)])
    assert [round(packet.time / 24000 * 60) for packet in packets] == frames[:-1].tolist()
    poses = [packet.pose() for packet in packets]
    return np.concatenate([packet.weights() for packet in packets]), np.concatenate(poses)  # type: ignore[arg-type]


async def test_a_face_at_rest_blinks_looks_and_keeps_its_mouth_shut_on_time() -> None:
    async with talking(face=RESTING) as (player, _, _):
        rest = await player.until(m.Rest)
        await asyncio.sleep(20)
        packets = player.packets(media.FACE, rest.reply)
    began = player.log[[item for _, item in player.log].index(rest)][0]
    late = [at - began - packet.time / 24000 for at, packet in packets]
    assert max(late) <= 0.001, "a face trails its clock"
    assert min(late) >= -0.101
    weights, pose = seen([packet for _, packet in packets])
    assert len(weights) == pytest.approx(20 * 60, abs=12)
    assert weights[:, AT["eyeBlinkLeft"]].max() > 0.9
    assert weights[:, AT["jawOpen"]].max() < 0.05
    assert np.ptp(pose[:, POSE.index("leftEyeYaw")]) > 2


async def test_none_comes_unasked() -> None:
    async with talking() as (player, _, _):
        await asyncio.sleep(5)
    assert not player.got(m.Rest)
    assert not [item for _, item in player.log if isinstance(item, media.Packet)]


async def test_it_looks_where_it_is_told_and_follows_what_moves() -> None:
    async with talking(face=RESTING) as (player, _, _):
        rest = await player.until(m.Rest)
        player.says(LEFT)
        player.says(m.Direct(npc="mara", look="door"))
        await asyncio.sleep(6)
        player.says(m.Place(npc="mara", id="door", position=(-2.0, 0.0, 2.0)))
        await asyncio.sleep(6)
        _, pose = seen([packet for _, packet in player.packets(media.FACE, rest.reply)])
    gaze = pose[:, POSE.index("headYaw")] + pose[:, POSE.index("leftEyeYaw")]
    # At rest it glances about, and comes back to what it attends to.
    assert gaze[60:360].max() == pytest.approx(45, abs=8)
    assert np.mean(gaze[60:360] > 30) > 0.2
    assert gaze[420:].min() == pytest.approx(-45, abs=8)
    assert np.mean(gaze[420:] < -30) > 0.2


async def test_a_feeling_shows_in_rest_and_goes_with_neutral() -> None:
    async with talking(face=RESTING) as (player, _, _):
        rest = await player.until(m.Rest)
        player.says(m.Direct(npc="mara", emotion="joy"))
        await asyncio.sleep(4)
        player.says(m.Direct(npc="mara", emotion="neutral"))
        await asyncio.sleep(4)
        weights, _ = seen([packet for _, packet in player.packets(media.FACE, rest.reply)])
    smile = weights[:, AT["mouthSmileLeft"]]
    assert smile[150:240].mean() > 0.3
    assert smile[-60:].mean() < 0.1


async def test_it_listens_while_the_player_speaks() -> None:
    async with talking(face=RESTING) as (player, _, _):
        rest = await player.until(m.Rest)
        await asyncio.sleep(10)
        player.microphone(START)
        await asyncio.sleep(10)
        player.microphone(PAUSE)
        player.microphone(END)
        await player.until(m.Done)
        weights, pose = seen([packet for _, packet in player.packets(media.FACE, rest.reply)])
    aside = np.abs(pose[:, POSE.index("headYaw")] + pose[:, POSE.index("leftEyeYaw")]) > 6
    assert aside[660:1180].mean() < aside[:600].mean()
    assert weights[660:1180, AT["browInnerUp"]].mean() > weights[:600, AT["browInnerUp"]].mean()


async def test_what_has_no_place_cannot_be_looked_at_and_places_are_bounded() -> None:
    async with talking(face=RESTING) as (player, _, _):
        await player.until(m.Rest)
        player.says(m.Direct(npc="mara", look="ghost"))
        assert (await player.until(m.Error)).code == "unknown_place"
        player.says(m.Place(npc="mara", id="here", position=(0.0, 0.0, 0.0)))
        await asyncio.sleep(0.1)
        assert player.got(m.Error)[-1].code == "bad_message"
        for number in range(300):
            player.says(m.Place(npc="mara", id=f"thing {number}", position=(1.0, 0.0, 1.0)))
        await asyncio.sleep(0.1)
        assert player.got(m.Error)[-1].code == "unknown_place"
        player.says(m.Direct(npc="nobody", look="player"))
        await asyncio.sleep(0.1)
        assert player.got(m.Error)[-1].code == "unknown_character"


async def test_other_weights_come_by_their_names() -> None:
    async with talking(face=m.Face(shapes="vrm", fps=30)) as (player, _, _):
        ready = player.got(m.Ready)[0]
        player.says(m.Say(text="Hello"))
        done = await player.until(m.Done)
        packets = [packet for _, packet in player.packets(media.FACE, done.reply)]
    assert tuple(ready.blendshapes) == VRM
    assert {packet.weights().shape[1] for packet in packets} == {len(VRM)}
    assert sum(packet.count for packet in packets) == done.frames


def test_a_client_sees_the_rest_between_replies_and_forgets_what_is_past() -> None:
    playback = Playback(24000, 60)
    playback.render(1000)
    playback.take(m.Rest(reply=9, npc="mara"))
    for first in range(0, 600, 12):
        rows = np.full((12, 52), first / 600, np.float32)
        pose = np.full((12, 7), float(first), np.float32)
        playback.take(media.unpack(media.face(9, first * 400, rows, "f32", pose)))
        playback.render(12 * 400)
    playback.take(media.unpack(media.face(9, 600 * 400, rows, "f32", pose)))
    weights, pose_now = playback.rest(9)
    assert weights is not None
    assert weights[0] == pytest.approx(588 / 600)
    assert pose_now is not None
    assert pose_now[0] == pytest.approx(588)
    assert playback.sounding is None
    frames = playback._rests[9][1]
    assert isinstance(frames, Frames)
    assert len(frames._weights) < 40
