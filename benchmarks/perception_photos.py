"""What is noticed of photographs of people and of pictures without any, by way of the camera's real models.

What is to be seen on each was written down in perception_photos.toml before the senses saw it.
"""

from __future__ import annotations

import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import numpy as np

from benchmarks.perception_camera import FPS, models
from benchmarks.perception_tracks import Truth
from benchmarks.photographs import Package, console, fetched
from benchmarks.report import Report
from runtime.perception import Noticed, Senses, Tracker, pictures

if TYPE_CHECKING:
    from PIL.Image import Image

LABELS: Final = Path(__file__).with_suffix(".toml")
NPC: Final = "mara"
"""Who looks out of the camera."""

WIDE, HIGH = 640, 480
_SWAY = 6
"""Pixels by which a picture moves about: a person sways by as much, at arm's length from a webcam."""
_GREY = (128, 128, 128)
_EMPTY, _REST, _SHOWN, _GONE = 1.2, 3.0, 2.5, 3.0
"""Seconds without anybody, of a resting face, of a photograph, and again without anybody: rest is learnt in
two seconds, and it takes two until somebody has left."""
_GRACE = 0.8
"""Seconds after something has ended in which it may still be told."""
_HEAD, _FOCUS = 0.15, HIGH / 2 / np.tan(np.radians(63 / 2))
"""Metres of a head's breadth, and the focal length of MediaPipe's camera, in pixels: it sees 63 degrees from
top to bottom, and distances are right for cameras that do so too."""
DISTANCES: Final = (("near", 0.75), ("close", 0.3), ("near", 0.75), ("across", 2.0))
"""Metres, each in the middle of its zone."""

EVENTS: Final = {
    "presence": ("came", "left"),
    "expression": ("joy", "surprise", "anger", "disgust", "sadness", "fear"),
    "gaze": (NPC,),
    "posture": ("turned_away", "hands_up"),
    "distance": ("close", "near", "across", "far"),
    "gesture": ("palm", "point", "thumb_up", "thumb_down", "wave", "nod", "shake"),
}
"""What is judged. Leaning in is not: the jump from one photograph to the next is no leaning."""


class Photo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be seen on a photograph; the labels say what each field means."""

    file: str
    frame: int = 0
    box: tuple[int, int, int, int] | None = None
    face: Literal["", "none", "joy", "surprise", "anger", "disgust"] = ""
    looks: Literal["", "camera", "away"] = ""
    turned: bool | None = None
    gesture: Literal["none", "?", "point", "thumb_up"] = "none"
    size: float = 1.0
    who: str = ""
    at: tuple[int, int] | None = None
    head: float | None = None


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    packages: list[Package]
    people: list[Photo]
    places: list[str]
    things: list[str]

    @property
    def nobody(self) -> list[str]:
        """All pictures without people."""
        return [*self.places, *self.things]


@dataclass
class Tally:
    """Of one event: how often it was there, was told, and was told without being there."""

    there: int = 0
    told: int = 0
    invented: int = 0

    @property
    def precision(self) -> float:
        """Share of what was told that was there."""
        return self.told / (self.told + self.invented) if self.told + self.invented else float("nan")

    @property
    def recall(self) -> float:
        """Share of what was there that was told."""
        return self.told / self.there if self.there else float("nan")


@dataclass
class Scene:
    """Pictures one after the other, each for some seconds, and what happens in them."""

    name: str
    pictures: list[tuple[Image, float]] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    unsure: list[Truth] = field(default_factory=list)
    """What may be told and need not be."""
    end: float = 0.0

    def show(self, picture: Image, seconds: float) -> None:
        """One more picture."""
        self.pictures.append((picture, seconds))
        self.end += seconds

    def happens(self, kind: str, what: str, seconds: float) -> None:
        """With the last picture, which is shown for so long."""
        self.truths.append(Truth(kind, what, self.end - seconds, self.end))

    def open(self, kind: str, what: str, seconds: float) -> None:
        """The last picture may be taken for it."""
        self.unsure.append(Truth(kind, what, self.end - seconds, self.end))


def measure() -> list[Report]:
    """Precision and recall of each event, and on which photographs it went wrong."""
    labels = msgspec.convert(tomllib.loads(LABELS.read_text(encoding="utf-8")), Labels)
    wanted = {photo.file for photo in labels.people} | set(labels.nobody)
    scenes = list(staged(labels, fetched(labels.packages, wanted)))
    tallies: dict[str, Tally] = {}
    wrong = Report("Where it went wrong")
    for number, scene in enumerate(scenes):
        with console.status(f"{number + 1} of {len(scenes)}: {scene.name}"):
            found = noticed(scene, number)
        missed, invented = judged(scene, found, tallies)
        for how, events in (("missed", missed), ("invented", invented)):
            for event, count in Counter(events).items():
                wrong.add(event=event, how=how, times=count, photograph=scene.name)
    files = {photo.file for photo in labels.people}
    used = {file.partition(":")[0] for file in [*files, *labels.nobody]}
    title = (
        f"Noticed of {len(labels.people)} views of people on {len(files)} photographs and of "
        f"{len(labels.nobody)} pictures without people, from {len(used)} packages"
    )
    return [table(title, tallies), wrong]


def table(title: str, tallies: dict[str, Tally]) -> Report:
    """One row for each event that was there or told."""
    report = Report(title)
    for kind, names in EVENTS.items():
        for name in names:
            tally = tallies.get(f"{kind} {name}", Tally())
            if tally.there or tally.invented:
                report.add(
                    event=f"{kind} {'character' if name == NPC else name}",
                    there=tally.there,
                    told=tally.told,
                    invented=tally.invented,
                    precision=round(tally.precision, 3),
                    recall=round(tally.recall, 3),
                )
    return report


def judged(scene: Scene, found: Iterable[Noticed], tallies: dict[str, Tally]) -> tuple[list[str], list[str]]:
    """What was missed and what was invented; counted in `tallies`, by kind and name."""
    rest = [one for one in found if one.what in EVENTS[one.kind]]
    missed = []
    for truth in scene.truths:
        hit = next((one for one in rest if _fits(one, truth)), None)
        tally = tallies.setdefault(f"{truth.kind} {truth.what}", Tally())
        tally.there += 1
        tally.told += hit is not None
        if hit is None:
            missed.append(f"{truth.kind} {truth.what}")
        else:
            rest.remove(hit)
    wrong = [one for one in rest if not any(_fits(one, truth) for truth in scene.unsure)]
    for one in wrong:
        tallies.setdefault(f"{one.kind} {one.what}", Tally()).invented += 1
    return missed, [f"{one.kind} {one.what}" for one in wrong]


def _fits(one: Noticed, truth: Truth) -> bool:
    """Whether this may have been told of that; an empty name stands for any."""
    named = one.kind == truth.kind and truth.what in ("", one.what)
    return named and truth.begin <= one.at <= truth.end + _GRACE


def noticed(scene: Scene, seed: int) -> list[Noticed]:
    """All that is noticed of a scene, by way of JPEG and the real models."""
    tracker, senses = Tracker(models()), Senses(NPC)
    found: list[Noticed] = []
    for number, frame in enumerate(_filmed(scene, np.random.default_rng(seed))):
        now = number / FPS
        found += senses.seen(tracker.look(pictures.decode(frame), now), now)
    tracker.close()
    return found


def _filmed(scene: Scene, draw: np.random.Generator) -> Iterator[bytes]:
    for picture, seconds in scene.pictures:
        for _ in range(round(seconds * FPS)):
            x, y = map(int, draw.integers(0, _SWAY + 1, 2))
            buffer = io.BytesIO()
            picture.crop((x, y, x + WIDE, y + HIGH)).save(buffer, "JPEG", quality=85)
            yield buffer.getvalue()


def staged(labels: Labels, files: dict[str, bytes]) -> Iterator[Scene]:
    """The scenes: each person alone, each face after one at rest, heads at distances, and nobody at all."""
    empty = [_placed(Photo(file), files) for file in labels.nobody]
    places = empty[: len(labels.places)]
    rests = {photo.who: photo for photo in reversed(labels.people) if photo.who and photo.face == "none"}
    for number, photo in enumerate(labels.people):
        before, after = places[number % len(places)], places[(number + 7) % len(places)]
        rest = rests.get(photo.who, rests["marc"])
        facing = _placed(rest, files) if photo.turned else None
        yield _alone(photo, _placed(photo, files), before, after, facing)
        if photo.face:
            yield _after_rest(photo, _placed(rest, files), _placed(photo, files))
        if photo.head:
            yield _distances(photo, _opened(photo, files), before)
    for file, picture in zip(labels.nobody, empty, strict=True):
        scene = Scene(file)
        scene.show(picture, _SHOWN)
        yield scene


def _alone(photo: Photo, picture: Image, before: Image, after: Image, facing: Image | None) -> Scene:
    """Somebody comes and goes: all but their expression is judged, for which their rest is not known.

    Who is turned away has been `facing` before: nobody is met by their back.
    """
    scene = Scene(_named(photo))
    scene.show(before, _EMPTY)
    if facing is not None:
        scene.show(facing, _REST)
        for kind in ("gaze", "distance", "gesture"):
            scene.open(kind, "", _REST)
    scene.show(picture, _SHOWN)
    scene.happens("presence", "came", scene.end - _EMPTY)
    _holds(scene, photo, _SHOWN)
    scene.open("distance", "", _SHOWN)
    if photo.face != "none":
        scene.open("expression", "", _SHOWN)
    if photo.looks == "camera":
        scene.happens("gaze", NPC, _SHOWN)
    elif not photo.looks:
        scene.open("gaze", NPC, _SHOWN)
    if photo.gesture not in ("none", "?"):
        scene.happens("gesture", photo.gesture, _SHOWN)
    scene.show(after, _GONE)
    scene.happens("presence", "left", _GONE)
    return scene


def _after_rest(photo: Photo, rest: Image, picture: Image) -> Scene:
    """A resting face, where there is one of the same person, and then this one."""
    scene = Scene(f"{_named(photo)}, after rest")
    scene.show(rest, _REST)
    scene.open("gaze", "", _REST)
    scene.show(picture, _SHOWN)
    if photo.face != "none":
        scene.happens("expression", photo.face, _SHOWN)
    _holds(scene, photo, _SHOWN)
    scene.open("gaze", "", _SHOWN)
    scene.open("gesture", photo.gesture, _SHOWN)
    scene.unsure += [Truth(kind, "", 0, scene.end) for kind in ("presence", "distance")]
    return scene


def _holds(scene: Scene, photo: Photo, seconds: float) -> None:
    """What a photograph says of posture, and where no gesture is judged."""
    if photo.turned:
        scene.happens("posture", "turned_away", seconds)
    elif photo.turned is None and photo.looks != "camera":
        scene.open("posture", "turned_away", seconds)
    if photo.gesture == "?":
        scene.open("gesture", "", seconds)


def _distances(photo: Photo, picture: Image, before: Image) -> Scene:
    """The same head, nearer and farther. Nods are not judged: one jump in size and back looks like one."""
    assert photo.head is not None
    scene = Scene(f"{_named(photo)}, at distances")
    scene.show(before, _EMPTY)
    for zone, metres in DISTANCES:
        scale = _HEAD / metres * _FOCUS / photo.head
        scene.show(_pasted(picture, scale, _middle(photo, picture)), _SHOWN)
        scene.happens("distance", zone, _SHOWN)
    whole = [Truth(kind, "", 0, scene.end) for kind in EVENTS if kind != "distance"]
    scene.unsure += whole
    return scene


def _named(photo: Photo) -> str:
    part = f" {photo.box}" if photo.box else ""
    return f"{photo.file}{f' frame {photo.frame}' if photo.frame else ''}{part}"


def _opened(photo: Photo, files: dict[str, bytes]) -> Image:
    from PIL import Image

    picture = Image.open(io.BytesIO(files[photo.file]))
    picture.seek(photo.frame)
    return picture.convert("RGB").crop(photo.box or (0, 0, *picture.size))


def _middle(photo: Photo, picture: Image) -> tuple[float, float]:
    """Of the head, where it is known, in pixels of what is shown of the photograph."""
    if photo.at is None:
        return picture.width / 2, picture.height / 2
    left, top, *_ = photo.box or (0, 0)
    return photo.at[0] - left, photo.at[1] - top


def _placed(photo: Photo, files: dict[str, bytes]) -> Image:
    """The photograph as high or as wide as a frame, its head in the middle."""
    picture = _opened(photo, files)
    scale = photo.size * min(WIDE / picture.width, HIGH / picture.height)
    return _pasted(picture, scale, _middle(photo, picture))


def _pasted(picture: Image, scale: float, middle: tuple[float, float]) -> Image:
    """A frame with room to move in, and this point of the picture in its middle."""
    from PIL import Image

    frame = Image.new("RGB", (WIDE + _SWAY, HIGH + _SWAY), _GREY)
    wide, high = (max(1, round(side * scale)) for side in picture.size)
    at = round(frame.width / 2 - middle[0] * scale), round(frame.height / 2 - middle[1] * scale)
    frame.paste(picture.resize((wide, high), Image.Resampling.LANCZOS), at)
    return frame
