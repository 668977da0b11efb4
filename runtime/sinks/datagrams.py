"""Where datagrams go."""

from __future__ import annotations

import socket
from typing import Any

LARGEST = 1400
"""Bytes that every network between two machines takes in one piece."""


def address(text: str, port: int) -> tuple[str, int]:
    """Host and port of `HOST`, `HOST:PORT`, `:PORT` or `[IPV6]:PORT`. Raises OSError."""
    host, _, given = text.rpartition(":") if ":" in text and not text.endswith("]") else (text, "", "")
    try:
        number = int(given) if given else port
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise OSError(f"`{text}` is no address: HOST:PORT, with a port from 1 to 65535")
    return host.strip("[]") or "127.0.0.1", number


class Datagrams:
    """A socket that sends to one host. What cannot be sent is lost, as datagrams are."""

    def __init__(self, host: str, port: int) -> None:
        """Raises OSError where there is no such host."""
        try:
            family, _, _, _, to = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise OSError(f"`{host}` cannot be found: {error.strerror}") from error
        self._to: tuple[Any, ...] = to
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self.family = family
        self.unsent = 0
        """Datagrams that the system did not take."""

    def send(self, data: bytes, beyond: int = 0) -> None:
        """Send to the port, or to one `beyond` it."""
        host, port, *rest = self._to
        try:
            self._socket.sendto(data, (host, port + beyond, *rest))
        except OSError:
            self.unsent += 1

    @property
    def to(self) -> tuple[str, int]:
        """The numeric address and port."""
        return str(self._to[0]), int(self._to[1])

    def close(self) -> None:
        self._socket.close()
