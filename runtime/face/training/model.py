"""The network in torch: a convolution over 80 ms of sound, two recurrent layers, and what they say.

Steps are 20 ms apart. What step k says belongs DELAY steps before it: the recurrent layers have heard by then
how the sound went on, as a closure can only be told from its release.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from runtime.face.features import MELS
from runtime.face.training.dataset import CLASSES, CONTACTS
from runtime.face.visemes import CHANNELS

KERNEL, STRIDE = 8, 2
"""Frames of 10 ms under the convolution, and between its results."""

WIDE, FIRST, SECOND, HEAD = 96, 160, 128, 96
"""Units of the layers: 0.3 million weights, which one core runs in some 50 us a step."""

DELAY = 3
"""Steps: step k has heard 20 (k + 1) ms and speaks of 20 (k - DELAY) ms, which is 80 ms before."""

OUTPUTS = [len(CHANNELS), len(CONTACTS), len(CLASSES)]


class MouthNet(nn.Module):
    """Normalised frames (batch, 2 steps, MELS) to channels, contact logits and class logits of each step."""

    def __init__(self) -> None:
        super().__init__()
        self.listen = nn.Conv1d(MELS, WIDE, KERNEL, STRIDE)
        self.first = nn.GRU(WIDE, FIRST, batch_first=True)
        self.second = nn.GRU(FIRST, SECOND, batch_first=True)
        self.head = nn.Linear(SECOND, HEAD)
        self.out = nn.Linear(HEAD, sum(OUTPUTS))

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        quiet = mel.new_full((len(mel), KERNEL - STRIDE, MELS), -3.0)
        heard = torch.relu(self.listen(torch.cat([quiet, mel], 1).transpose(1, 2))).transpose(1, 2)
        state, _ = self.first(heard)
        state, _ = self.second(state)
        said: Tensor = self.out(torch.relu(self.head(state)))
        mouth, contacts, classes = torch.split(said, OUTPUTS, -1)
        return mouth, contacts, classes
