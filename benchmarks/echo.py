"""Does the character interrupt itself on loudspeakers, and can the player still interrupt it?

No server: scenes are made, and go through the real voice detector, turn-taking and recogniser as in the ears.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

import numpy as np
import soxr

from benchmarks import stimuli
from benchmarks.report import Report, error_rate
from benchmarks.stimuli import RATE, SENTENCES, SPEAKERS
from runtime.ears import BLOCK
from runtime.ears.echo import EchoGuard
from runtime.ears.turns import Turning, TurnTaking
from runtime.ears.vad import Vad
from runtime.ears.whisper import Whisper
from runtime.models import find
from runtime.playout import PACKETS_PER_SECOND
from runtime.types import Samples
from runtime.voice.hibari import HibariVoice

LEVEL = 0.05
"""RMS of the player's usual voice while it sounds, -26 dBFS."""
NOISE = -60.0
"""dBFS of the room."""
LEAD = 0.2
"""Seconds by which packets are sent before they can be heard."""
ECHOES = (-6.0, -10.0, -15.0, -20.0)
DELAYS = (0.04, 0.15, 0.4)
LINES = (
    "Welcome to the Drowned Lantern! Sit down, the soup is still warm.",
    "The harbour has been closed since the storm, and nobody knows why.",
    "I have lived here for forty years. You get used to the rain.",
    "Ask the blacksmith. He knows every road between here and the mountains.",
    "That will be two silver coins, and one more for the stable.",
    "My grandmother used to say that the sea gives back everything it takes.",
)


@dataclass(frozen=True)
class Setting:
    """How the player sits before the loudspeaker."""

    echo: float
    """dB of the echo against the player's usual voice."""
    delay: float
    """Seconds from the earliest moment a sample can be heard to its arrival by the microphone."""
    clip: bool = False
    """The loudspeaker is driven too hard."""
    skew: float = 30e-6
    """The microphone's clock against the loudspeaker's."""
    jump: float = 0.0
    """Seconds by which the delay changes in the middle of the scene."""
    seed: int = 0


@dataclass(frozen=True)
class Voices:
    """What is said: the character's lines at `rate`, the player's sentences at 16 kHz with their words."""

    lines: list[Samples]
    rate: int
    sentences: list[tuple[str, Samples]]


@dataclass(frozen=True)
class Scene:
    """What a microphone picks up while a character talks and a player may talk over it, at 16 kHz."""

    microphone: Samples
    silent: Samples
    """The same without the character."""
    packets: list[tuple[Samples, float]]
    """At the voice's rate, and the moment the first sample can be heard."""
    rate: int
    replies: list[tuple[float, float]]
    """From and to, as the microphone hears them."""
    said: list[tuple[float, float, str]]
    """What the player says: from, to, words."""


@dataclass
class Outcome:
    """What the ears make of a scene."""

    starts: list[float]
    """When a turn began."""
    busy: list[float]
    """The end of every block in which one was open."""
    speech: Samples
    """What the recogniser gets."""
    cost: float
    """Milliseconds of guard for each block."""


async def voices() -> Voices:
    """The character speaks as itself, the players with other pitches and throats."""
    engine = HibariVoice({"heart": find("hibari-heart")})
    lines = [await stimuli.say(engine, text, SPEAKERS[0]) for text in LINES]
    sentences = []
    for k, text in enumerate(SENTENCES):
        audio = await stimuli.say(engine, text, SPEAKERS[1 + k % 3])
        audio = soxr.resample(audio, engine.rate, RATE).astype(np.float32)
        sentences.append((text, stimuli.trim(audio)))
    return Voices(lines, engine.rate, sentences)


def scene(voices: Voices, setting: Setting, player: float | None = None) -> Scene:
    """All lines, one a reply. With `player`, in dB against the echo, somebody talks over each of them."""
    rng = np.random.default_rng(setting.seed)
    packets, replies, at = [], [], 1.0
    for line in voices.lines:
        packets += list(_packets(line, voices.rate, at))
        replies.append((at + setting.delay, at + setting.delay + len(line) / voices.rate))
        at += len(line) / voices.rate + 1.2
    silent = stimuli.room(int((at + 1.8) * RATE), NOISE, setting.seed)
    echo = _echo(voices, replies, setting, len(silent))
    said = []
    for k, (start, _) in enumerate(replies if player is not None else ()):
        text, audio = voices.sentences[(k + setting.seed) % len(voices.sentences)]
        start += rng.uniform(0.3, 1.2)
        _add(silent, _loud(audio, LEVEL * 10 ** ((setting.echo + (player or 0.0)) / 20)), int(start * RATE))
        said.append((start, start + len(audio) / RATE, text))
    return Scene(silent + echo, silent, packets, voices.rate, replies, said)


def _packets(line: Samples, rate: int, at: float) -> list[tuple[Samples, float]]:
    size = rate // PACKETS_PER_SECOND
    return [(line[k : k + size], at + k / rate) for k in range(0, len(line), size)]


def _echo(voices: Voices, replies: list[tuple[float, float]], setting: Setting, samples: int) -> Samples:
    dry = np.zeros(samples, np.float32)
    for line, (start, _) in zip(voices.lines, replies, strict=True):
        _add(dry, soxr.resample(line, voices.rate, RATE).astype(np.float32), int(start * RATE))
    echo = _loud(_loudspeaker(dry, setting), LEVEL * 10 ** (setting.echo / 20))
    later = np.roll(echo, int(setting.jump * RATE))
    half = samples // 2
    return np.concatenate((echo[:half], later[half:samples]))[:samples].astype(np.float32)


def _loudspeaker(voice: Samples, setting: Setting) -> Samples:
    """`voice` as the microphone hears it: a small membrane, perhaps overdriven, in a room of 150 ms."""
    rng = np.random.default_rng(setting.seed)
    if setting.clip:
        peak = 0.4 * np.abs(voice).max()
        voice = peak * np.tanh(voice / peak)
    room = np.zeros(int(0.2 * RATE))
    room[:3] = (1.0, -0.4, 0.15)  # no bass, and a little colour
    for at in rng.uniform(0.003, 0.15, 14):
        room[int(at * RATE)] += rng.choice((-1, 1)) * 0.5 * np.exp(-at / 0.05)
    echo = np.convolve(voice, room)[: len(voice)]
    skewed = soxr.resample(echo, RATE, RATE * (1 + setting.skew))
    return np.resize(skewed, len(voice)).astype(np.float32)


def _loud(audio: Samples, level: float) -> Samples:
    """`audio` with this RMS over its audible parts."""
    audible = audio[np.abs(audio) > 0.01 * np.abs(audio).max()]
    scaled: Samples = (audio * level / np.sqrt(np.mean(audible**2))).astype(np.float32)
    return scaled


def _add(track: Samples, sound: Samples, at: int) -> None:
    track[at : at + len(sound)] += sound[: max(0, len(track) - at)]


def listen(
    vad: Vad, scene: Scene, microphone: Samples, guard: EchoGuard | None = None, wary: bool = False
) -> Outcome:
    """Follow `microphone` as the ears do. `wary` asks more of a voice always, `guard` when it says so."""
    state, turns, waiting = vad.silence, TurnTaking(), list(scene.packets)
    starts, busy, speeches, cost = [], [], [], 0.0
    for k in range(0, len(microphone) - BLOCK + 1, BLOCK):
        block = speech = microphone[k : k + BLOCK]
        now, strict = (k + BLOCK) / RATE, wary
        if guard:
            began = time.perf_counter()
            while waiting and waiting[0][1] <= now + LEAD:
                samples, at = waiting.pop(0)
                guard.played(samples, scene.rate, at)
            heard = guard.heard(block, now)
            block, speech, strict = heard.block, heard.speech, not heard.locked
            cost += time.perf_counter() - began
        speeches.append(speech)
        probability, state = vad.step(state, block)
        level = float(np.sqrt(np.mean(block**2)))
        if Turning.STARTED in turns.step(BLOCK / RATE, probability, level, strict):
            starts.append(now)
        if turns.open:
            busy.append(now)
    return Outcome(starts, busy, np.concatenate(speeches), 1000 * cost * BLOCK / len(microphone))


async def measure(clips: tuple[bool, ...] = (False, True)) -> list[Report]:
    """All echoes and delays, without and with an overdriven loudspeaker."""
    spoken, vad = await voices(), Vad(find("silero-vad-v6"))
    settings = [
        Setting(echo, delay, clip, seed=seed)
        for seed, (echo, delay, clip) in enumerate(itertools.product(ECHOES, DELAYS, clips))
    ]
    jumps = [Setting(-6, 0.15, jump=jump, seed=30 + k) for k, jump in enumerate((-0.1, -0.04, 0.06, 0.25))]
    return [
        _alone(vad, spoken, settings, "Echo alone: replies in which the ears hear a player"),
        _alone(vad, spoken, jumps, "The same where the delay jumps in the middle"),
        _together(vad, spoken, settings),
        await _words(vad, spoken, [Setting(echo, 0.15, seed=40 + k) for k, echo in enumerate(ECHOES)]),
    ]


def _alone(vad: Vad, spoken: Voices, settings: list[Setting], title: str) -> Report:
    report = Report(title)
    for echo in sorted({setting.echo for setting in settings}, reverse=True):
        scenes = [scene(spoken, setting) for setting in settings if setting.echo == echo]
        guarded = [listen(vad, one, one.microphone, EchoGuard()) for one in scenes]
        report.add(
            echo_db=echo,
            replies=sum(len(one.replies) for one in scenes),
            unguarded=sum(_false(one, listen(vad, one, one.microphone)) for one in scenes),
            stricter=sum(_false(one, listen(vad, one, one.microphone, wary=True)) for one in scenes),
            guard=sum(_false(one, found) for one, found in zip(scenes, guarded, strict=True)),
            guard_per_minute=60
            * sum(len(found.starts) for found in guarded)
            / sum(len(one.microphone) / RATE for one in scenes),
            ms_per_block=float(np.median([found.cost for found in guarded])),
        )
    return report


def _false(scene: Scene, outcome: Outcome) -> int:
    """Replies during which, or just after which, the player was taken to speak."""
    return sum(any(a <= moment <= b + 0.5 for moment in outcome.busy) for a, b in scene.replies)


def _together(vad: Vad, spoken: Voices, settings: list[Setting]) -> Report:
    report = Report("The player talks over the character")
    for player, echo in itertools.product((0.0, -6.0), ECHOES):
        found: list[float] = []
        for setting in settings:
            if setting.echo == echo:
                one = scene(spoken, setting, player)
                usual = _after(one, listen(vad, one, one.silent))
                found += list(_after(one, listen(vad, one, one.microphone, EchoGuard())) - usual)
        later = 1000 * np.array(found)
        report.add(
            player_to_echo_db=player,
            echo_db=echo,
            sentences=len(later),
            missed=int(np.isnan(later).sum()),
            later_p50_ms=float(np.nanmedian(later)),
            later_p90_ms=float(np.nanpercentile(later, 90)),
        )
    return report


def _after(scene: Scene, outcome: Outcome) -> Samples:
    """Seconds after its begin at which each sentence of the player was noticed; NaN where it was not."""
    first = (next((s - a for s in outcome.starts if a <= s <= b), np.nan) for a, b, _ in scene.said)
    return np.fromiter(first, np.float32)


async def _words(vad: Vad, spoken: Voices, settings: list[Setting]) -> Report:
    whisper = Whisper(find("whisper-tiny.en"))
    report = Report("What the recogniser makes of it, word error rate in %")
    for player in (0.0, -6.0):
        scenes = [scene(spoken, setting, player) for setting in settings]
        tracks = {
            "no_echo": [one.silent for one in scenes],
            "unguarded": [one.microphone for one in scenes],
            "guard": [listen(vad, one, one.microphone, EchoGuard()).speech for one in scenes],
        }
        rates = {name: await _error(whisper, scenes, sounds) for name, sounds in tracks.items()}
        report.add(player_to_echo_db=player, **rates)
    whisper.close()
    return report


async def _error(whisper: Whisper, scenes: list[Scene], sounds: list[Samples]) -> float:
    pairs = []
    for one, sound in zip(scenes, sounds, strict=True):
        for start, end, text in one.said:
            part = sound[int((start - 0.2) * RATE) : int((end + 0.2) * RATE)]
            pairs.append((text, (await whisper(part, final=True)).text))
    return 100 * error_rate(pairs)
