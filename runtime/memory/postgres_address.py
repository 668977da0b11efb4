"""The address of a PostgreSQL server, and what of it may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from runtime.memory.store import MemoryFailed

_BAD = (
    "the memory setting is no address of a PostgreSQL server: write postgresql://user@host:5432/database. "
    "In a password, @ : / ? # and % are written as %40 %3A %2F %3F %23 and %25; better, keep it in "
    "~/.pgpass or PGPASSWORD"
)
"""Shows nothing of what was written: where it cannot be read, nobody knows which part is the password."""

_SECRETS = ("password", "sslpassword")

_DEFAULTS: dict[str, str | int] = {
    "client_encoding": "UTF8",
    "application_name": "townsfolk",
    "connect_timeout": 3,  # seconds: a player may be waiting, and a server that is up answers in a few ms
    "tcp_user_timeout": 5000,  # milliseconds: a network that swallows packets is noticed (Linux)
    "keepalives_idle": 30,  # seconds: firewalls forget connections that are silent for minutes
}
"""libpq's parameters where the address does not name them."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is."""

    conninfo: str = field(repr=False)
    shown: str
    """Without password, as `postgresql://user@host:port/database`."""
    _secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Address:
        """Of a connection URI as libpq reads it. Raises MemoryFailed, which repeats nothing of a bad one."""
        given = _read(url)
        if given is None:
            raise MemoryFailed(_BAD)
        secrets = [str(given[name]) for name in _SECRETS if given.get(name)]
        written = (*secrets, *(quote(secret, safe="") for secret in secrets))
        return cls(make_conninfo(**{**_DEFAULTS, **given}), _shown(given), written)

    def masked(self, text: str) -> str:
        """`text` on one line, without passwords."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())


def _read(url: str) -> dict[str, Any] | None:
    """None where it is not well formed, or where a part of a password may have strayed elsewhere."""
    try:
        given = conninfo_to_dict(url)
    except (psycopg.Error, UnicodeError):
        return None
    ports = str(given.get("port", ""))
    strayed = any("@" in str(given.get(part, "")) for part in ("host", "dbname"))
    return given if re.fullmatch(r"[\d,]*", ports) and not strayed else None


def _shown(given: dict[str, Any]) -> str:
    user = f"{given['user']}@" if given.get("user") else ""
    port = f":{given['port']}" if str(given.get("port", "")).strip(",") else ""
    return f"postgresql://{user}{given.get('host', '')}{port}/{given.get('dbname', '')}"
