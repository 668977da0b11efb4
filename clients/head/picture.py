"""Draws the heads with three.js in a headless Chromium: for the pictures in docs/, and to look at a change.

Needs Chromium, Playwright and Pillow, and fetches three.js with npm.
"""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, Route, sync_playwright

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "head"
SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
KINDS = {".js": "text/javascript", ".html": "text/html", ".glb": "model/gltf-binary"}


def three() -> Path:
    """The folder of three.js, fetched when it is not there yet."""
    found = CACHE / "node_modules" / "three"
    if not found.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(CACHE), "three"]
        subprocess.run(command, check=True, capture_output=True)
    return found


@contextmanager
def studio(heads: Path = ROOT / "assets" / "head") -> Iterator[Page]:
    """A page that can `draw`; files come from disk, so no server is needed."""
    roots = {"three": three(), "head": heads, "page": Path(__file__).parent}
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))

    def serve(route: Route) -> None:
        first, _, rest = route.request.url.partition("//")[2].partition("/")[2].partition("/")
        file = roots[first] / rest
        route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "text/plain"))

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=SOFTWARE)
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto("http://head.test/page/picture.html")
        page.wait_for_function("window.ready")
        yield page
        browser.close()


def shot(page: Page, name: str, weights: dict[str, float], **view: Any) -> Image.Image:
    url = page.evaluate("([name, weights, view]) => draw(name, weights, view)", [name, weights, view])
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")


def sheet(pictures: Sequence[tuple[str, Image.Image]], columns: int) -> Image.Image:
    """All in rows, each with its name below."""
    wide, tall = pictures[0][1].size
    font = ImageFont.load_default(13)
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (wide * columns, (tall + 20) * rows), "#1b1310")
    for k, (name, picture) in enumerate(pictures):
        x, y = k % columns * wide, k // columns * (tall + 20)
        whole.paste(picture, (x, y))
        ImageDraw.Draw(whole).text((x + wide // 2, y + tall + 3), name, "#f3dcc0", font, anchor="ma")
    return whole
