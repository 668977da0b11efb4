"""What tells one character from another: a few measures and colours each."""

from __future__ import annotations

from dataclasses import dataclass

PIVOT = (0.0, -128.0, -14.0)
"""Where the head turns on the neck, in mm. In its middle, so that neither end moves much."""

FLOOR = -300.0
"""The bottom of the bust, in mm: 0 in the files."""


@dataclass(frozen=True)
class Look:
    """Lengths in mm, colours sRGB. Measures of the face are of the half on one side where it has two."""

    skin: str
    shade: str
    blush: str
    lip: str
    iris: str
    hair: str
    brow: str
    cloth: str
    trim: str
    shirt: str
    dress: str
    temple: float = 1.0
    """Widths of temples, cheeks, jaw and chin beside the usual ones."""
    cheek: float = 1.0
    jaw: float = 1.0
    chin: float = 1.0
    length: float = 0.0
    """How much lower the chin is."""
    neck: float = 1.0
    lid_top: float = 8.6
    lid_low: float = 7.6
    tilt: float = 1.0
    """How much higher the outer corner of the eye is."""
    lash: float = 5.0
    brow_thick: float = 6.5
    brow_arch: float = 4.0
    brow_fall: float = 0.0
    """How much higher the inner end of the brow is."""
    brow_height: float = 27.0
    ridge: float = 0.0
    """Of the bone above the eyes."""
    nose: float = 1.0
    """Its width."""
    bridge: float = 0.0
    """How much further it stands out at the root."""
    lip_top: float = 6.6
    lip_low: float = 8.6
    mouth_curve: float = 1.5
    """How much higher the corners are than the middle."""
    age: float = 0.0
    """Depth of the folds beside the nose."""
    freckles: bool = False
    stubble: float = 0.0
    ears: bool = True


LOOKS = {
    "innkeeper": Look(
        skin="#f2c19b", shade="#c47a58", blush="#df6a4e", lip="#c2564f", iris="#6d8a3c", hair="#8a3b20",
        brow="#6f2f1b", cloth="#b5442f", trim="#f0c777", shirt="#f0f1f2", dress="#4c5a35",
        cheek=1.05, jaw=1.0, chin=1.05, tilt=1.5, nose=0.92,
        brow_height=25.5, brow_fall=2.0, lip_top=7.0, lip_low=9.0, mouth_curve=5.0, age=1.0,
    ),
    "guard": Look(
        skin="#d79f7d", shade="#8d5237", blush="#b85a3f", lip="#a86252", iris="#5f7d92", hair="#4b3629",
        brow="#3d2b21", cloth="#8d969d", trim="#c9a35a", shirt="#6d757b", dress="#28425c",
        temple=1.01, cheek=1.01, jaw=1.13, chin=1.3, length=6, neck=1.16, lid_top=6.8, lid_low=6.6, tilt=0.0,
        lash=2.2, brow_thick=10.0, brow_arch=2.0, brow_fall=-2.0, brow_height=22.0, ridge=3.5, nose=1.2,
        bridge=3.0,
        lip_top=4.6, lip_low=6.8, mouth_curve=0.0, age=0.8, stubble=0.5, ears=False,
    ),
    "noodles": Look(
        skin="#e9b184", shade="#b06a45", blush="#e0704f", lip="#bd5549", iris="#6b3d1c", hair="#2b1d1a",
        brow="#2a1a15", cloth="#f3e6cf", trim="#d63d2e", shirt="#23405a", dress="#d63d2e",
        temple=0.99, cheek=1.0, jaw=0.93, chin=0.9, length=-3, neck=0.94, lid_top=8.2, lid_low=7.4, tilt=3.0,
        brow_arch=4.5, nose=0.92, brow_fall=3.0, bridge=-1.0, lip_top=6.4, lip_low=8.4, mouth_curve=4.5,
        freckles=True,
    ),
}  # fmt: skip
