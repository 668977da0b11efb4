"""Baking: what goes in, what comes out, and that readers of each format see the same curves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from spoken import say

from runtime.bake import arkit, gltf, livelink, srt, store
from runtime.bake.animate import Studio, load, seed
from runtime.bake.items import BadLines, Item, read
from runtime.bake.performance import RATE, Performance, pcm16
from runtime.bake.run import bake
from runtime.bake.show import face
from runtime.bake.text import sentences
from runtime.character import Character, Voice
from runtime.face import ARKIT, AT, POSE
from runtime.face.layers import FaceSettings
from runtime.face.names import LIVE_LINK
from runtime.types import Word
from runtime.voice.hibari import HibariVoice

QUIET = Console(quiet=True)
NPC = Character("Mara", "An innkeeper.", "You are Mara.", "Come in.", "I lost my thread.")
TABLE = (
    "id,text,emotion\n"
    'hello,"Come in, love, come in. Mind the step!",joy\n'
    "baby,Papa may map my baby boy.,\n"
    'cost,"It costs $3.50 — no more, Mr. Holt.",\n'
)


@pytest.fixture(scope="module")
def studio() -> Iterable[Studio]:
    made = Studio(HibariVoice())
    yield made
    made.close()


@pytest.fixture(scope="module")
def made(studio: Studio) -> Performance:
    return studio.perform(Item("baby", "Papa may map my baby boy. We do."), Voice(), 60)


def written(folder: Path, table: str = TABLE) -> Path:
    file = folder / "lines.csv"
    file.write_text(table, encoding="utf-8")
    return file


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tone(seconds: float, rate: int) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * 150 * times) * (np.sin(2 * np.pi * 3 * times) > 0)).astype(np.float32)


# What is baked


def test_a_table_may_have_a_header_or_none(tmp_path: Path) -> None:
    plain = read(written(tmp_path, 'a,"Hello, you."\n\nb,Bye.,joy\n'))
    assert plain == [Item("a", "Hello, you."), Item("b", "Bye.", "joy")]
    assert read(written(tmp_path, "\ufeffText,ID,Speaker\nHello.,a,Mara\n")) == [Item("a", "Hello.")]
    assert read(written(tmp_path, 'a,"Two\nlines."\n')) == [Item("a", "Two\nlines.")]


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("id,text\na,Hello.\na,Bye.\n", r"line 3: the id 'a' is taken by .*line 2"),
        ("a,Hello.\nA,Bye.\n", r"line 2: the id 'A' is taken"),
        ("id,text\n../x,Hello.\n", r"line 2: the id '../x' is no file name"),
        ("id,text\n,Hello.\n", r"line 2: the id '' is no file name"),
        ("id,text\na,\n", r"line 2: it has no text"),
        ("id,text\na,Hello, you, there.\n", r"line 2: 4 columns instead of 2"),
        ("id,text,emotion\na,Hello.,bliss\n", r"line 2: there is no emotion 'bliss'; known are neutral, joy"),
        ("id,text,wav\na,Hello.,none.wav\n", r"line 2: there is no recording"),
        ('a,"Hello.\n', r"line 1: .*"),
        ("id,text,text\na,b,c\n", r"line 1: the column 'text' is there twice"),
        ("id,text\n", r"no line in it"),
    ],
)
def test_a_fault_in_a_table_is_told_with_its_line(tmp_path: Path, table: str, fault: str) -> None:
    with pytest.raises(BadLines, match=fault):
        read(written(tmp_path, table))


def test_a_table_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_bytes("a,Grüß Gott.\n".encode("latin-1"))
    with pytest.raises(BadLines, match="UTF-8"):
        read(tmp_path / "lines.csv")
    with pytest.raises(BadLines, match="no such file"):
        read(tmp_path / "none.csv")


def test_recordings_are_named_after_their_files(tmp_path: Path) -> None:
    for name in ("b.wav", "a.WAV", "notes.txt"):
        (tmp_path / name).touch()
    assert [item.id for item in read(tmp_path)] == ["a", "b"]
    assert read(tmp_path / "b.wav") == [Item("b", wav=tmp_path / "b.wav")]
    (tmp_path / "b.flac").touch()
    with pytest.raises(BadLines, match=r"b\.wav: the id 'b' is taken by b\.flac"):
        read(tmp_path)
    (tmp_path / "sub").mkdir()
    with pytest.raises(BadLines, match="no recording in it"):
        read(tmp_path / "sub")


def test_a_text_is_spoken_sentence_by_sentence_without_stage_directions() -> None:
    lines = sentences("[laughs] It costs $3.50, Mr. Holt. “Take it!” *nods* Or J. Smith does…")
    assert [line.text for line in lines] == ["It costs $3.50, Mr. Holt.", "“Take it!”", "Or J. Smith does…"]
    assert [line.spoken for line in lines][1:] == ["Take it!", "Or J. Smith does..."]
    assert lines[0].spoken == "It costs three dollars and fifty cents, Mister Holt."
    assert sentences("[sighs]") == []


def test_recordings_of_any_rate_and_channels_become_mono_of_ours(tmp_path: Path) -> None:
    for rate in (8000, 16000, 24000, 44100, 48000):
        sf.write(tmp_path / "a.wav", np.stack([tone(0.5, rate)] * 2, 1), rate)
        sound = load(tmp_path / "a.wav")
        assert len(sound) == round(0.5 * RATE)
        assert np.sqrt(np.mean(sound**2)) == pytest.approx(np.sqrt(np.mean(tone(0.5, RATE) ** 2)), rel=0.05)
    (tmp_path / "a.wav").write_bytes(b"RIFF no sound")
    with pytest.raises(BadLines, match=r"a\.wav"):
        load(tmp_path / "a.wav")
    sf.write(tmp_path / "a.wav", np.zeros(0), 24000)
    with pytest.raises(BadLines, match="no sound"):
        load(tmp_path / "a.wav")


# A performance


def test_a_performance_is_whole_and_on_one_clock(made: Performance) -> None:
    count = int(np.ceil(made.seconds * 60))
    assert made.weights.shape == (count, 52)
    assert made.pose.shape == (count, len(POSE))
    assert made.weights.min() >= 0
    assert made.weights.max() <= 1
    assert " ".join(word.text for word in made.words) == "Papa may map my baby boy. We do."
    edges = [edge for word in made.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[-1] < made.seconds
    shut = [round((p.start + p.end) * 30) for p in made.phones if p.symbol in "pbm"]
    gap = made.weights[:, AT["jawOpen"]] - made.weights[:, AT["mouthClose"]]
    assert len(shut) == 9
    assert gap[shut].max() < 0.02


def test_the_same_line_is_the_same_and_its_id_is_its_seed(studio: Studio, made: Performance) -> None:
    again = studio.perform(Item("baby", "Papa may map my baby boy. We do."), Voice(), 60)
    np.testing.assert_array_equal(again.weights, made.weights)
    np.testing.assert_array_equal(again.pose, made.pose)
    np.testing.assert_array_equal(again.audio, made.audio)
    other = studio.perform(Item("other", "Papa may map my baby boy. We do."), Voice(), 60)
    np.testing.assert_array_equal(other.audio, made.audio)
    assert np.abs(other.pose - made.pose).max() > 0.1
    assert seed("baby") != seed("other")


def test_an_emotion_is_seen_from_the_first_frame(studio: Studio) -> None:
    smile = AT["mouthSmileLeft"]
    item = Item("a", "We do.", "joy")
    happy = studio.perform(item, Voice(), 60).weights[0, smile]
    assert happy > studio.perform(Item("a", "We do."), Voice(), 60).weights[0, smile] + 0.1


def test_a_recording_moves_the_mouth_where_it_sounds(studio: Studio, tmp_path: Path) -> None:
    silence, speech = np.zeros(16000, np.float32), say("How are you?")[:16000]
    sf.write(tmp_path / "a.wav", np.concatenate([silence, np.resize(speech, 16000), silence]), 16000)
    found = studio.perform(Item("a", wav=tmp_path / "a.wav", text="One two."), Voice(), 30)
    assert len(found.weights) == 90
    jaw = found.weights[:, AT["jawOpen"]]
    assert jaw[:25].max() < 0.02 < 0.1 < jaw[30:60].max()
    assert jaw[75:].max() < 0.02
    assert [word.text for word in found.words] == ["One", "two."]
    assert found.words[-1].end == pytest.approx(3.0)


def test_what_cannot_be_said_is_told(studio: Studio) -> None:
    with pytest.raises(BadLines, match=r"a: nothing in '\.\.\.' can be said"):
        studio.perform(Item("a", "..."), Voice(), 60)


# Formats, read back


def test_a_live_link_recording_reads_back_as_the_curves(made: Performance) -> None:
    data = livelink.encode(made.weights, made.pose, 60)
    times, values = livelink.decode(data)
    np.testing.assert_allclose(times, np.arange(len(made.weights)) / 60, atol=2e-5)
    np.testing.assert_allclose(values[:, :52], made.weights, atol=6e-7)
    yaw = np.radians(made.pose[:, POSE.index("headYaw")])
    np.testing.assert_allclose(values[:, LIVE_LINK.index("HeadYaw")], yaw, atol=6e-7)
    first = data.decode().splitlines()[1].split(",")
    assert first[:2] == ["00:00:00:00.000", "61"]
    assert len(first) == 63


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, "00:00:00:00.000"),
        (1 / 60, "00:00:00:01.000"),
        (1 / 24, "00:00:00:02.500"),
        (3661.5, "01:01:01:30.000"),
    ],
)
def test_a_timecode_counts_sixtieths(seconds: float, code: str) -> None:
    assert livelink.timecode(seconds) == code


def test_other_spellings_of_a_recording_are_read_and_other_files_refused() -> None:
    times, values = livelink.decode(b"Timecode,BlendshapeCount,jawOpen\n10:00:00:30.0,61,0.5\n")
    assert times.tolist() == [36000.5]
    assert values[0, LIVE_LINK.index("JawOpen")] == 0.5
    with pytest.raises(ValueError, match="Live Link"):
        livelink.decode(b"a,b\n1,2\n")


def test_json_reads_back_as_the_curves(made: Performance) -> None:
    data = arkit.encode(made.weights, 60, "baby.wav")
    fps, weights = arkit.decode(data)
    assert fps == 60
    np.testing.assert_allclose(weights, made.weights, atol=6e-7)
    raw = msgspec.json.decode(data)
    assert set(raw) == {"exportFps", "trackPath", "numPoses", "numFrames", "facsNames", "weightMat"}
    assert (raw["numPoses"], raw["numFrames"]) == (52, len(made.weights))
    assert raw["facsNames"] == list(ARKIT)
    with pytest.raises(ValueError, match="Audio2Face"):
        arkit.decode(b'{"numPoses": 52}')


def test_gltf_opens_in_another_reader_with_the_same_curves(made: Performance, tmp_path: Path) -> None:
    pygltflib = pytest.importorskip("pygltflib")
    (tmp_path / "a.glb").write_bytes(gltf.encode(made.weights, made.pose, 60, "baby"))
    document = pygltflib.GLTF2().load(str(tmp_path / "a.glb"))

    def values(accessor: int) -> np.ndarray:
        each = document.accessors[accessor]
        view = document.bufferViews[each.bufferView]
        blob = document.binary_blob()[view.byteOffset : view.byteOffset + view.byteLength]
        found = np.frombuffer(blob, np.float32)
        return found.reshape(each.count, -1)

    mesh, (animation,) = document.meshes[0], document.animations
    assert mesh.extras["targetNames"] == list(ARKIT)
    assert all(len(primitive.targets) == 52 for primitive in mesh.primitives)
    tracks = {c.target.path: animation.samplers[c.sampler] for c in animation.channels}
    np.testing.assert_array_equal(
        values(tracks["weights"].output).reshape(-1, 52), made.weights.astype(np.float32)
    )
    np.testing.assert_allclose(
        values(tracks["weights"].input)[:, 0], np.arange(len(made.weights)) / 60, atol=1e-5
    )
    turns = values(tracks["rotation"].output)
    np.testing.assert_allclose(np.linalg.norm(turns, axis=1), 1, atol=1e-5)


def test_gltf_opens_in_trimesh(made: Performance, tmp_path: Path) -> None:
    trimesh = pytest.importorskip("trimesh")
    (tmp_path / "a.glb").write_bytes(gltf.encode(made.weights, made.pose, 60, "baby"))
    scene = trimesh.load(str(tmp_path / "a.glb"))
    assert len(scene.geometry) > 20
    assert 1.5 < scene.extents[0] < 2.5  # about as wide as it is said to be


def test_a_turned_head_turns_to_its_own_left_up_and_to_its_left_shoulder() -> None:
    def forward(*pose: float, axis: tuple[float, float, float] = (0, 0, 1)) -> np.ndarray:
        x, y, z, w = gltf._quaternions(np.array([[*pose, 0, 0, 0, 0]], np.float32))[0].astype(float)
        v, q = np.array(axis, float), np.array([x, y, z])
        return v + 2 * np.cross(q, np.cross(q, v) + w * v)

    np.testing.assert_allclose(forward(90, 0, 0), [1, 0, 0], atol=1e-6)  # its left is +x
    np.testing.assert_allclose(forward(0, 90, 0), [0, 1, 0], atol=1e-6)
    np.testing.assert_allclose(forward(0, 0, 90, axis=(0, 1, 0)), [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(forward(30, 20, 0), forward(30, 20, 40), atol=1e-6)  # roll is about the gaze


def test_captions_read_back(made: Performance) -> None:
    phrases = srt.decode(srt.encode(made.words))
    assert [cue.text for cue in phrases] == ["Papa may map my baby boy.", "We do."]
    assert phrases[0].start == pytest.approx(made.words[0].start, abs=6e-4)
    assert phrases[1].end == pytest.approx(made.words[-1].end, abs=6e-4)
    words = srt.decode(srt.encode(made.words, "word"))
    assert [word.text for word in words] == [word.text for word in made.words]
    with pytest.raises(ValueError, match="no time"):
        srt.decode(b"1\nnow\nHello\n")


@given(st.lists(st.text("ab.,!", min_size=1, max_size=60), max_size=60))
def test_captions_hold_every_word_and_fit(texts: list[str]) -> None:
    words = [Word(text, float(k), k + 0.9) for k, text in enumerate(texts)]
    data = srt.encode(words)
    cues = srt.decode(data)
    assert " ".join(cue.text for cue in cues).split() == texts
    for cue in data.decode().split("\n\n"):
        shown = [line for line in cue.split("\n")[2:] if line]
        assert len(shown) <= srt.LINES
        assert all(len(line) <= srt.WIDEST or " " not in line for line in shown)


def test_samples_are_clipped_and_not_wrapped() -> None:
    assert pcm16(np.array([0, 1, -1, 2, -2, 0.5], np.float32)).tolist() == [
        0,
        32767,
        -32767,
        32767,
        -32768,
        16384,
    ]


# The bake


def test_a_bake_makes_every_file_once_and_the_same_with_more_processes(tmp_path: Path) -> None:
    lines = written(tmp_path)
    one = bake(lines, NPC, tmp_path / "one", jobs=1, console=QUIET)
    two = bake(lines, NPC, tmp_path / "two", jobs=2, console=QUIET)
    assert (one.baked, one.kept, one.failed) == (two.baked, two.kept, two.failed) == (3, 0, {})
    assert one.seconds == pytest.approx(two.seconds)
    assert one.seconds > 5
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    folders = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert folders == ["baby", "cost", "hello"]
    names = {path.name for path in (tmp_path / "one" / "cost").iterdir()}
    assert names == {store.STAMP, *(f"cost.{kind}" for kind in ("wav", "csv", "json", "glb", "srt"))}
    with wave.open(str(tmp_path / "one" / "cost" / "cost.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (RATE, 1, 2)
        seconds = sound.getnframes() / RATE
    fps, weights = arkit.decode((tmp_path / "one" / "cost" / "cost.json").read_bytes())
    assert len(weights) == np.ceil(seconds * fps)
    caption = srt.decode((tmp_path / "one" / "cost" / "cost.srt").read_bytes())
    assert caption[0].text == "It costs $3.50 — no more, Mr. Holt."


def test_only_what_changed_is_baked_again(tmp_path: Path) -> None:
    lines, out = written(tmp_path), tmp_path / "out"
    bake(lines, NPC, out, jobs=1, formats=("csv",), console=QUIET)
    before = contents(out)
    assert set(before) == {
        f"{name}/{file}" for name in ("baby", "cost", "hello") for file in (f"{name}.csv", store.STAMP)
    }
    kept = bake(lines, NPC, out, jobs=1, formats=("csv",), console=QUIET)
    assert (kept.baked, kept.kept) == (0, 3)
    written(tmp_path, TABLE.replace("map my", "hug my"))
    changed = bake(lines, NPC, out, jobs=1, formats=("csv",), console=QUIET)
    assert (changed.baked, changed.kept) == (1, 2)
    after = contents(out)
    assert {name for name in after if after[name] != before[name]} == {"baby/baby.csv", f"baby/{store.STAMP}"}
    (out / "cost" / store.STAMP).write_text("{")
    assert bake(lines, NPC, out, jobs=1, formats=("csv",), console=QUIET).baked == 1
    assert bake(lines, NPC, out, jobs=1, fps=30, formats=("csv",), console=QUIET).baked == 3
    grim = msgspec.structs.replace(NPC, face=FaceSettings(mood="anger"))
    assert bake(lines, grim, out, jobs=1, fps=30, formats=("csv",), console=QUIET).baked == 3
    assert contents(out).keys() == before.keys()


def test_a_line_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    sf.write(tmp_path / "a.wav", tone(0.3, 16000), 16000)
    (tmp_path / "bad.wav").write_bytes(b"nothing")
    lines = written(tmp_path, "id,text,wav\nx,,bad.wav\ny,[sighs],\nz,Hello.,a.wav\n")
    report = bake(lines, NPC, tmp_path / "out", jobs=1, formats=("csv", "srt"), console=QUIET)
    assert report.baked == 1
    assert report.failed.keys() == {"x", "y"}
    assert "bad.wav" in report.failed["x"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["z"]
    assert srt.decode((tmp_path / "out" / "z" / "z.srt").read_bytes())[0].text == "Hello."


def test_a_recording_that_changed_is_baked_again_and_needs_no_voice(tmp_path: Path) -> None:
    sf.write(tmp_path / "a.wav", tone(0.3, 16000), 16000)
    out = tmp_path / "out"
    assert bake(tmp_path / "a.wav", NPC, out, jobs=1, formats=("csv",), console=QUIET).baked == 1
    assert bake(tmp_path / "a.wav", NPC, out, jobs=1, formats=("csv",), console=QUIET).kept == 1
    sf.write(tmp_path / "a.wav", tone(0.4, 16000), 16000)
    assert bake(tmp_path / "a.wav", NPC, out, jobs=1, formats=("csv",), console=QUIET).baked == 1


def test_options_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    lines = written(tmp_path)
    with pytest.raises(ValueError, match="0 frames a second"):
        bake(lines, NPC, tmp_path, fps=0, console=QUIET)
    with pytest.raises(ValueError, match="no format 'fbx'; known are wav, csv"):
        bake(lines, NPC, tmp_path, formats=("csv", "fbx"), console=QUIET)


PROGRAM = """
import sys
from pathlib import Path
from rich.console import Console
from runtime.bake.run import bake
from runtime.character import Character
if __name__ == "__main__":
    npc = Character("Mara", "An innkeeper.", "You are Mara.", "Come in.", "I lost my thread.")
    bake(Path(sys.argv[1]), npc, Path(sys.argv[2]), jobs=2, formats=("csv",), console=Console(quiet=True))
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
def test_a_bake_that_was_killed_goes_on_and_comes_out_the_same(tmp_path: Path) -> None:
    rows = "".join(f"line_{k},Take room {k} and mind the cat.\n" for k in range(40))
    lines, out = written(tmp_path, rows), tmp_path / "out"
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), str(lines), str(out)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])})
    while len(list(out.glob("line_*"))) < 5:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path.name for path in out.glob("line_*") if not path.name.startswith(store.UNFINISHED)}
    assert 5 <= len(done) < 40
    stamps = {name: (out / name / store.STAMP).stat().st_mtime_ns for name in done}
    report = bake(lines, NPC, out, jobs=1, formats=("csv",), console=QUIET)
    assert report.baked + report.kept == 40
    assert report.kept >= len(done)
    assert {path.name for path in out.iterdir()} == {f"line_{k}" for k in range(40)}
    assert all((out / name / store.STAMP).stat().st_mtime_ns == at for name, at in stamps.items())
    bake(lines, NPC, tmp_path / "whole", jobs=1, formats=("csv",), console=QUIET)
    assert contents(out) == contents(tmp_path / "whole")


# What is seen


@pytest.fixture(scope="module")
def recording(made: Performance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sound") / "baby.wav"
    sf.write(file, made.audio, made.rate)
    return file


def test_curves_of_a_recording_are_written_as_asked(recording: Path, tmp_path: Path) -> None:
    found = face(recording, curves=tmp_path / "a.csv")
    _, values = livelink.decode((tmp_path / "a.csv").read_bytes())
    np.testing.assert_allclose(values[:, :52], found.weights, atol=6e-7)
    face(recording, curves=tmp_path / "a.json", fps=30)
    assert arkit.decode((tmp_path / "a.json").read_bytes())[0] == 30
    with pytest.raises(BadLines, match=r"one of \.csv, \.json, \.glb"):
        face(recording, curves=tmp_path / "a.txt")
    with pytest.raises(BadLines, match="no such file"):
        face(tmp_path / "none.wav")


def test_the_plot_marks_every_closure(made: Performance, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from runtime.bake.measure import closures, lips
    from runtime.bake.plot import plot

    marked = closures(lips(made.weights).gap, made.fps)
    between = [p for p in made.phones[1:] if p.symbol in "pbm"]  # the first has no opening before it
    for phone in between:
        assert any(start - 0.02 <= (phone.start + phone.end) / 2 <= end + 0.02 for start, end in marked)
    assert len(marked) <= len(between)
    plot(made, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def posed(**weights: float) -> np.ndarray:
    row = np.zeros(52, np.float32)
    for name, value in weights.items():
        for each in {name, f"{name}Left", f"{name}Right"} & AT.keys():
            row[AT[each]] = value
    return row


def test_the_picture_shows_what_the_weights_say() -> None:
    pytest.importorskip("PIL")
    from runtime.bake.draw import picture

    def drawn(pose: tuple[float, ...] = (0,) * 7, **weights: float) -> np.ndarray:
        return np.asarray(picture(posed(**weights), np.array(pose, np.float32), 240)).astype(int)

    def like(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
        return np.abs(image - colour).sum(2) < 24

    cavity, white, iris = (0x5A, 0x1F, 0x24), (0xFB, 0xF8, 0xF3), (0x6B, 0x7F, 0x4A)
    rest, shut = drawn(), drawn(jawOpen=0.3, mouthClose=0.3)
    assert like(rest, cavity).sum() == like(shut, cavity).sum() == 0
    assert like(drawn(jawOpen=0.4), cavity).sum() > 100
    wide = like(drawn(jawOpen=0.4, mouthStretch=0.6), cavity).nonzero()[1]
    rounded = like(drawn(jawOpen=0.4, mouthPucker=0.8), cavity).nonzero()[1]
    assert np.ptp(wide) > 1.4 * np.ptp(rounded)
    assert like(rest, white).sum() > 100 > 10 > like(drawn(eyeBlink=1), white).sum()
    middle = like(rest, iris).nonzero()[1].mean()
    left = {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8}
    assert like(drawn(**left), iris).nonzero()[1].mean() > middle + 2  # its left is the viewer's right
    assert like(drawn((20, 0, 0, 0, 0, 0, 0)), iris).nonzero()[1].mean() > middle + 5
    assert (
        like(drawn((0, 15, 0, 0, 0, 0, 0)), iris).nonzero()[0].mean()
        < like(rest, iris).nonzero()[0].mean() - 2
    )


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_a_film_is_as_long_as_its_sound(made: Performance, tmp_path: Path, kind: str) -> None:
    av = pytest.importorskip("av")
    pytest.importorskip("PIL")
    from runtime.bake.video import film

    film(made, tmp_path / f"a.{kind}")
    with av.open(str(tmp_path / f"a.{kind}")) as box:
        frames = [frame.to_ndarray(format="gray") for frame in box.decode(video=0)]
        times = {stream.type for stream in box.streams}
    fps = 30 if kind == "mp4" else 20
    assert len(frames) == pytest.approx(made.seconds * fps, abs=2)
    assert times == ({"video", "audio"} if kind == "mp4" else {"video"})
    assert max(np.abs(a.astype(int) - b).mean() for a, b in pairwise(frames)) > 0.5
    if kind == "mp4":
        with av.open(str(tmp_path / "a.mp4")) as box:
            heard = np.concatenate([frame.to_ndarray()[0] for frame in box.decode(audio=0)])
        assert len(heard) / made.rate == pytest.approx(made.seconds, abs=0.1)
        assert np.sqrt(np.mean(heard**2)) == pytest.approx(np.sqrt(np.mean(made.audio**2)), rel=0.1)


def test_another_kind_of_film_is_refused(made: Performance, tmp_path: Path) -> None:
    from runtime.bake.video import film

    with pytest.raises(ValueError, match=r"\.mp4 \(with sound\) or \.gif"):
        film(made, tmp_path / "a.avi")


def test_a_missing_package_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch, made: Performance) -> None:
    from runtime.bake.extra import MissingExtra
    from runtime.bake.plot import plot

    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"`matplotlib`.*townsfolk\[bake\]"):
        plot(made, Path("a.png"))
