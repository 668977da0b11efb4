"""Reads what a server sends, passing over what is newer than this version: fields, types, packets.

A server may gain fields and messages within one version of the protocol, so a client that stumbles over them
is wrong. The structs of `messages` refuse what they do not know, as the server must; hence the second look.
"""

from __future__ import annotations

import logging
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from runtime.protocol import media
from runtime.protocol import messages as m

log = logging.getLogger(__name__)

Item: TypeAlias = m.FromServer | media.Packet
_TAG = "type"


def _types() -> dict[object, inspect.StructType]:
    union = inspect.type_info(m.FromServer)
    assert isinstance(union, inspect.UnionType)
    return {kind.tag: kind for kind in union.types if isinstance(kind, inspect.StructType)}


_decode = msgspec.json.Decoder(m.FromServer).decode
_TYPES = _types()


def decode(data: str | bytes) -> Item | None:
    """One message of the websocket; None where it is nothing that this client knows."""
    try:
        return media.unpack(data) if isinstance(data, bytes) else _text(data)
    except (media.BadMedia, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        log.debug("passed over: %s", error)
        return None


def _text(data: str) -> m.FromServer | None:
    try:
        message: m.FromServer = _decode(data)
    except msgspec.ValidationError:
        return _newer(msgspec.json.decode(data))
    return message


def _newer(message: Any) -> m.FromServer | None:
    """The known part of a message that may come from a newer server."""
    tag = message.get(_TAG) if isinstance(message, dict) else None
    if not isinstance(tag, str) or tag not in _TYPES:
        log.debug("passed over a message of the type %r", tag)
        return None
    known: m.FromServer = msgspec.convert({**_known(message, _TYPES[tag]), _TAG: tag}, m.FromServer)
    return known


def _known(value: Any, kind: inspect.Type) -> Any:
    """`value` without the fields that its type does not have."""
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            types = {field.encode_name: field.type for field in kind.fields}
            return {name: _known(part, types[name]) for name, part in value.items() if name in types}
        case inspect.ListType() if isinstance(value, list):
            return [_known(each, kind.item_type) for each in value]
    return value
