"""How the learned mouth is made: sounds of other alphabets, voices on disk, rooms, alignment, the graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.face.training import alphabet, augment, corpus, dataset, texts
from runtime.face.training.corpus import RATE, Utterance
from runtime.face.visemes import VISEMES
from runtime.types import Phone


def said(*symbols: str) -> Utterance:
    """A tenth of a second of each sound over a tone."""
    times = np.arange(len(symbols) * RATE // 10) / RATE
    phones = tuple(Phone(s, k / 10, (k + 1) / 10, 1) for k, s in enumerate(symbols))
    return Utterance((0.1 * np.sin(2 * np.pi * 200 * times)).astype(np.float32), phones)


@pytest.mark.parametrize(
    ("ipa", "symbols"),
    [
        ("pˈɑːpə", "pɑpə"),
        ("tʃˈɜːtʃ", "ʧɜʧ"),
        ("bˈɔɪ", "bY"),
        ("ɲ", "n"),
        ("tɕh", "ʧh"),
        ("bɔ̃", "bɔ"),
        ("", ""),
    ],
)
def test_sounds_of_other_alphabets(ipa: str, symbols: str) -> None:
    assert alphabet.symbols(ipa) == symbols


@given(st.text(max_size=30))
def test_any_text_gives_known_sounds(ipa: str) -> None:
    assert set(alphabet.symbols(ipa)) <= set(VISEMES)


def test_every_sound_of_arpabet_has_a_mouth() -> None:
    assert set(alphabet.ARPABET.values()) <= set(VISEMES)
    found = list(alphabet.arpabet([("pau", 0, 0.1), ("p", 0.1, 0.2), ("aa", 0.2, 0.3)]))
    assert [(p.symbol, p.start, p.end) for p in found] == [("p", 0.1, 0.2), ("ɑ", 0.2, 0.3)]


def test_several_sounds_share_a_stretch() -> None:
    found = list(alphabet.phones([("ˈts", 1.0, 1.2), ("_:", 1.2, 1.4), ("ma", 1.4, 1.6)]))
    assert [p.symbol for p in found] == ["s", "m", "a"]
    assert [round(p.start, 3) for p in found] == [1.0, 1.4, 1.5]
    assert [p.stress for p in found] == [1, 0, 0]


def test_a_voice_survives_the_disk(tmp_path: Path) -> None:
    utterances = [said("p", "ɑ"), said("m", "i", "s")]
    assert corpus.save(tmp_path / "voice.npz", utterances) == pytest.approx(0.5)
    for kept, one in zip(corpus.load(tmp_path / "voice.npz"), utterances, strict=True):
        np.testing.assert_allclose(kept.audio, one.audio, atol=1e-4)
        assert kept.phones == one.phones


def test_speech_is_learned_from_at_one_level() -> None:
    for factor in (0.01, 3.0):
        one = corpus.utterance(said("ɑ", "ɑ").audio * np.float32(factor), RATE, ())
        assert np.sqrt(np.square(one.audio).mean()) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("seed", range(12))
def test_rooms_and_lines_keep_the_length(seed: int) -> None:
    audio = said(*"pɑmis" * 4).audio
    heard = augment.worsen(audio, np.random.default_rng(seed))
    assert heard.shape == audio.shape
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()
    assert 0 < np.abs(heard).max() <= 1
    np.testing.assert_array_equal(heard, augment.worsen(audio, np.random.default_rng(seed)))


def test_a_session_knows_when_lips_touch() -> None:
    one = dataset.session([said(*"ɑpɑsɑf")] * 3, np.random.default_rng(1))
    steps = len(one.mouth)
    assert one.mel.shape == (2 * steps, 40)
    assert one.contacts.shape == (steps, 3)
    closed = one.contacts[:, 0] > 0.9
    jaw = one.mouth[:, 0].astype(float)
    assert closed.any()
    assert jaw[closed].max() <= 0.11
    assert jaw.max() > 0.2
    assert set(one.sounds[closed].tolist()) <= set(range(len(dataset.CLASSES)))


def test_nobody_moves_no_mouth() -> None:
    one = dataset.silence(np.random.default_rng(0))
    assert one.mouth.max() == one.contacts.max() == one.sounds.max() == 0
    assert one.mel.std() > 0


def test_larger_bodies_speak_slower() -> None:
    one = said(*"pɑmɑ" * 3)
    for seed in range(8):
        other = dataset.stretched(one, np.random.default_rng(seed))
        assert other.phones[-1].end == pytest.approx(len(other.audio) / RATE, abs=1e-3)


def test_nonsense_is_pronounceable() -> None:
    words = texts.nonsense(np.random.default_rng(3)).split()
    assert 3 <= len(words) <= 7
    assert all(set(word.lower()) & set("aeiou") for word in words)


def test_the_way_through_the_sounds_is_found() -> None:
    pytest.importorskip("torch")
    from runtime.face.training.align import viterbi

    truth = [0, 0, 1, 1, 1, 3, 3, 4]  # state 2 may be skipped
    scores = np.full((len(truth), 5), -5.0, np.float32)
    scores[np.arange(len(truth)), truth] = 0
    path, score = viterbi(scores, [True, False, True, False, True])
    assert path.tolist() == truth
    assert score == pytest.approx(0)


def test_the_graph_says_what_the_network_says(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnx")
    import onnxruntime

    from runtime.face import features
    from runtime.face.training.export import STATE, export
    from runtime.face.training.model import MouthNet

    torch.manual_seed(0)
    net = MouthNet().eval()
    export(net, tmp_path / "mouth.onnx")
    assert (tmp_path / "mouth.onnx").stat().st_size < 2e6
    graph = onnxruntime.InferenceSession(tmp_path / "mouth.onnx", providers=["CPUExecutionProvider"])
    mel = np.random.default_rng(0).uniform(-3, 1, (1, 40, features.MELS)).astype(np.float32)
    state = {name: np.zeros(shape, np.float32) for name, shape in STATE.items()}
    state["context"][:] = features.SILENCE
    rows = []
    for first in range(0, 40, features.HOPS):
        said = graph.run(None, {"mel": mel[:, first : first + features.HOPS], **state})
        state = dict(zip(state, said[1:], strict=True))
        rows.append(said[0])
    with torch.no_grad():
        mouth, contacts, classes = net(torch.from_numpy(mel))
    whole = torch.cat([mouth[0], torch.sigmoid(contacts[0]), torch.softmax(classes[0], -1)[:, :1]], -1)
    np.testing.assert_allclose(np.concatenate(rows), whole.numpy(), atol=1e-5)


def test_training_makes_less_of_what_is_wrong() -> None:
    torch = pytest.importorskip("torch")
    from runtime.face.training.model import MouthNet
    from runtime.face.training.train import batches, loss

    torch.manual_seed(0)
    sessions = [dataset.session([said(*"ɑpɑsɑf" * 4)], np.random.default_rng(k)) for k in range(2)]
    source = batches(sessions, np.random.default_rng(0), size=4)
    net, scale = MouthNet(), torch.full((11,), 0.1)
    descent = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(12):
        wrong = loss(net, next(source), scale)
        descent.zero_grad()
        wrong.backward()
        descent.step()
        losses.append(float(wrong.detach()))
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:3])
