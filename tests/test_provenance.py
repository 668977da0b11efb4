"""That a machine made it: labels that others can read, and a mark that codecs do not wash out."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
import soundfile
import soxr
from fakes import ScriptedVoice
from hypothesis import given
from hypothesis import strategies as st
from spoken import SENTENCES, say
from typer import Typer
from typer.testing import CliRunner

from runtime.character import Voice
from runtime.flow import Stream
from runtime.provenance import command, riff, watermark
from runtime.provenance.label import SOURCE, Label, now
from runtime.provenance.marked import Marked
from runtime.provenance.watermark import MARKED, MissingWatermark, Watermark
from runtime.types import Line, Samples

LABEL = Label(
    character="Mara & Söhne <inn>",
    producer="工作室",
    models={"voice": "hibari"},
    id="mara/7",
    time=now(),
    cloned=True,
)
RATE = 24000


def wav(samples: int = 101, width: int = 2) -> bytes:
    """A WAV whose data may be odd in length."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(width)
        sound.setframerate(RATE)
        sound.writeframes(bytes(range(1, 101)) * 2 if width == 2 else b"\x80" * samples)
    return file.getvalue()


# ------------------------------------------------------------ labels


def test_a_label_is_read_back_and_the_sound_is_untouched() -> None:
    for plain in (wav(), wav(7, width=1)):
        marked = riff.labelled(plain, LABEL)
        assert riff.read(plain) is None
        assert riff.read(marked) == LABEL
        before, after = (soundfile.read(io.BytesIO(data), dtype="int16") for data in (plain, marked))
        np.testing.assert_array_equal(before[0], after[0])
        assert before[1] == after[1]


def test_another_label_takes_the_place_of_the_first() -> None:
    once = riff.labelled(wav(), LABEL)
    assert riff.labelled(once, LABEL) == once
    other = msgspec.structs.replace(LABEL, character="Tomo")
    assert riff.read(riff.labelled(once, other)) == other


def test_others_read_it_soundfile_and_wave() -> None:
    marked = riff.labelled(wav(), LABEL)
    with soundfile.SoundFile(io.BytesIO(marked)) as sound:
        assert sound.software.startswith("townsfolk ")
        assert sound.comment.startswith("AI-generated speech. {")
        assert riff.parsed(sound.comment) == LABEL
        assert sound.artist == LABEL.character
    with wave.open(io.BytesIO(marked)) as plain:
        assert plain.getnframes() == 100


def test_others_read_it_mutagen(tmp_path: Path) -> None:
    mutagen = pytest.importorskip("mutagen.wave", reason="reads ID3 tags: pip install mutagen")
    file = tmp_path / "line.wav"
    file.write_bytes(riff.labelled(wav(), LABEL))
    tags = mutagen.WAVE(file).tags
    assert json.loads(str(tags["TXXX:AIGC"])) == json.loads(LABEL.aigc())
    assert str(tags["TXXX:DigitalSourceType"]) == SOURCE


def test_the_xmp_says_it_in_the_terms_of_iptc_and_of_china() -> None:
    packet = dict(riff.chunks(riff.labelled(wav(), LABEL)))[b"_PMX"].decode()
    tree = ElementTree.fromstring(packet)
    texts = {element.tag: element.text for element in tree.iter()}
    assert texts["{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"] == SOURCE
    aigc = json.loads(texts["{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC"] or "")
    assert list(aigc) == [
        *("Label", "ContentProducer", "ProduceID", "ReservedCode1"),
        *("ContentPropagator", "PropagateID", "ReservedCode2"),
    ]
    assert (aigc["Label"], aigc["ContentProducer"], aigc["ProduceID"]) == ("1", "工作室", "mara/7")


@given(st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace").decode()))
def test_any_name_survives(name: str) -> None:
    label = Label(character=name.replace("\0", ""), id=name)
    assert riff.read(riff.labelled(wav(), label)) == label


@given(st.binary(max_size=200))
def test_rubbish_has_no_label(data: bytes) -> None:
    assert riff.read(b"RIFF\0\0\0\0WAVE" + data) is None or data
    if data[:4] != b"RIFF":
        with pytest.raises(riff.NotWav):
            riff.read(data)


def test_a_label_says_that_it_is_ai_generated_on_the_wire_too() -> None:
    told = msgspec.json.decode(Label(character="Mara").json())
    assert told["ai_generated"] is True
    assert told["source"].endswith("/trainedAlgorithmicMedia")


def cli(*arguments: str) -> tuple[int, str]:
    app = Typer()
    app.add_typer(command.app, name="watermark")
    app.command("label")(command.label)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


def test_the_command_shows_labels(tmp_path: Path) -> None:
    file, plain = tmp_path / "line.wav", tmp_path / "plain.wav"
    file.write_bytes(riff.labelled(wav(), LABEL))
    plain.write_bytes(wav())
    assert cli("label", str(file))[0] == 0
    assert "AI-generated by townsfolk" in cli("label", str(file))[1]
    code, told = cli("label", str(plain))
    assert (code, "no label" in told) == (1, True)


# ------------------------------------------------------------ the watermark

needs_watermark = pytest.mark.skipif(not watermark.installed(), reason="needs resemble-perth and torch")


@pytest.fixture(scope="module")
def mark() -> Iterator[Watermark]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield Watermark()


def test_without_it_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "find_spec", lambda name: None)
    assert not watermark.installed()
    with pytest.raises(MissingWatermark, match=r"townsfolk\[watermark\]"):
        watermark._weights()


def speech(rate: int) -> list[Samples]:
    return [soxr.resample(say(text), 16000, rate).astype(np.float32) for text in SENTENCES[-6:]]


@needs_watermark
@pytest.mark.parametrize("rate", [16000, 24000, 48000])
def test_what_is_marked_is_found_and_what_is_not_is_not(mark: Watermark, rate: int) -> None:
    for clip in speech(rate):
        marked = mark.mark(clip, rate)
        assert (marked.shape, marked.dtype) == (clip.shape, np.float32)
        assert mark.score(marked, rate) > 0.95
        assert mark.score(clip, rate) < MARKED
        added = 10 * np.log10(np.sum(clip**2) / np.sum((marked - clip) ** 2))
        assert added > 12


@needs_watermark
def test_it_is_found_at_other_rates_than_it_was_made_at(mark: Watermark) -> None:
    marked = mark.mark(speech(RATE)[0], RATE)
    for rate in (8000, 16000, 22050, 44100, 48000):
        assert mark.score(soxr.resample(marked, RATE, rate).astype(np.float32), rate) > 0.9


@needs_watermark
@pytest.mark.parametrize(("form", "subtype"), [("OGG", "OPUS"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_codecs_do_not_wash_it_out(mark: Watermark, form: str, subtype: str) -> None:
    if subtype not in soundfile.available_subtypes(form):
        pytest.skip(f"this libsndfile has no {subtype}")
    for clip in speech(RATE)[:3]:
        file = io.BytesIO()
        soundfile.write(
            file, mark.mark(clip, RATE), RATE, format=form, subtype=subtype, compression_level=0.9
        )
        heard, rate = soundfile.read(io.BytesIO(file.getvalue()), dtype="float32")
        assert mark.score(heard, rate) >= MARKED


@needs_watermark
def test_silence_stays_silence_and_counts_for_nothing(mark: Watermark) -> None:
    silence = np.zeros(RATE, np.float32)
    assert mark.mark(silence, RATE) is silence
    assert mark.score(silence, RATE) == 0
    assert not mark.detect(silence, RATE).marked
    assert mark.score(np.zeros(0, np.float32), RATE) == 0
    click = np.array([0.5], np.float32)
    assert mark.mark(click, RATE).shape == (1,)
    with pytest.raises(ValueError, match="22050 Hz cannot be marked"):
        mark.mark(click, 22050)


@needs_watermark
def test_one_marked_line_is_found_in_a_scene(mark: Watermark) -> None:
    plain = np.concatenate([say(text) for text in SENTENCES[:8]])
    at = 10 * 16000
    scene = plain.copy()
    scene[at : at + 6 * 16000] = mark.mark(plain[at : at + 6 * 16000], 16000)
    found = mark.detect(scene, 16000)
    assert found.marked
    assert not mark.detect(plain, 16000).marked
    start, end, _ = max(found.stretches, key=lambda stretch: stretch[2])
    assert 6 <= start <= 13
    assert end - start == 6


@needs_watermark
def test_it_agrees_with_the_package_whose_weights_it_runs(mark: Watermark) -> None:
    perth = pytest.importorskip("perth", reason="needs resemble-perth")
    if getattr(perth, "PerthImplicitWatermarker", None) is None:
        pytest.skip("resemble-perth needs pkg_resources (setuptools < 81) and torchaudio to run by itself")
    theirs = perth.PerthImplicitWatermarker()
    clip = speech(32000)[0]
    ours = mark.mark(clip, 32000)
    assert float(theirs.get_watermark(ours, 32000, round=False)) == pytest.approx(
        mark.score(ours, 32000), abs=1e-3
    )


@needs_watermark
async def test_an_engine_speaks_with_the_mark(mark: Watermark) -> None:
    engine = Marked(ScriptedVoice(), mark)
    try:
        spoken = [speech async for speech in engine.speak(_lines("one two", "three"), Voice())]
    finally:
        engine.close()
    assert [s.line.text for s in spoken] == ["one two", "three"]
    assert [len(s.audio) for s in spoken] == [12000, 6000]


async def _lines(*texts: str) -> Stream[Line]:
    for text in texts:
        yield Line(text, text)


@needs_watermark
def test_the_commands_apply_and_detect(tmp_path: Path) -> None:
    plain, marked = tmp_path / "plain.wav", tmp_path / "marked.flac"
    soundfile.write(plain, speech(RATE)[0], RATE)
    assert cli("watermark", "apply", str(plain), str(marked))[0] == 0
    assert cli("watermark", "detect", str(marked))[0] == 0
    code, told = cli("watermark", "detect", str(plain), str(marked))
    assert (code, "no" in told) == (1, True)
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    assert cli("watermark", "detect", str(text))[0] == 2
