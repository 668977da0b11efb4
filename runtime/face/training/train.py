"""Training: what is missed, weighed, and made smaller."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d  # type: ignore[attr-defined]
from torch import Tensor
from torch.nn import functional

from runtime.face.features import MELS
from runtime.face.training import dataset
from runtime.face.training.model import DELAY, MouthNet
from runtime.face.visemes import CHANNELS

BATCH, STEPS = 48, 150
"""Chunks of three seconds in a batch."""

RATE, WARM = 3e-3, 0.05
"""Peak learning rate and the share of training in which it rises; then it falls as a cosine."""

VELOCITY, SOUNDS, TOUCH, GAP = 1.0, 0.4, 1.0, 2.0
"""Weights of the parts of the loss beside the channels' squared error. Steps weighed 10 times, as is usual,
made motion that followed the teacher more closely and people less."""

SMOOTH = 2.0
"""Steps, 40 ms: deviation of the Gaussian that the teacher's motion is smoothed with. Lips of people follow
no phoneme that sharply; contacts stay sharp, they have columns of their own."""

MISSED = 2.0
"""How much worse a missed contact is than one too many."""

HELD_OUT = ("festival-ked_diphone", "flite-rms")
"""Voices that only measure, should somebody have added them."""

CLOSEST, OFTENER = ("prompts", "piper", "kokoro"), 6
"""Voices that are most like people, and how many times more than the others they are heard."""

_JAW, _LOW, _UP = (CHANNELS.index(name) for name in ("jawOpen", "mouthLowerDown", "mouthUpperUp"))


def gather(files: Sequence[Path], seed: int) -> list[dataset.Session]:
    """All sessions of all voices, once."""
    return [
        replace(one, mouth=gaussian_filter1d(one.mouth.astype(np.float32), SMOOTH, axis=0))
        for number, file in enumerate(sorted(files))
        for one in dataset.sessions(file, np.random.default_rng((seed, number)))
    ]


def batches(
    found: Sequence[dataset.Session], random: np.random.Generator, size: int = BATCH
) -> Iterator[list[Tensor]]:
    """Chunks of sessions, longer sessions oftener; without end."""
    lengths = np.array([len(one.mouth) for one in found], float)
    while True:
        parts = []
        for number in random.choice(len(found), size, p=lengths / lengths.sum()):
            one = found[number]
            start = int(random.integers(0, max(len(one.mouth) - STEPS, 0) + 1))
            if random.random() < 0.2:
                start = 0  # a stream that begins, its level unknown
            steps = slice(start, start + STEPS)
            mel = varied(one.mel[2 * start : 2 * (start + STEPS)].astype(np.float32), random)
            parts.append((mel, one.mouth[steps], one.contacts[steps], one.sounds[steps]))
        yield [torch.from_numpy(_stack(part)) for part in zip(*parts, strict=True)]


def varied(mel: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The same from another throat (bands warped), by another line (a tilt), with holes (SpecAugment)."""
    if random.random() < 0.6:
        bands = np.arange(MELS)
        at = np.clip(bands * random.uniform(0.88, 1.13), 0, MELS - 1)
        low = at.astype(int)
        share = (at - low).astype(np.float32)
        mel = mel[:, low] * (1 - share) + mel[:, np.minimum(low + 1, MELS - 1)] * share
    tilt = random.normal(0, 0.12) * np.linspace(-1, 1, MELS) + random.normal(0, 0.05, MELS)
    mel = np.maximum(mel + (tilt + random.normal(0, 0.08)).astype(np.float32), -3.0)
    if random.random() < 0.4:
        first, width = random.integers(0, MELS - 4), random.integers(1, 7)
        mel[:, first : first + width] = mel[:, first : first + width].mean()
    if random.random() < 0.2:
        first, width = random.integers(0, len(mel) - 4), random.integers(1, 6)
        mel[first : first + width] = -3.0
    return mel


def loss(net: MouthNet, batch: Sequence[Tensor], scale: Tensor) -> Tensor:
    """The weighed sum of what is wrong in a batch."""
    mel, mouth, contacts, sounds = batch
    said, touched, named = net(mel)
    said, touched, named = (part[:, DELAY:] for part in (said, touched, named))
    mouth, contacts, sounds = (part[:, :-DELAY] for part in (mouth, contacts, sounds))
    error = (said - mouth) / scale
    speed = error[:, 1:] - error[:, :-1]
    gap, wanted = (x[..., _JAW] + 0.5 * (x[..., _LOW] + x[..., _UP]) for x in (said, mouth))
    small = 1 + 3 * contacts[..., 0]
    missed = functional.binary_cross_entropy_with_logits(
        touched, contacts, pos_weight=torch.full((contacts.shape[-1],), MISSED)
    )
    weighed: Tensor = (
        error.square().mean()
        + VELOCITY * speed.square().mean()
        + GAP * (small * ((gap - wanted) / scale[_JAW]).square()).mean()
        + SOUNDS
        * functional.cross_entropy(named.flatten(0, 1), sounds.flatten().long(), label_smoothing=0.05)
        + TOUCH * missed * contacts.shape[-1]
    )
    return weighed


def train(
    files: Sequence[Path],
    iterations: int,
    seed: int = 0,
    copies: int = 2,
    start: Path | None = None,
    peak: float = RATE,
) -> MouthNet:
    """A network trained on all voices that are not held out."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    kept = [file for file in files if file.stem not in HELD_OUT]
    found = [one for copy in range(copies) for one in gather(kept, seed + copy)]
    closest = [file for file in kept if file.stem.startswith(CLOSEST)]
    found += [one for copy in range(OFTENER) for one in gather(closest, seed + copies + copy)]
    mouths = np.concatenate([one.mouth for one in found]).astype(np.float32)
    scale = torch.from_numpy(np.maximum(mouths.std(0), 0.02))
    net = MouthNet()
    if start:
        net.load_state_dict(torch.load(start))
    descent = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
    source = batches(found, np.random.default_rng(seed))
    began, mean = time.monotonic(), 0.0
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(next, source)
        for number in range(iterations):
            batch, coming = coming.result(), ahead.submit(next, source)
            done = number / iterations
            for group in descent.param_groups:
                group["lr"] = (
                    peak * min(done / WARM, 1) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))
                )
            wrong = loss(net, [part.float() for part in batch], scale)
            descent.zero_grad()
            wrong.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            descent.step()
            mean += (wrong.item() - mean) * (0.02 if number > 50 else 0.2)
            if number % 50 == 0:
                print(f"{number} {mean:.4f} {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    return net


def _stack(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Chunks in one array, short ones with silence behind them."""
    longest = max(len(part) for part in parts)
    quiet = -3.0 if parts[0].ndim == 2 and parts[0].shape[1] == MELS else 0
    padded = [
        np.pad(p, ((0, longest - len(p)), *((0, 0),) * (p.ndim - 1)), constant_values=quiet) for p in parts
    ]
    return np.stack(padded).astype(np.float32)
