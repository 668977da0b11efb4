"""The HTTP of a remote mind: its requests, and what goes wrong with them in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from runtime.flow import Stream
from runtime.mind import MindFailed
from runtime.mind.remote_events import shown
from runtime.mind.remote_retry import AGAIN, retry_after

LARGEST = 1 << 20
"""Bytes of an answer that is no stream: a token with its probabilities has some thousand."""

_KNOWN = {401: "the key is refused", 403: "the key is refused", 404: "there is no such model, or no such url"}


class Refused(MindFailed):
    """A server that cannot answer."""

    def __init__(self, why: str, again: bool = True, retry_after: float | None = None) -> None:
        """`again`: another attempt may help; `retry_after`: in so many seconds."""
        super().__init__(why)
        self.again, self.retry_after = again, retry_after


class Link:
    """Connections to one server. They are kept open between replies, as a new one takes several ways there
    and back."""

    def __init__(self, url: str, key: str, connect: float) -> None:
        import httpx2

        self._http: Any = httpx2
        self._url, self._key = url, key
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}
        # How long an answer may take is up to whoever waits for it.
        self._client: Any = httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(None, connect=connect))
        self._closing: asyncio.Task[None] | None = None
        self._closed = False

    async def stream(self, path: str, body: dict[str, Any]) -> Stream[bytes]:
        """The answer's bytes as they come. Raises Refused."""
        async with self._answer(self._url + path, body) as answer:
            async for data in answer.aiter_bytes():
                yield data

    async def ask(self, path: str, body: dict[str, Any], root: bool = False) -> dict[str, Any]:
        """The whole answer. `root`: the path is not below `/v1`. Raises Refused."""
        url = self._url.removesuffix("/v1") if root else self._url
        async with self._answer(url + path, body) as answer:
            data = await _bounded(answer, LARGEST)
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refused(f"the server sends what is no answer: {shown(data)}") from error

    def close(self) -> None:
        """Close the connections, in a moment; requests after it raise Refused."""
        self._closed = True
        with suppress(RuntimeError):  # no loop runs, and none holds them open
            self._closing = asyncio.get_running_loop().create_task(self._client.aclose())

    @asynccontextmanager
    async def _answer(self, url: str, body: dict[str, Any]) -> AsyncIterator[Any]:
        if self._closed:
            raise Refused("its connections are closed", again=False)
        try:
            async with self._client.stream("POST", url, json=body) as answer:
                if answer.status_code != self._http.codes.OK:
                    raise self._refusal(answer, await _bounded(answer, 4096))
                yield answer
        except (self._http.HTTPError, self._http.InvalidURL, OSError, RuntimeError) as error:
            raise Refused(self._hidden(f"{url}: {shown(error) or type(error).__name__}")) from error

    def _refusal(self, answer: Any, said: bytes) -> Refused:
        status = answer.status_code
        try:
            told = msgspec.json.decode(said)
            why = shown(told.get("error", told) if isinstance(told, dict) else told)
        except (msgspec.DecodeError, UnicodeDecodeError):
            why = shown(said)
        text = f"{answer.url} answered {status}: {_KNOWN.get(status, '')} {why}"
        wait = retry_after(answer.headers.get("retry-after"))
        return Refused(self._hidden(" ".join(text.split())), status in AGAIN, wait)

    def _hidden(self, text: str) -> str:
        """Some servers repeat the key that they refuse."""
        return text.replace(self._key, "***") if self._key else text


async def _bounded(answer: Any, most: int) -> bytes:
    """The first `most` bytes of an answer."""
    said = b""
    async for data in answer.aiter_bytes():
        said += data
        if len(said) >= most:
            break
    return said[:most]
