"""Which of the libraries can use a GPU here. Who asks for `auto` gets one where there is one, else the CPU,
and a line in the log where a GPU is there and the library was built without."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from functools import cache
from typing import Literal

log = logging.getLogger(__name__)

Device = Literal["auto", "cpu", "cuda"]

CUDA, CPU = "CUDAExecutionProvider", "CPUExecutionProvider"


def providers(device: Device = "auto") -> Sequence[str]:
    """Execution providers of onnxruntime, in order of preference; the CPU is always the last."""
    if device == "cpu":
        return [CPU]
    from onnxruntime import get_available_providers  # type: ignore[attr-defined]

    there = CUDA in get_available_providers()
    if there:
        _preload()
    return [CUDA, CPU] if _told("onnxruntime", there, device) else [CPU]


def cuda_for_ctranslate2(device: Device = "auto") -> bool:
    """Whether CTranslate2, and Whisper on it, shall use a CUDA GPU."""
    if device == "cpu":
        return False
    from ctranslate2 import get_cuda_device_count  # type: ignore[attr-defined]

    there = get_cuda_device_count() > 0
    if there:
        _preload()
    return _told("CTranslate2", there, device)


def cuda_for_torch(device: Device = "auto") -> bool:
    """Whether PyTorch shall use a CUDA GPU."""
    if device == "cpu":
        return False
    import torch

    return _told("PyTorch", bool(torch.cuda.is_available()), device)


def nvidia() -> bool:
    """Whether the driver of an NVIDIA GPU is installed."""
    return shutil.which("nvidia-smi") is not None


def _told(library: str, there: bool, device: Device) -> bool:
    if not there and (device == "cuda" or nvidia()):
        log.warning("%s finds no CUDA here and takes the CPU; `townsfolk doctor` says what to do", library)
    return there


@cache
def _preload() -> None:
    """Load cuBLAS and cuDNN from their packages (extra `gpu`), where no loader looks by itself.

    CTranslate2 loads them by their bare names when it first needs them, and then finds them loaded.
    """
    import onnxruntime

    if hasattr(onnxruntime, "preload_dlls"):  # since 1.21
        onnxruntime.preload_dlls()
