"""Compares what a statement's words mean where they stand with what the evidence's words mean there.

Knows nothing of weights or scores, and reads English: its vectors are those of the default embedding model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.gate.support_words import Compared
from retrieval.passages import sentences
from retrieval.terms import terms

_SENTENCES = 6  # the sentences that say most of the statement are read, the others not
_LONGEST = 900  # characters of a sentence that are read
_HELD = 1_024  # sentences kept once read, about 25 KB each
_NOT_SAID = 0.3  # what likeness alone is short of the word itself
_COMMON = 1_000  # the model's word pieces stand in the order of their frequency, whole words from here on
_RAREST = 8.0
_RARE = 4.0  # from about the model's 10,000th word on: mostly names and terms

# The features of meaning, each with the way it may move the score.
MEANING: Mapping[str, int] = {
    "meant": 1,  # how like each telling word, where it stands, is to its best counterpart in the evidence
    "said_and_meant": 1,  # the same, less where the word itself is not said
    "alike": 1,  # the likeness of the statement to the evidence's best sentence
    "missing": -1,  # how many rare words, mostly names and terms, the evidence neither says nor means
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One word of a text: where it stands, its rarity, and the rows of its vectors."""

    start: int
    end: int
    rarity: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the model reads it: its words, a unit vector for each of their pieces, one for all."""

    pieces: tuple[Piece, ...]
    vectors: NDArray[np.float16]
    whole: NDArray[np.float32]


class Tokens(Protocol):
    """What of an embedding model is needed here."""

    @property
    def _session(self) -> Any: ...

    @property
    def _tokenizer(self) -> Any: ...


class Reader:
    """Reads sentences with the default embedding model and remembers them.

    Reading takes 2 to 4 ms a sentence. Evidence is known before any statement is: let :meth:`read_ahead`
    read it while the language model thinks, and only the statement is left to be read when it comes.
    """

    def __init__(self, model: Tokens) -> None:
        self._model = model
        self._read = lru_cache(maxsize=_HELD)(self._reading)

    def read_ahead(self, evidence: str) -> None:
        """Read the sentences of a passage before they are needed."""
        for span in sentences(evidence):
            self._read(evidence[span.start : span.end][:_LONGEST])

    def features(self, compared: Compared) -> dict[str, float]:
        """What the meanings show: see :data:`MEANING`."""
        statement = self._read(compared.statement)
        told = [self._read(compared.evidence[i].text[:_LONGEST]) for i in compared.order[:_SENTENCES]]
        own = statement.vectors.astype(np.float32)
        likeness = np.max([_likeness(own, each.vectors) for each in told], axis=0)
        alike = max(float(each.whole @ statement.whole) for each in told)
        return _weighed(statement, likeness, compared) | {"alike": alike}

    def _reading(self, text: str) -> Read:
        encoded = self._model._tokenizer.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        hidden = self._model._session.run(None, {"input_ids": ids})[0][0]
        inner = hidden[1:-1]  # without the marks that open and close a text
        lengths = np.maximum(np.linalg.norm(inner, axis=1, keepdims=True), 1e-9)
        whole = hidden.mean(axis=0)
        return Read(
            tuple(_pieces(encoded)),
            (inner / lengths).astype(np.float16),
            (whole / max(float(np.linalg.norm(whole)), 1e-9)).astype(np.float32),
        )


def _pieces(encoded: Any) -> list[Piece]:
    found: list[Piece] = []
    inner = zip(encoded.ids[1:-1], encoded.tokens[1:-1], encoded.offsets[1:-1], strict=True)
    for row, (id, token, (start, end)) in enumerate(inner):
        if found and token.startswith("##"):
            found[-1] = Piece(found[-1].start, end, _RAREST, found[-1].first, row + 1)
        else:
            rarity = 0.5 + 1.5 * math.log1p(max(0, id - _COMMON) / _COMMON)
            found.append(Piece(start, end, rarity, row, row + 1))
    return found


def _likeness(own: NDArray[np.float32], others: NDArray[np.float16]) -> NDArray[np.float32]:
    """For each piece of a text the cosine of the likest piece of another."""
    if not len(others):
        return np.zeros(len(own), dtype=np.float32)
    best: NDArray[np.float32] = (own @ others.astype(np.float32).T).max(axis=1)
    return best


def _weighed(statement: Read, likeness: NDArray[np.float32], compared: Compared) -> dict[str, float]:
    """The means over the telling words, a rare one counting more, of meaning and of word and meaning."""
    hits = compared.hits()
    total = meant = both = missing = 0.0
    for piece in statement.pieces:
        said = [hits[term] for term in terms(compared.statement[piece.start : piece.end]) if term in hits]
        if not said:
            continue
        hit, like = _mean(said), float(likeness[piece.first : piece.last].mean())
        found = hit * like + (1 - hit) * max(0.0, like - _NOT_SAID)
        total += piece.rarity
        meant += piece.rarity * like
        both += piece.rarity * found
        missing += (1 - found) * (piece.rarity > _RARE)
    total = total or 1.0
    return {"meant": meant / total, "said_and_meant": both / total, "missing": missing}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
