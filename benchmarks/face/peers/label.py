"""Runs in the peers' environment: `label.py VIDEO OUT.wav [LEFT,TOP,RIGHT,BOTTOM MODEL]`.

OUT.wav gets the sound, 16 kHz, mono. With a box and a model MediaPipe's face landmarker looks at that part of
each frame, five times enlarged, and OUT.npz gets `times` (seconds), `points` (frames, 478, 3) in pixels,
`shapes` (frames, 52) and their `names`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
import mediapipe
import numpy as np
import soundfile as sf
from mediapipe.tasks.python import BaseOptions, vision
from PIL import Image

ENLARGED = 5
RATE = 16000


def label(video: str, out: Path, box: tuple[int, int, int, int], model: str) -> None:
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model),
        output_face_blendshapes=True,
        running_mode=vision.RunningMode.VIDEO,
    )
    size = ((box[2] - box[0]) * ENLARGED, (box[3] - box[1]) * ENLARGED)
    times, points, shapes, names = [], [], [], []
    with vision.FaceLandmarker.create_from_options(options) as landmarker, av.open(video) as container:
        for frame in container.decode(video=0):
            seen = np.ascontiguousarray(frame.to_image().crop(box).resize(size, Image.Resampling.BICUBIC))
            image = mediapipe.Image(mediapipe.ImageFormat.SRGB, seen)
            found = landmarker.detect_for_video(image, round(frame.time * 1000))
            if found.face_landmarks:
                times.append(frame.time)
                points.append(
                    [(p.x * size[0], p.y * size[1], p.z * size[0]) for p in found.face_landmarks[0]]
                )
                shapes.append([shape.score for shape in found.face_blendshapes[0]])
                names = [shape.category_name for shape in found.face_blendshapes[0]]
    np.savez(out, times=times, points=points, shapes=shapes, names=names)


def sound(video: str) -> np.ndarray:
    resampler = av.AudioResampler("flt", "mono", RATE)
    with av.open(video) as container:
        blocks = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([part.to_ndarray()[0] for part in [*blocks, *resampler.resample(None)]])


if __name__ == "__main__":
    source, target, *face = sys.argv[1:]
    sf.write(target, sound(source), RATE, subtype="PCM_16")
    if face:
        label(source, Path(target).with_suffix(".npz"), tuple(map(int, face[0].split(","))), face[1])
