"""Settings that cannot be used are refused with their name."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime import engines
from runtime.config import BadSettings, Settings, load
from runtime.face.animation import Animation


def test_a_face_engine_is_the_embedded_one_or_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "townsfolk.toml"
    file.write_text('face = "metahuman"')
    with pytest.raises(BadSettings, match="face: 'metahuman' is neither empty nor 'audio2face:'"):
        load(file)
    file.write_text(f'face = "audio2face:{tmp_path}"')
    with pytest.raises(BadSettings, match=r"face: .*model\.json"):
        engines._face(load(file))


def test_the_embedded_engines_need_no_setting() -> None:
    face = engines._face(Settings())
    assert isinstance(face, Animation)
    face.close()
