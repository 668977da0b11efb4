"""What a server sends of a reply: server-sent events in bytes, and the text in them. Sans-IO.

The format is that of the WHATWG's HTML standard, section 9.2, as OpenAI's interface uses it: every event is
one line `data: {…}`, the last one `data: [DONE]`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from runtime.mind import MindFailed

LONGEST = 1 << 18
"""Bytes of one event: a token with the probabilities of many others has some ten thousand."""

RUBBISH = 8
"""Events in a row that make no sense before the server is given up: one may be a proxy's remark."""

CALLS = 8
"""Tools that one reply may call: more than it may do, so that what is wrong with some harms no other."""

_SHOWN = 200
"""Characters of a server's own words in a message of ours."""


class Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct):
    index: int = 0
    id: str | None = None
    function: Function | None = None


class Delta(msgspec.Struct):
    """What one event adds; everything of it that is not of these types is rubbish."""

    content: str | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(msgspec.Struct):
    delta: Delta | None = None
    finish_reason: str | None = None


class Event(msgspec.Struct):
    choices: list[Choice] = []
    error: Any = None
    usage: dict[str, Any] | None = None


class Events:
    """The text of one reply, from its bytes as they come."""

    def __init__(self) -> None:
        self._line = b""
        self._rubbish = 0
        self.parts = 0
        """Pieces of words and of calls so far."""
        self.ended = False
        """Whether the server has said that this is all."""
        self.calls: dict[int, ToolCall] = {}
        """The tools that it calls, by their number; whole once it has ended."""
        self.usage: dict[str, Any] = {}
        """Tokens that the server counted, if it did; those it had cached among them."""

    def feed(self, data: bytes) -> str:
        """The text that `data` adds. Raises MindFailed for an error that it tells of, and for rubbish."""
        *lines, self._line = (self._line + data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).split(b"\n")
        if len(self._line) > LONGEST:
            raise MindFailed("the server sent a line without an end")
        return "".join([self._take(line) for line in lines])

    def finish(self) -> str:
        """The text in a last line without an end. Raises MindFailed where the server broke off."""
        text = self._take(self._line)
        if not self.ended:
            raise MindFailed("the server broke off in the middle of the reply")
        return text

    def _take(self, line: bytes) -> str:
        if not line.startswith(b"data:"):
            # Empty lines part events, and a colon begins a comment: servers that think send them.
            return "" if not line.strip() or line[:1] in b":" or _field(line) else self._nonsense(line)
        data = line[5:].strip()
        if data == b"[DONE]":
            self.ended = True
            return ""
        try:
            event = msgspec.json.decode(data, type=Event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._nonsense(line)
        self._rubbish = 0
        if event.error:
            raise MindFailed(f"the server failed: {shown(event.error)}")
        self.usage = event.usage or self.usage
        self.ended = self.ended or any(choice.finish_reason for choice in event.choices)
        delta = event.choices[0].delta if event.choices else None
        for call in (delta and delta.tool_calls) or ():
            self._call(call)
        self.parts += bool(delta and (delta.content or delta.tool_calls))
        return (delta and delta.content) or ""

    def _call(self, part: ToolCall) -> None:
        if part.index not in self.calls and len(self.calls) >= CALLS:
            return
        whole = self.calls.setdefault(part.index, ToolCall(part.index, None, Function("", "")))
        whole.id = whole.id or part.id
        if part.function and whole.function:
            whole.function.name = (whole.function.name or "") + (part.function.name or "")
            whole.function.arguments = (whole.function.arguments or "") + (part.function.arguments or "")

    def _nonsense(self, line: bytes) -> str:
        self._rubbish += 1
        if self._rubbish >= RUBBISH:
            raise MindFailed(f"the server sends what is no reply: {shown(line)}")
        return ""


def shown(said: object) -> str:
    """What a server said, fit for a line of a log."""
    if isinstance(said, dict):
        said = said.get("message") or said
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _field(line: bytes) -> bool:
    return line.startswith((b"event:", b"id:", b"retry:"))
