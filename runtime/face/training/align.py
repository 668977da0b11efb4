"""When each sound of a recording is heard, given its words: an earlier network judges, Viterbi's way through.

So recordings of people join the synthetic voices. As in every hybrid recogniser, what the network says of a
class is divided by how often it says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from runtime.face.training import dataset
from runtime.face.training.corpus import Utterance, utterance
from runtime.face.training.model import DELAY, MouthNet
from runtime.face.visemes import REST, VISEMES
from runtime.types import Phone, Samples

PRIOR = 0.7
"""Power of the prior in the division."""


def aligned(net: MouthNet, audio: Samples, rate: int, words: Sequence[str]) -> tuple[Utterance, float]:
    """A recording of `words` (each a string of symbols) with its phones, and the mean log-score of a step."""
    plain = utterance(audio, rate, ())
    scores = scored(net, plain.audio)
    states = [(dataset.CLASSES.index(REST), -1, True)]
    symbols = [symbol for word in words for symbol in word]
    number = 0
    for word in words:
        for symbol in word:
            states += [(dataset.CLASSES.index(v), number, False) for v in VISEMES[symbol]]
            number += 1
        states.append((dataset.CLASSES.index(REST), -1, True))
    if sum(not skippable for _, _, skippable in states) > len(scores) - 2:
        return plain, -np.inf  # more sounds than steps
    path, score = viterbi(scores[:, [s[0] for s in states]], [s[2] for s in states])
    owner = np.array([s[1] for s in states])[path]
    phones = []
    for number, symbol in enumerate(symbols):
        steps = np.flatnonzero(owner == number)
        phones.append(Phone(symbol, steps[0] / dataset.STEPS, (steps[-1] + 1) / dataset.STEPS))
    return Utterance(plain.audio, tuple(phones)), score


def scored(net: MouthNet, audio: Samples) -> NDArray[np.float32]:
    """Log-likelihood of each class, up to a constant of the step; shape (steps, classes)."""
    quiet = np.zeros(DELAY * 320, np.float32)
    mel = dataset.heard(np.concatenate([audio, quiet]))
    with torch.no_grad():
        logits = net(torch.from_numpy(mel[: len(mel) // 2 * 2])[None])[2][0, DELAY:]
        found = torch.log_softmax(logits, -1).numpy()
    prior = np.exp(found).mean(0) + 1e-3
    likely: NDArray[np.float32] = np.maximum(found, -9.0) - PRIOR * np.log(prior)
    return likely


def viterbi(scores: NDArray[np.float32], skippable: Sequence[bool]) -> tuple[NDArray[np.intp], float]:
    """The best state of each step from the first state or the second to the last or the one before it."""
    count, states = scores.shape
    skip = np.concatenate([[False, False], np.array(skippable[1:-1], bool)])[:states]
    best = np.full(states, -np.inf)
    best[:2] = scores[0, :2]
    came = np.zeros((count, states), np.int8)
    for step in range(1, count):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(skip, np.concatenate([[-np.inf, -np.inf], best[:-2]]), -np.inf)
        ways = np.stack([best, one, two])
        came[step] = ways.argmax(0)
        best = ways.max(0) + scores[step]
    state = states - 1 if best[-1] >= best[-2] else states - 2
    total = float(best[state]) / count
    path = np.empty(count, np.intp)
    for step in range(count - 1, -1, -1):
        path[step] = state
        state -= int(came[step, state])
    return path, total
