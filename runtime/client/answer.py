"""One reply, collected from what the server sends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np

from runtime.protocol import media
from runtime.protocol import messages as m
from runtime.types import Pose, Samples, Weights


@dataclass
class Answer:
    """One reply, collected."""

    reply: int
    npc: str
    text: str = ""
    lines: list[m.SpokenLine] = field(default_factory=list)
    audio: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    """At the rate of `ready.audio_out`."""
    face: Weights = field(default_factory=lambda: np.zeros((0, media.BLENDSHAPES), np.float32))
    """One row a frame, `ready.face.fps` of them a second; columns as `ready.blendshapes`."""
    pose: Pose = field(default_factory=lambda: np.zeros((0, media.ANGLES), np.float32))
    """One row a frame where they were asked for."""
    face_times: list[int] = field(default_factory=list)
    """Sample of the reply at which each face packet begins."""
    latency: m.Latency | None = None
    cancelled: m.Cancel | None = None
    missed: str = ""
    """What the character said beyond it when the connection broke: to be shown, it is not said any more."""
    first_audio: float = 0.0
    """Loop time at which the first sample arrived."""
    first_face: float = 0.0
    """Loop time at which the first frame arrived."""


def collect(answer: Answer, item: object) -> bool:
    """Add what came to `answer`; True when that was the end of it."""
    now = asyncio.get_running_loop().time()
    match item:
        case media.Packet(kind=media.VOICE, reply=answer.reply):
            answer.first_audio = answer.first_audio or now
            answer.audio = np.concatenate([answer.audio, item.samples()])
        case media.Packet(kind=media.FACE, reply=answer.reply):
            answer.first_face = answer.first_face or now
            rows = item.weights()
            answer.face = np.concatenate([answer.face.reshape(-1, rows.shape[1]), rows])
            if (pose := item.pose()) is not None:
                answer.pose = np.concatenate([answer.pose, pose])
            answer.face_times.append(item.time)
        case m.SpokenLine(reply=answer.reply):
            answer.lines.append(item)
        case m.Done(reply=answer.reply):
            answer.text, answer.latency = item.text, item.latency
            return True
        case m.Cancel(reply=answer.reply):
            answer.cancelled = item
            return True
    return False
