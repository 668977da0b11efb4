"""The skin: one grid round the head, slit open along a row at each eye and at the mouth.

Upper and lower vertices of a slit stand in pairs, one of each column, so that lids and lips can meet
exactly whatever else moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clients.head import features, skull, weave
from clients.head.looks import Look
from clients.head.measures import CORNER, EYE, INNER, LID, OUTER
from clients.head.part import Faces, Points, smooth, spot


@dataclass
class Skin:
    """The surface at rest, and where on it each vertex is."""

    look: Look
    points: Points
    faces: Faces
    across: Points
    """Column of each vertex, in mm as in weave.ACROSS, negative on the right; 100 at the back."""
    level: Points
    """Row of each vertex, in knots of the skull."""
    under: NDArray[np.bool_]
    """Whether it belongs to the lower edge of a slit."""
    plain_z: Points
    """Depth before the eyeball pushed it out."""
    mirror: NDArray[np.int64]
    """The vertex on the other side."""
    lids: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Upper and lower edge of the left eye from the inner to the outer corner, which both have."""
    lips: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Upper and lower lip where they touch, from the right corner to the left."""

    @property
    def eye_drop(self) -> Points:
        """Height above the slit of the eyes before the lids were shaped, in mm along the front."""
        return _front(self.level) - _front(np.array(float(skull.EYE)))

    @property
    def lip_drop(self) -> Points:
        """The same above the mouth."""
        return _front(self.level) - _front(np.array(float(skull.MOUTH)))

    @property
    def below_eye(self) -> NDArray[np.bool_]:
        """Whether it is on the lower side of the slit of an eye."""
        return (self.eye_drop < 0) | (self.under & (self.lip_drop > 20))

    @property
    def below_lip(self) -> NDArray[np.bool_]:
        """Whether it is on the lower side of the mouth."""
        return (self.lip_drop < 0) | (self.under & (self.lip_drop < 20))


def make(look: Look) -> Skin:
    """The face of a character at rest."""
    net = weave.make()
    count = len(net.row)
    skin = Skin(
        look=look,
        points=np.zeros((count, 3)),
        faces=net.faces(),
        across=net.across[net.column],
        level=skull.levels()[net.row],
        under=net.under(),
        plain_z=np.zeros(count),
        mirror=net.mirror(),
        lids=net.lids(),
        lips=net.lips(),
    )
    _shape(skin)
    return skin


def turns(across: Points) -> Points:
    """Angles of columns: the front by width, the back evenly."""
    front = np.arcsin(np.clip(np.abs(across) / 75, 0, 1))
    back = np.pi / 2 * (1 + (np.abs(across) - 75) / 25)
    found: Points = np.sign(across) * np.where(np.abs(across) <= 75, front, back)
    return found


def shell(x: Points, y: Points) -> Points:
    """Depth at which lids lie on the eyeballs; far behind the face elsewhere."""
    room = LID**2 - (np.abs(x) - EYE[0]) ** 2 - (y - EYE[1]) ** 2
    return EYE[2] + np.where(room > 0, np.sqrt(np.clip(room, 0, None)), room / 8)


def over(skin: Skin, x: Points, y: Points, z: Points) -> Points:
    """Depth of skin that lies at `z` unless an eyeball pushes it out; the edges lie on it exactly."""
    ball = shell(x, y)
    soft = 2.5
    mixed = np.clip((ball - z) / soft / 2 + 0.5, 0, 1)
    pushed = z * (1 - mixed) + ball * mixed + soft * mixed * (1 - mixed)
    edge = np.zeros(len(x), bool)
    for line in skin.lids:
        edge[line] = edge[skin.mirror[line]] = True
    near = np.abs(np.abs(x) - EYE[0]) < LID + 6
    found: Points = np.where(edge, ball, np.where(near & (z > 20), pushed, z))
    return found


def lid_line(look: Look, across: Points) -> tuple[Points, Points]:
    """Heights of upper and lower lid edge at a column, and 0 outside the eye."""
    part = (np.abs(across) - (INNER + OUTER) / 2) / ((OUTER - INNER) / 2)
    inside = np.clip(1 - part**2, 0, None)
    top = look.lid_top * inside**0.62 * (1 + 0.10 * part)
    return top, -look.lid_low * inside**0.75 * (1 + 0.16 * part)


def _front(level: Points) -> Points:
    """Height of a row in front. Below the chin it goes on falling, where the outline turns back."""
    return np.interp(
        level, np.arange(len(skull.KNOTS)), [*skull.KNOTS[:12, 0], -126.0, -146.0, -166.0, -200.0]
    )


def _shape(skin: Skin) -> None:
    points = skull.at(skin.look, skin.level, turns(skin.across))
    ahead = smooth(8, 35, points[:, 2])
    points[:, 1] += (_eye_rows(skin) + _lip_rows(skin)) * ahead
    points = features.add(skin, points, ahead)
    skin.plain_z = points[:, 2].copy()
    points[:, 2] = over(skin, *points.T)
    skin.points = points


def _eye_rows(skin: Skin) -> Points:
    """How rows part round the eyes: lids take their room from brow and cheek."""
    drop = skin.eye_drop
    top, low = lid_line(skin.look, skin.across)
    lifted = np.where(skin.below_eye, low * smooth(-26, 0, drop), top * smooth(27, -3, drop))
    part = (np.abs(skin.across) - 32) / 15
    return lifted + skin.look.tilt * np.clip(part, -1, 1) * spot(np.abs(skin.across), drop, (32, 0), (34, 28))


def _lip_rows(skin: Skin) -> Points:
    """How rows part round the mouth: lips are full in the middle and end at the corners."""
    drop, part = skin.lip_drop, np.clip(np.abs(skin.across) / CORNER, 0, 2)
    tall = np.clip(1 - part**3, 0, 1)
    bow = 0.9 * np.exp(-((skin.across / 4) ** 2)) - 0.5 * np.exp(-(((np.abs(skin.across) - 7.5) / 4) ** 2))
    top, low = 1.5 + (skin.look.lip_top - 1.5) * tall - bow * tall, 1.5 + (skin.look.lip_low - 1.5) * tall
    outside = smooth(1, 1.5, part)
    spread = np.where(drop >= 0, _fit(drop, top, 7.3, 17), -_fit(-drop, low, 8.0, 18)) - drop
    up = skin.look.mouth_curve * (np.minimum(part, 1.4) ** 2) * spot(skin.across, drop, (0, 0), (52, 24))
    return spread * (1 - outside) + up


def _fit(distance: Points, border: Points, usual: float, end: float) -> Points:
    """Distances from 0 to `usual` become 0 to `border`; those from `end` on stay."""
    beyond = border + (distance - usual) / (end - usual) * (end - border)
    return np.where(distance < usual, distance / usual * border, np.where(distance < end, beyond, distance))
