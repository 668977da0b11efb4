"""Is marked speech found, after codecs too, and is anything else taken for it? What does marking cost?"""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import av
import numpy as np
import soxr

from benchmarks import watermark_unmarked as unmarked
from benchmarks.report import Report, spread
from benchmarks.sentences import DEVELOPMENT, HELD_OUT
from runtime.character import Voice
from runtime.flow import Stream
from runtime.provenance.watermark import MARKED, Watermark
from runtime.types import Line, Samples
from runtime.voice.hibari import RATE, HibariVoice

VOICES = (
    Voice(),
    Voice(pitch=-9, size=1.15),
    Voice(pitch=3, size=0.92, speed=1.15),
    Voice(pitch=-4, speed=0.9),
)
"""As it is, and as the characters that come along set it: deep and large, high and quick, low and slow."""

CODECS: Mapping[str, tuple[str, str, int, int]] = {
    "Opus 24 kbit/s": ("ogg", "libopus", 24_000, 48_000),
    "MP3 64 kbit/s": ("mp3", "libmp3lame", 64_000, 24_000),
}
"""Container, encoder, bits a second, and the rate it is encoded at."""


async def measure(clips: int, recordings: Sequence[Path] = ()) -> list[Report]:
    """Mark `clips` spoken clauses and look for the mark in them, in what codecs leave, and where none is.

    `recordings` are of people, beside those that `watermark_unmarked` finds on this machine.
    """
    watermark = Watermark()
    plain = await _speak(clips)
    marked = [watermark.mark(clip, RATE) for clip in plain]
    loud = {name: [_through(codec, clip) for clip in marked] for name, codec in CODECS.items()}
    found = Report(f"Marked speech that is found ({clips} clauses, {_seconds(plain)})")
    for name, heard in {"as marked": marked, **loud, **_changed(marked)}.items():
        found.add(**_rates(name, watermark, heard, RATE))
    alarms = Report("Taken for marked")
    alarms.add(**_rates("the same clauses, unmarked", watermark, plain, RATE))
    for name, codec in CODECS.items():
        alarms.add(**_rates(f"unmarked, {name}", watermark, [_through(codec, c) for c in plain], RATE))
    for name, heard in _unmarked(clips, recordings).items():
        alarms.add(**_rates(name, watermark, heard, RATE))
    noise = np.random.default_rng(0).normal(0, 0.1, (clips // 4, RATE)).astype(np.float32)
    alarms.add(**_rates("white noise", watermark, list(noise), RATE))
    return [found, _lengths(watermark, marked, plain), alarms, _cost(watermark, plain, marked)]


async def _speak(clips: int) -> list[Samples]:
    pairs = list(itertools.product(VOICES, _texts()))
    chosen = [pairs[at] for at in np.random.default_rng(0).permutation(len(pairs))[:clips]]
    engine = HibariVoice()
    try:
        return [speech.audio for voice, text in chosen async for speech in engine.speak(_line(text), voice)][
            :clips
        ]
    finally:
        engine.close()


def _texts() -> list[str]:
    texts = [text for part in (DEVELOPMENT, HELD_OUT) for kind in part.values() for text in kind]
    return [" ".join(text.replace("|", "").replace("/", "").split()) for text in texts]


def _unmarked(clips: int, recordings: Sequence[Path]) -> dict[str, list[Samples]]:
    """People and other machines, by name, and the same through a codec."""
    people = unmarked.human(recordings, RATE)[:clips]
    found = {
        f"people, {unmarked.CLIP:g} s each": people,
        **unmarked.prompts(clips, RATE),
        **unmarked.others(_texts(), clips, RATE),
    }
    found = {name: heard for name, heard in found.items() if heard}
    name, codec = next(iter(CODECS.items()))
    coded = {f"{who}, {name}": [_through(codec, clip) for clip in heard] for who, heard in found.items()}
    return {**found, **coded}


async def _line(text: str) -> Stream[Line]:
    yield Line(text, text)


def _rates(name: str, watermark: Watermark, clips: list[Samples], rate: int) -> dict[str, str | float | int]:
    scores = [watermark.score(clip, rate) for clip in clips]
    share = float(np.mean([score >= MARKED for score in scores])) * 100
    return {
        "clips": name,
        "count": len(scores),
        "said_to_be_marked_%": round(share, 2),
        "lowest_score": round(min(scores), 3),
        "highest_score": round(max(scores), 3),
    }


def _changed(marked: list[Samples]) -> dict[str, list[Samples]]:
    """What else happens to sound: another level, a cut in the middle of a hop, telephones, a quiet room."""
    noise = np.random.default_rng(1)
    return {
        "12 dB softer": [clip * np.float32(0.25) for clip in marked],
        "7 ms cut off": [clip[170:] for clip in marked],
        "through 8 kHz": [_resampled(clip, 8000) for clip in marked],
        "noise at 20 dB": [
            clip + noise.normal(0, 0.1 * np.sqrt(np.mean(clip**2)), len(clip)).astype(np.float32)
            for clip in marked
        ],
        "5 % faster": [soxr.resample(clip, RATE * 1.05, RATE).astype(np.float32) for clip in marked],
    }


def _resampled(clip: Samples, rate: int) -> Samples:
    back: Samples = soxr.resample(soxr.resample(clip, RATE, rate), rate, RATE).astype(np.float32)
    return back


def _lengths(watermark: Watermark, marked: list[Samples], plain: list[Samples]) -> Report:
    """The same after cutting clips short: how much speech a sure answer needs."""
    report = Report("By length")
    for seconds in (0.3, 0.5, 0.8, 1.2, 2.0):
        enough = [at for at, clip in enumerate(plain) if len(clip) >= seconds * RATE]
        heard, unmarked = (
            [watermark.score(clips[at][: round(seconds * RATE)], RATE) for at in enough]
            for clips in (marked, plain)
        )
        report.add(
            seconds=seconds,
            clips=len(enough),
            found=f"{100 * np.mean(np.array(heard) >= MARKED):.1f} %",
            false_alarms=f"{100 * np.mean(np.array(unmarked) >= MARKED):.1f} %",
        )
    return report


def _cost(watermark: Watermark, plain: list[Samples], marked: list[Samples]) -> Report:
    report = Report("Cost of a clause, ms, and level of what was added, dB below the voice")
    report.add(what="mark", **spread([_timed(lambda c=clip: watermark.mark(c, RATE)) for clip in plain]))
    report.add(what="score", **spread([_timed(lambda c=clip: watermark.score(c, RATE)) for clip in plain]))
    added = [
        10 * np.log10(np.sum(a**2) / max(float(np.sum((b - a) ** 2)), 1e-12))
        for a, b in zip(plain, marked, strict=True)
    ]
    report.add(what="added", **spread([float(level) for level in added]))
    return report


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _through(codec: tuple[str, str, int, int], clip: Samples) -> Samples:
    """`clip` encoded and decoded, at `RATE`. What the encoder put before it is left there."""
    container, encoder, bits, rate = codec
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(encoder, rate=rate, layout="mono")
        stream.bit_rate = bits
        sound = soxr.resample(clip, RATE, rate).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        fitting = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
        for part in [*fitting.resample(frame), None]:
            out.mux(stream.encode(part))
    file.seek(0)
    with av.open(file) as read:
        planes = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [p.to_ndarray().ravel() for f in read.decode(audio=0) for p in planes.resample(f)]
    heard: Samples = np.concatenate(parts).astype(np.float32)
    return heard


def _seconds(clips: list[Samples]) -> str:
    lengths = [len(clip) / RATE for clip in clips]
    return f"{min(lengths):.1f} to {max(lengths):.1f} s, median {np.median(lengths):.1f} s"
