"""The server's side of the protocol without any I/O: what came in, checked, in order, or the error it is."""

from __future__ import annotations

import msgspec

from runtime.protocol import media
from runtime.protocol.errors import ProtocolError
from runtime.protocol.messages import PROTOCOL, FromClient, FromServer, Hello, Limits

LIMITS = Limits(text=2000, media=262_144, utterance=28.0, lead=0.3)
"""A packet holds up to 1.3 s at 96 kHz; an utterance what fits a 30 s window with room.

`lead` hides 300 ms of network jitter and is little to take back when the player interrupts."""

_decode = msgspec.json.Decoder(FromClient).decode
_encode = msgspec.json.Encoder().encode


class Wire:
    """Reads what a client sends. One per connection; `hello` is its only state."""

    def __init__(self) -> None:
        self.hello: Hello | None = None

    def receive(self, data: str | bytes) -> FromClient | media.Packet:
        """One message of the websocket. Raises ProtocolError; only a fatal one ends the connection."""
        return self._text(data) if isinstance(data, str) else self._binary(data)

    def _text(self, data: str) -> FromClient:
        try:
            message: FromClient = _decode(data)
        except msgspec.ValidationError as error:
            raise ProtocolError(*self._refused(error)) from error
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise ProtocolError("bad_json", f"this is not JSON: {error}") from error
        if isinstance(message, Hello):
            self._greet(message)
        elif self.hello is None:
            raise ProtocolError("hello_expected", "the first message must be `hello`", fatal=True)
        return message

    @staticmethod
    def _refused(error: msgspec.ValidationError) -> tuple[str, str]:
        """An unknown type is worth a code of its own; everything else names its field."""
        reason = str(error)
        if reason.startswith("Invalid value") and reason.endswith("`$.type`"):
            return "unknown_message", reason
        return "bad_message", reason

    def _greet(self, hello: Hello) -> None:
        if self.hello is not None:
            raise ProtocolError("hello_repeated", "this session has had its `hello`")
        if hello.protocol != PROTOCOL:
            text = f"the client speaks protocol {hello.protocol}, this server {PROTOCOL}"
            raise ProtocolError("protocol_version", text, fatal=True)
        self.hello = hello

    def _binary(self, data: bytes) -> media.Packet:
        if self.hello is None:
            raise ProtocolError("hello_expected", "the first message must be `hello`", fatal=True)
        if len(data) > LIMITS.media:
            raise ProtocolError("too_large", f"{len(data)} bytes in one packet, {LIMITS.media} are taken")
        try:
            packet = media.unpack(data)
        except media.BadMedia as error:
            raise ProtocolError("bad_media", str(error)) from error
        if packet.kind == media.VOICE:
            raise ProtocolError("bad_media", f"kind {packet.kind} is sent by the server, not to it")
        return packet


def encode(message: FromServer | FromClient) -> str:
    """A message as the text of one websocket message."""
    return _encode(message).decode()
