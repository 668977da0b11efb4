"""The pictures of docs/head.md: `python -m clients.head.sheets`."""

from __future__ import annotations

from typing import Any

from clients.head.looks import LOOKS
from clients.head.picture import ROOT, sheet, shot, studio
from runtime.face import ARKIT

CLOSE: dict[str, Any] = {"width": 190, "height": 205, "wide": 0.235, "at": -0.012}


def both(**weights: float) -> dict[str, float]:
    """The same on both sides."""
    return {name + side: weight for name, weight in weights.items() for side in ("Left", "Right")}


VISEMES = {
    "PP": {"jawOpen": 0.1, "mouthClose": 0.1, "mouthRollUpper": 0.12, "mouthRollLower": 0.14}
    | both(mouthPress=0.3),
    "FF": {"jawOpen": 0.16, "mouthRollLower": 0.6} | both(mouthUpperUp=0.3),
    "TH": {"jawOpen": 0.25, "tongueOut": 0.45},
    "aa": {"jawOpen": 0.65} | both(mouthLowerDown=0.25),
    "E": {"jawOpen": 0.3} | both(mouthStretch=0.3, mouthLowerDown=0.3),
    "ih": {"jawOpen": 0.15} | both(mouthSmile=0.35, mouthStretch=0.3, mouthLowerDown=0.3),
    "oh": {"jawOpen": 0.5, "mouthFunnel": 0.7},
    "ou": {"jawOpen": 0.25, "mouthPucker": 0.8},
}
EMOTIONS = {
    "joy": {"jawOpen": 0.2} | both(mouthSmile=0.9, cheekSquint=0.8, eyeSquint=0.3),
    "sadness": {"browInnerUp": 0.9} | both(mouthFrown=0.8, eyeLookDown=0.3),
    "anger": both(browDown=1, noseSneer=0.6, eyeSquint=0.4, mouthPress=0.6),
    "fear": {"browInnerUp": 1, "jawOpen": 0.25} | both(eyeWide=1, mouthStretch=0.7),
    "disgust": both(noseSneer=1, browDown=0.5, mouthUpperUp=0.4, mouthFrown=0.4),
    "surprise": {"jawOpen": 0.5, "browInnerUp": 1} | both(browOuterUp=1, eyeWide=1),
}


def main() -> None:
    docs = ROOT / "docs"
    with studio() as page:
        small = [("neutral", {})]
        # mouthClose undoes jawOpen, so alone it would push closed lips through each other.
        small += [(name, {name: 1.0} | ({"jawOpen": 1.0} if name == "mouthClose" else {})) for name in ARKIT]
        small += [*VISEMES.items(), *EMOTIONS.items()]
        faces = [(name, shot(page, "innkeeper", weights, **CLOSE)) for name, weights in small]
        sheet(faces, 9).save(docs / "head-shapes.png", optimize=True)
        large: dict[str, Any] = {"width": 520, "height": 600, "wide": 0.46, "at": -0.055}
        poses = [
            (both(mouthSmile=0.5, cheekSquint=0.3) | {"jawOpen": 0.06}, -16),
            (both(browDown=0.35, eyeSquint=0.2), 14),
            (both(mouthSmile=0.6, browOuterUp=0.3, mouthUpperUp=0.15) | {"jawOpen": 0.16}, 18),
        ]
        heads = [
            (name, shot(page, name, pose, orbit=turn, **large))
            for name, (pose, turn) in zip(LOOKS, poses, strict=True)
        ]
        sheet(heads, 3).save(docs / "head.png", optimize=True)


if __name__ == "__main__":
    main()
