"""A performance as a film to look at: mp4 with its sound, or gif without."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from runtime.bake.draw import picture
from runtime.bake.extra import need
from runtime.bake.performance import Performance, pcm16

FPS = 30
"""Frames a second of an mp4."""

GIF_FPS = 20
"""Viewers slow down gifs that ask for less than 20 ms a frame, and only hundredths of a second can be
said."""

SIZE, GIF_SIZE = 480, 240


def film(made: Performance, file: Path) -> None:
    """Write `file`, .mp4 or .gif. Raises ValueError for another name, MissingExtra for a missing package."""
    makers = {".mp4": _mp4, ".gif": _gif}
    if file.suffix.lower() not in makers:
        raise ValueError(f"{file}: a film is .mp4 (with sound) or .gif")
    makers[file.suffix.lower()](made, file)


def _pictures(made: Performance, fps: int, size: int) -> Iterator[Any]:
    """A picture for each frame of the film, of the frame of the face that is nearest in time."""
    for k in range(max(1, round(made.seconds * fps))):
        row = min(round(k / fps * made.fps), len(made.weights) - 1)
        yield picture(made.weights[row], made.pose[row], size)


def _gif(made: Performance, file: Path) -> None:
    first, *others = [image.quantize(64) for image in _pictures(made, GIF_FPS, GIF_SIZE)]
    first.save(file, save_all=True, append_images=others, duration=1000 // GIF_FPS, loop=0)


def _mp4(made: Performance, file: Path) -> None:
    av: Any = need("av")
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"  # not every build has the former
    with av.open(str(file), "w") as box:
        video = box.add_stream(codec, rate=FPS)
        video.width = video.height = SIZE
        video.pix_fmt = "yuv420p"
        video.bit_rate = 900_000
        sound = box.add_stream("aac", rate=made.rate, layout="mono")
        blocks = deque(_blocks(av, made))
        for k, image in enumerate(_pictures(made, FPS, SIZE)):
            box.mux(video.encode(av.VideoFrame.from_image(image)))
            while blocks and blocks[0].time <= k / FPS:  # side by side, as players read
                box.mux(sound.encode(blocks.popleft()))
        for block in blocks:
            box.mux(sound.encode(block))
        box.mux(video.encode())
        box.mux(sound.encode())


def _blocks(av: Any, made: Performance) -> Iterator[Any]:
    """The sound in frames of 1024 samples, which is what AAC takes."""
    audio = pcm16(made.audio)
    for start in range(0, len(audio), 1024):
        block = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(audio[None, start : start + 1024]), format="s16", layout="mono"
        )
        block.sample_rate, block.pts, block.time_base = made.rate, start, Fraction(1, made.rate)
        yield block
