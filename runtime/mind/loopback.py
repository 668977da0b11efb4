"""What llama.cpp's server offers over HTTP only: keeping a slot's cache, and filling in the chat template.

The library opens a port of its own in any case: a random one on 127.0.0.1, and nobody without this process's
random key is answered.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any

from runtime.mind import MindFailed


class Loopback:
    """The server's own port."""

    def __init__(self, address: str, key: str) -> None:
        self._address, self._key = address, key

    def save(self, slot: int, name: str) -> None:
        """Write the slot's cache to a file. Raises MindFailed."""
        self._post(f"/slots/{slot}?action=save", {"filename": name})

    def restore(self, slot: int, name: str) -> None:
        """Fill the slot's cache from a file. Raises MindFailed."""
        self._post(f"/slots/{slot}?action=restore", {"filename": name})

    def rendered(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The messages as the model reads them. Raises MindFailed."""
        return str(self._post("/apply-template", {"messages": messages})["prompt"])

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        connection = http.client.HTTPConnection(self._address, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
        except OSError as error:
            raise MindFailed(f"{path}: {error}") from error
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise MindFailed(f"{path}: {said.decode(errors='replace')}")
        return json.loads(said)
