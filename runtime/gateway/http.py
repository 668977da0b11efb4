"""The few pages that are asked for by HTTP on the websocket's own port."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from runtime.metrics import Metrics

WEBSOCKET = "/ws"

FOLDERS = ("page", "client", "inn", "head")
"""Those of `assets` that are served, each at a path of its own name."""

POLICY = "default-src 'self'; connect-src 'self' ws: wss: blob:; img-src 'self' data: blob:"
"""The pages take nothing from anywhere else, so nothing from anywhere else may run in them. Blobs are what
players drop on them."""


class Pages:
    """Answers a GET that is not for the websocket."""

    def __init__(self, assets: Path, metrics: Metrics, ready: Callable[[], bool]) -> None:
        self._assets = assets.resolve()
        self._metrics, self._ready = metrics, ready

    def answer(self, request: Request) -> Response | None:
        """The response, or None where the websocket's handshake shall go on."""
        path = unquote(urlsplit(request.path).path)
        match path:
            case "/ws":
                return None
            case "/healthz":
                return _text(HTTPStatus.OK, "alive\n")
            case "/readyz" if self._ready():
                return _text(HTTPStatus.OK, "ready\n")
            case "/readyz":
                return _text(HTTPStatus.SERVICE_UNAVAILABLE, "loading the models\n")
            case "/metrics":
                return _response(
                    HTTPStatus.OK, self._metrics.text(), "text/plain; version=0.0.4; charset=utf-8"
                )
            case "/":
                return self._file("page", "index.html")
        folder, _, name = path.removeprefix("/").partition("/")
        if folder in FOLDERS:
            return self._file(folder, name or "index.html")
        return _text(
            HTTPStatus.NOT_FOUND, f"nothing at {path}; the page is at /, the websocket at {WEBSOCKET}\n"
        )

    def _file(self, folder: str, name: str) -> Response:
        try:
            file = (self._assets / folder / name).resolve()
            if not file.is_relative_to(self._assets / folder):
                raise FileNotFoundError(name)
            body = file.read_bytes()
        except (OSError, ValueError):
            return _text(HTTPStatus.NOT_FOUND, f"there is no {name}\n")
        if file.suffix == ".glb":
            return _response(HTTPStatus.OK, body, "model/gltf-binary")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if (
            file.suffix == ".js"
        ):  # some machines' registries say text/plain, which browsers refuse for modules
            kind = "text/javascript"
        return _response(HTTPStatus.OK, body, kind if kind.startswith("image") else f"{kind}; charset=utf-8")


def _text(status: HTTPStatus, text: str) -> Response:
    return _response(status, text.encode(), "text/plain; charset=utf-8")


def _response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-cache",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }
    )
    return Response(status.value, status.phrase, headers, body)
