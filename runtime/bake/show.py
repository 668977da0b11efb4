"""`townsfolk face`: the face that a recording gets, as curves, as a film, as files."""

from __future__ import annotations

from pathlib import Path

from runtime.bake import arkit, gltf, livelink
from runtime.bake.animate import Studio
from runtime.bake.items import BadLines, Item
from runtime.bake.performance import Performance
from runtime.character import Voice

WRITERS = {
    ".csv": lambda made, name: livelink.encode(made.weights, made.pose, made.fps),
    ".json": lambda made, name: arkit.encode(made.weights, made.fps, name),
    ".glb": lambda made, name: gltf.encode(made.weights, made.pose, made.fps, made.id),
}


def face(
    wav: Path, plot: Path | None = None, video: Path | None = None, curves: Path | None = None, fps: int = 60
) -> Performance:
    """Animate a recording, and write what is asked for: `plot` (.png, .svg, .pdf), `video` (.mp4, .gif) and
    `curves` (.csv for Live Link Face, .json for ARKit weights, .glb for glTF).

    Raises BadLines for a sound that cannot be read or a name that says no known format, and MissingExtra.
    """
    if curves is not None and curves.suffix.lower() not in WRITERS:
        raise BadLines(f"{curves}: curves are one of {', '.join(WRITERS)}")
    if not wav.is_file():
        raise BadLines(f"{wav}: there is no such file")
    studio = Studio()
    try:
        made = studio.perform(Item(wav.stem, wav=wav), Voice(), fps)
    finally:
        studio.close()
    if curves is not None:
        curves.write_bytes(WRITERS[curves.suffix.lower()](made, wav.name))
    if plot is not None:
        from runtime.bake.plot import plot as draw

        draw(made, plot)
    if video is not None:
        from runtime.bake.video import film

        film(made, video)
    return made
