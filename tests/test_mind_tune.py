"""Persona tuning: what is taught, and that llama.cpp runs what PyTorch learned."""

from __future__ import annotations

import http.client
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import xllamacpp
from hypothesis import given
from hypothesis import strategies as st

from runtime.character import BadCharacter, Character, Example, load
from runtime.mind.llama import smollm2
from runtime.mind.prompt import system
from runtime.mind.repack import repacked
from runtime.mind.tune import ADAPTER, CARD, Progress, tune
from runtime.mind.tuning import Settings, adapter
from runtime.mind.tuning.conversations import Turn, mix, read, split
from runtime.mind.tuning.student import Row, Student, batches

MARA = Character(
    name="Mara Fenn",
    description="Keeper of the Drowned Bell.",
    personality="You are Mara.",
    greeting="Come in, love.",
    at_a_loss="Ask me that again?",
    examples=[Example("Hello! Hi there.", "Evening, love."), Example("*", "Is that so?")],
)
TALK = (Turn("Do you have a room?", "One, upstairs."), Turn("How much?", "Four coppers."))

needs_extra = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("torch", "transformers", "peft", "gguf")),
    reason="needs the extra `tune`",
)
texts = st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


def dialogue(folder: Path, *lines: str) -> Path:
    (folder / "dialogue.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_dialogue_is_read_in_pairs(tmp_path: Path) -> None:
    folder = dialogue(tmp_path, '{"turns": ["Hi", "Evening.", "Bye", "Mind the step."]}', "", "")
    assert read(folder) == [(Turn("Hi", "Evening."), Turn("Bye", "Mind the step."))]


@pytest.mark.parametrize(
    "line",
    ["no json", "[]", '{"turns": 3}', '{"turns": []}', '{"turns": ["a"]}', '{"turns": ["a", ""]}', "{}"],
)
def test_bad_dialogue_says_where(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadCharacter, match=r"dialogue\.jsonl:2"):
        read(dialogue(tmp_path, '{"turns": ["a", "b"]}', line))


def test_no_dialogue_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadCharacter, match=r"dialogue\.jsonl"):
        read(tmp_path)


def test_what_is_held_out_is_never_learned() -> None:
    talks = [(Turn(f"p{i}", f"r{i}"),) for i in range(50)]
    learned, held = split(talks, seed=1)
    assert (len(learned), len(held)) == (45, 5)
    assert set(learned) | set(held) == set(talks)
    assert split(talks, seed=1) == (learned, held)
    assert split(talks, seed=2) != (learned, held)


@given(st.lists(st.lists(st.tuples(texts, texts), min_size=1, max_size=3), max_size=8), st.integers())
def test_a_mix_teaches_every_reply_once(talks: list[list[tuple[str, str]]], seed: int) -> None:
    written = [tuple(Turn(*pair) for pair in talk) for talk in talks]
    made = list(mix(MARA, written, Random(seed)))
    taught = [turn.reply for talk in made for turn in talk if turn.taught]
    assert sorted(taught) == sorted(["Evening, love.", *(reply for talk in talks for _, reply in talk)])
    assert all(turn.player for talk in made for turn in talk if turn.taught)


def test_no_two_mixes_are_alike() -> None:
    talks = [(Turn(f"Is it {i}, Mara?", f"r{i}"),) for i in range(40)]
    rng = Random(3)
    one, two = list(mix(MARA, talks, rng)), list(mix(MARA, talks, rng))
    assert one != two
    assert one == list(mix(MARA, talks, Random(3)))
    assert {turn for talk in one for turn in talk if not turn.taught} == {Turn("", "Come in, love.", False)}
    players = {turn.player for talk in one for turn in talk}
    assert any(player.startswith("Is it") for player in players)
    assert any(player.startswith("is it") and player.endswith("mara") for player in players)


@pytest.mark.parametrize(
    "folder", sorted((Path(__file__).parents[1] / "characters").glob("*/dialogue.jsonl"))
)
def test_our_dialogue_is_sound(folder: Path) -> None:
    character = load(folder.parent)
    talks = read(folder.parent)
    assert len(talks) > 300
    assert len(system(character)) < 200  # about 45 tokens: what every first turn has to read


@given(st.integers(1, 4), st.integers(1, 5))
def test_rows_are_paired_within_their_head(heads: int, half: int) -> None:
    rows = np.arange(heads * 2 * half, dtype=np.float32)[:, None]
    turned = adapter.interleaved(rows, heads)[:, 0].reshape(heads, half, 2)
    assert (turned[..., 1] - turned[..., 0] == half).all()
    assert (turned[..., 0].ravel() == [h * 2 * half + i for h in range(heads) for i in range(half)]).all()


@given(st.lists(st.integers(1, 60), min_size=1), st.integers(20, 200))
def test_batches_keep_to_their_size(lengths: list[int], tokens: int) -> None:
    made = batches([Row([0] * n, [True] * n) for n in lengths], tokens, Random(0))
    assert sorted(len(row.tokens) for rows in made for row in rows) == sorted(lengths)
    for rows in made:
        assert len(rows) == 1 or len(rows) * max(len(row.tokens) for row in rows) <= tokens


@contextmanager
def llama(*adapters: Path) -> Iterator[Any]:
    params = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    params.model.path = str(repacked(smollm2()))
    params.n_ctx, params.n_parallel, params.verbosity, params.ui = 512, 1, 0, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    infos = []
    for path in adapters:
        info = xllamacpp.CommonAdapterLoraInfo()  # type: ignore[attr-defined]
        info.path, info.scale = str(path), 1.0
        infos.append(info)
    params.lora_adapters = infos
    yield xllamacpp.Server(params)  # type: ignore[attr-defined]


def next_token(server: Any, prompt: str) -> dict[int, float]:
    """The likeliest next tokens and the logarithms of their probabilities."""
    got: list[dict[str, Any]] = []
    request = {"prompt": prompt, "n_predict": 1, "n_probs": 40, "temperature": 0.0, "cache_prompt": False}
    server.handle_completions(request, lambda chunk: got.append(chunk) or False)
    return {
        top["id"]: top["logprob"] for top in got[-1]["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    }


@pytest.fixture(scope="module")
def student() -> Student:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Student(repacked(smollm2()), system(MARA), Settings(threads=1, rate=3e-3))


@needs_extra
def test_what_is_taught_is_the_template_of_both(student: Student) -> None:
    turns = [{"role": "system", "content": system(MARA)}]
    for turn in TALK:
        turns += [{"role": "user", "content": turn.player}, {"role": "assistant", "content": turn.reply}]
    with llama() as server:
        address = urlsplit(server.listening_address).netloc
        connection = http.client.HTTPConnection(address, timeout=10)
        connection.request("POST", "/apply-template", json.dumps({"messages": turns[:-1]}))
        rendered = json.loads(connection.getresponse().read())["prompt"]
        connection.close()
    tokenizer = student.tokenizer
    row = student.encode(TALK)
    assert tokenizer.decode(row.tokens) == tokenizer.apply_chat_template(turns, tokenize=False)
    assert tokenizer.decode(row.tokens) == rendered + f"{TALK[-1].reply}<|im_end|>\n"
    assert row.tokens == tokenizer(rendered + f"{TALK[-1].reply}<|im_end|>\n").input_ids
    taught = [token for token, is_taught in zip(*row, strict=True) if is_taught]
    assert tokenizer.decode(taught) == "One, upstairs.<|im_end|>Four coppers.<|im_end|>"


@needs_extra
def test_padding_and_company_change_nothing(student: Student) -> None:
    long, short = student.encode(TALK), student.encode(TALK[:1])
    alone = [student.measure([student.read([row])]) for row in (long, short)]
    counts = [sum(row.taught) for row in (long, short)]
    expected = sum(n * loss for n, loss in zip(counts, alone, strict=True)) / sum(counts)
    assert student.measure([student.read([long, short])]) == pytest.approx(expected, rel=0.01)


@needs_extra
@pytest.mark.parametrize("layer", ["q_proj", "k_proj", "mlp.down_proj"])
def test_llama_cpp_computes_what_pytorch_does(student: Student, layer: str, tmp_path: Path) -> None:
    """One layer's adapter at a time, strong enough to be told from the rounding of the two."""
    import torch

    prompt = student.system + "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n"
    random = torch.Generator().manual_seed(1)
    before = {name: weight.detach().clone() for name, weight in student.tuned.items()}
    with torch.no_grad():
        for name, weight in student.tuned.items():
            if "lora_B" in name:
                strength = 0.4 if layer in name else 0.0
                weight.copy_(torch.randn(weight.shape, generator=random) * strength)
        adapter.write(tmp_path / "a.gguf", student.pairs(), Settings().alpha, 9, 3, name="test")
        student.model.eval()
        tokens = student.tokenizer(prompt).input_ids
        lesson = student.read([Row([*tokens, 0], [*(False for _ in tokens), True])])
        logits = student.logits(lesson)[0].float().log_softmax(-1)
        for name, weight in student.tuned.items():
            weight.copy_(before[name])
    with llama(tmp_path / "a.gguf") as server:
        tuned = next_token(server, prompt)
    with llama() as server:
        plain = next_token(server, prompt)
    off = np.mean([abs(logits[token].item() - p) for token, p in tuned.items()])
    far = np.mean([abs(logits[token].item() - p) for token, p in plain.items()])
    assert off < far / 3


@needs_extra
def test_a_step_learns(student: Student) -> None:
    lesson = student.read([student.encode(TALK)])
    before = student.measure([lesson])
    for _ in range(6):
        student.learn(lesson, 1.0)
    assert student.measure([lesson]) < before / 2


@needs_extra
@pytest.mark.filterwarnings("ignore")
def test_tune_writes_what_llama_cpp_loads(tmp_path: Path) -> None:
    reply = "Blue herring, forty pence, ask the miller."
    folder = dialogue(tmp_path, *[json.dumps({"turns": [f"Who are you, {i}?", reply]}) for i in range(20)])
    seen: list[Progress] = []
    settings = Settings(threads=1, epochs=4, mixes=1, rate=5e-3)
    card = tune(MARA, folder, tmp_path / "out", settings=settings, report=seen.append)
    assert (card.trained_on, card.held_out) == (18, 2)
    assert min(card.losses) < card.losses[0] / 2
    assert [at.step for at in seen] == list(range(1, seen[-1].steps + 1))
    assert card.base_sha256 in (tmp_path / "out" / CARD).read_text(encoding="utf-8")
    prompt = f"<|im_start|>system\n{system(MARA)}<|im_end|>\n<|im_start|>user\nWho are you, 7?<|im_end|>\n"
    with llama(tmp_path / "out" / ADAPTER) as server:
        chances = next_token(server, prompt + "<|im_start|>assistant\n")
    with llama() as server:
        plain = next_token(server, prompt + "<|im_start|>assistant\n")
    likeliest = max(chances, key=lambda token: chances[token])
    assert chances[likeliest] > np.log(0.5)  # all it was taught begins alike
    assert plain.get(likeliest, -99) < np.log(0.1)
