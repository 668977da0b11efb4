"""Tools that a server's model calls: what a request says of them, and what the model is told. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from runtime.mind.remote_events import ToolCall
from runtime.types import Tools

ROOM = 60
"""Tokens that a reply may have for calls beside its words: three of a verb, a target and a parameter."""


def offered(tools: Tools | None, called: bool) -> dict[str, Any]:
    """What of a request tells of `tools`. Once they were `called` there is only to speak of it."""
    if tools is None:
        return {}
    return {"tools": list(tools.schemas), **({"tool_choice": "none"} if called else {})}


def carried_out(calls: Iterable[ToolCall], tools: Tools | None) -> list[dict[str, Any]]:
    """Do what was called. The messages that tell the model so; none where it called nothing."""
    made: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    for call in calls:
        name, arguments = (call.function and call.function.name) or "", _arguments(call)
        what = tools.call(name, arguments) if tools else ""
        known = call.id or f"call_{call.index}"
        function = {"name": name, "arguments": arguments}
        made.append({"id": known, "type": "function", "function": function})
        told.append({"role": "tool", "tool_call_id": known, "content": what})
    return [{"role": "assistant", "content": "", "tool_calls": made}, *told] if made else []


def _arguments(call: ToolCall) -> str:
    return (call.function and call.function.arguments) or "{}"
