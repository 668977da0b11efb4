"""What each library can compute on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module, metadata
from typing import Any

from runtime.devices import CUDA, nvidia
from runtime.doctor.finding import Finding

REPLACE = (
    "pip uninstall -y onnxruntime onnxruntime-gpu; "
    'pip install --no-deps "onnxruntime-gpu>=1.21,<1.27" (both have the same files, so only one may be there)'
)
"""What helps where the CPU's onnxruntime lies over that for GPUs. Later ones of these want CUDA 13,
and CTranslate2 has 12."""


def gpu(seen: bool | None = None) -> Iterator[Finding]:
    """Each library that is installed; a CPU build is worth a warning only where an NVIDIA GPU is `seen`."""
    seen = nvidia() if seen is None else seen
    yield Finding("GPU", "ok", "an NVIDIA driver is installed" if seen else "none of NVIDIA; the CPU serves")
    looks: tuple[tuple[str, Callable[[Any, bool], Finding]], ...] = (
        ("onnxruntime", onnxruntime),
        ("ctranslate2", ctranslate2),
        ("xllamacpp", llama),
        ("torch", torch),
    )
    for name, look in looks:
        try:
            module = import_module(name)
        except ImportError:
            continue  # what an engine needs and is not there is told with the engines
        except Exception as error:  # noqa: BLE001 - a library that breaks on import may raise anything
            yield Finding(f"GPU: {name}", "warn", f"cannot be imported: {error}", "install it again")
        else:
            yield look(module, seen)


def onnxruntime(module: Any, seen: bool) -> Finding:
    """Providers of onnxruntime, and whether two packages have written over each other."""
    there = module.get_available_providers()
    installed = [name for name in ("onnxruntime", "onnxruntime-gpu") if _version(name)]
    text = ", ".join(name.removesuffix("ExecutionProvider") for name in there)
    if len(installed) > 1 and CUDA not in there:
        return Finding("GPU: onnxruntime", "warn", f"{' and '.join(installed)} are both installed", REPLACE)
    if seen and CUDA not in there:
        return Finding("GPU: onnxruntime", "warn", text, REPLACE)
    return Finding("GPU: onnxruntime", "ok", text)


def ctranslate2(module: Any, seen: bool) -> Finding:
    """GPUs that Whisper can use. Its packages for Linux on x86 and Windows can; macOS has none."""
    count = module.get_cuda_device_count()
    if count or not seen:
        return Finding("GPU: CTranslate2", "ok", f"{count} CUDA devices")
    advice = 'update the driver to one of CUDA 12, then pip install "townsfolk[gpu]"'
    return Finding("GPU: CTranslate2", "warn", "no CUDA device", advice)


def llama(module: Any, seen: bool) -> Finding:
    """Devices that llama.cpp was built for."""
    devices = module.get_device_info()
    text = ", ".join(f"{each['name']} ({each['memory_free'] / 1e9:.0f} GB free)" for each in devices)
    if not seen or any(str(each["name"]).upper() != "CPU" for each in devices):
        return Finding("GPU: llama.cpp", "ok", text)
    advice = "install a build of xllamacpp for your GPU: docs/gpu.md"
    return Finding("GPU: llama.cpp", "warn", f"{text}; built without a GPU", advice)


def torch(module: Any, seen: bool) -> Finding:
    """Whether PyTorch has CUDA."""
    if module.cuda.is_available():
        return Finding("GPU: PyTorch", "ok", module.cuda.get_device_name(0))
    if not seen:
        return Finding("GPU: PyTorch", "ok", f"{module.__version__}, on the CPU")
    advice = "install PyTorch for your CUDA, as its own site says"
    return Finding("GPU: PyTorch", "warn", f"{module.__version__} has no CUDA", advice)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
