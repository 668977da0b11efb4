"""What lies on the skin and goes with it: brows, lashes, a moustache, ears, freckles."""

from __future__ import annotations

import numpy as np

from clients.head.part import Part, Points, blend, curve, grid, loft, mirrored, normals, paint, rgb, smooth
from clients.head.skin import Skin

Moves = dict[str, Points]


def follow(part: Part, skin: Skin, moves: Moves, *, only: Points | None = None) -> Part:
    """Give `part` the moves of the four vertices of the skin nearest to each of its own."""
    allowed = np.flatnonzero(skin.points[:, 2] > -20) if only is None else np.flatnonzero(only)
    far = ((part.points[:, None] - skin.points[allowed]) ** 2).sum(2)
    near = np.argsort(far, axis=1)[:, :4]
    share = 1 / (np.take_along_axis(far, near, 1) + 1e-3)
    share = (share / share.sum(1, keepdims=True))[..., None]
    for name, move in moves.items():
        own = (move[allowed[near]] * share).sum(1)
        if np.abs(own).max() > 0.02:
            part.moves[name] = own
    return part


def brows(skin: Skin, moves: Moves) -> list[Part]:
    """Both brows: soft ridges laid on the skin, thick inside and pointed outside."""
    look = skin.look
    low = look.brow_height
    spine = curve(
        [
            (14.5, low + look.brow_fall - 0.5),
            (23, low + 2.5 + look.brow_fall / 2),
            (36, low + look.brow_arch + 2),
            (46, low + look.brow_arch - 1.5),
            (55, low - 5.5),
        ],
        22,
    )
    width = (
        np.interp(np.linspace(0, 1, 22), [0, 0.06, 0.3, 0.7, 1], [0.35, 0.8, 1, 0.75, 0.08])
        * look.brow_thick
        / 2
    )
    left = _ridge(skin, spine, width, 2.2, look.brow)
    left = follow(left, skin, moves)
    return [left, mirrored(left)]


def _ridge(skin: Skin, spine: Points, width: Points, tall: float, colour: str) -> Part:
    """A strip with a rounded section, along `spine` over the face."""
    along = np.gradient(spine, axis=0)
    aside = np.stack([-along[:, 1], along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    across = np.linspace(-1, 1, 5)
    flat = spine[:, None] + aside[:, None] * (across[:, None] * width[:, None, None])
    ground, out = _ground(skin, flat.reshape(-1, 2))
    lift = (tall * np.sqrt(1 - across**2) * (width / width.max())[:, None] ** 0.5 - 0.3).reshape(-1, 1)
    points = (ground + out * lift).reshape(*flat.shape[:2], 3)
    part = loft(points, colour, "hair", closed=False)
    streak = (
        0.85 + 0.3 * (np.indices(flat.shape[:2])[0] % 2)[..., None] * (np.abs(across) < 0.9)[None, :, None]
    )
    part.colours = np.clip(part.colours * streak.reshape(-1, 1), 0, 1)
    return _facing(part)


def _facing(part: Part) -> Part:
    """Turned so that it faces the front."""
    corners = part.points[part.faces]
    if np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2].sum() < 0:
        part.faces = part.faces[:, ::-1].copy()
    return part


def _ground(skin: Skin, at: Points) -> tuple[Points, Points]:
    """The face under points (x, y), and its normals there."""
    front = np.flatnonzero(skin.points[:, 2] > 15)
    normal = normals(skin.points, skin.faces)[front]
    far = ((at[:, None] - skin.points[front, :2]) ** 2).sum(2)
    near = np.argsort(far, axis=1)[:, :4]
    share = 1 / (np.take_along_axis(far, near, 1) + 0.05)
    share = (share / share.sum(1, keepdims=True))[..., None]
    out = (normal[near] * share).sum(1)
    base, out = skin.points[front[near]], out / np.linalg.norm(out, axis=1, keepdims=True)
    # On the plane of each near vertex, not at its height: on a slope four heights make a step.
    n = normal[near]
    slope = -(
        n[..., 0] * (at[:, None, 0] - base[..., 0]) + n[..., 1] * (at[:, None, 1] - base[..., 1])
    ) / np.maximum(n[..., 2], 0.3)
    z = ((base[..., 2] + slope) * share[..., 0]).sum(1)
    return np.column_stack([at, z]), out


def lashes(skin: Skin, moves: Moves) -> list[Part]:
    """A dark fringe on the edge of the upper lid, longest at the outer corner."""
    edge = skin.lids[0]
    ground = skin.points[edge]
    along = np.linspace(0, 1, len(edge))
    out = normals(skin.points, skin.faces)[edge] * [0.6, 0, 1]
    reach = skin.look.lash * np.interp(along, [0, 0.15, 0.6, 0.88, 1], [0.1, 0.35, 0.65, 1, 0.75])
    sweep = np.column_stack(
        [smooth(0.3, 1, along) * 0.85, 0.25 + 0.35 * smooth(0.2, 1, along), 0.75 - 0.3 * along]
    )
    root = ground + out * 0.2 - [0, 0.5, 0]
    middle = root + sweep * (reach * 0.55)[:, None]
    tip = root + sweep * reach[:, None] + np.column_stack([0 * along, 0.30 * reach, 0 * along])
    upper = root + np.array([0, 1.3, 0.5])
    points = np.concatenate([upper, middle + np.array([0, 0.4, 0]), tip, root])
    faces = grid(4, len(edge))
    part = Part(points, np.concatenate([faces, faces[:, ::-1]]), paint("#1d0f0d", len(points)), "hair")
    part.moves = {n: np.tile(m[edge], (4, 1)) for n, m in moves.items() if np.abs(m[edge]).max() > 0.02}
    return [part, mirrored(part)]


def moustache(skin: Skin, moves: Moves) -> list[Part]:
    """Rides on the upper lip and leaves the line of the mouth to be seen."""
    spine = curve([(0.4, -54), (8, -53.5), (17, -56.5), (25, -62), (31, -69)], 20)
    width = np.interp(np.linspace(0, 1, 20), [0, 0.15, 0.5, 1], [3.6, 5.0, 4.6, 0.4])
    left = _ridge(skin, spine, width, 5.0, skin.look.hair)
    upper = ~skin.below_lip & (skin.points[:, 2] > 20)
    left = follow(left, skin, moves, only=upper)
    return [left, mirrored(left)]


def freckles(skin: Skin, moves: Moves) -> list[Part]:
    """Small flat spots over nose and cheeks, the same on every run."""
    chance = np.random.default_rng(5)
    middles = np.column_stack([chance.normal(0, 27, 60), chance.normal(-25, 5.5, 60)])
    middles = middles[(np.abs(middles[:, 0]) < 52) & (np.abs(middles[:, 0]) > 3) & (middles[:, 1] < -14)]
    turn = np.linspace(0, 2 * np.pi, 7)[:-1]
    size = chance.uniform(0.45, 0.95, len(middles))[:, None, None]
    rim = middles[:, None] + np.stack([np.cos(turn), np.sin(turn)], 1) * size
    ground, out = _ground(skin, np.concatenate([middles[:, None], rim], 1).reshape(-1, 2))
    k = np.arange(6)
    fan = np.stack([0 * k, 1 + k, 1 + (k + 1) % 6], 1)
    faces = np.concatenate([fan + 7 * i for i in range(len(middles))])
    colour = blend(rgb(skin.look.skin)[None], rgb(skin.look.shade), np.array([0.75]))
    part = Part(ground + out * 0.25, faces, np.tile(colour, (len(ground), 1)), "skin")
    return [follow(part, skin, moves)]


def ears(skin: Skin) -> list[Part]:
    """Simple ears: a rim, a hollow and a lobe."""
    share, turn = np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 2 * np.pi, 29)[:-1], indexing="ij")
    lobe = smooth(-0.4, -1, np.sin(turn))
    wide, tall = 14.5 - 3.5 * lobe, 25.0
    reach = np.interp(share, [0, 0.62, 0.8, 0.9, 1.0], [0, 0.66, 0.9, 1.0, 0.82])
    a, b = reach * wide * np.cos(turn), reach * tall * np.sin(turn)
    rise = np.interp(share, [0, 0.35, 0.55, 0.72, 0.84, 0.93, 1], [-4.0, -3.0, 1.2, -0.5, 3.4, 2.8, -7])
    rise = np.where(lobe > 0.5, np.interp(share, [0, 0.4, 0.9, 1], [-3, 1.5, 1.5, -7]), rise)
    lean = np.radians(28)
    depth = a * np.cos(lean) + rise * np.sin(lean) * 0
    x = skin.look.temple * 74.5 + rise - a * np.sin(lean) + 2.5
    points = np.stack([x, -10 + b + 0.12 * a, -6 + depth], -1)
    shade = smooth(0.75, 0.3, share)[..., None] * 0.5
    colour = rgb(skin.look.skin) * (1 - shade) + rgb(skin.look.shade) * shade
    colour = blend(colour, rgb(skin.look.blush), 0.25 * smooth(0.7, 1, share))
    part = loft(points, colour, "skin")
    corners = part.points[part.faces]
    if np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 0].sum() < 0:
        part.faces = part.faces[:, ::-1].copy()
    return [part, mirrored(part)]
