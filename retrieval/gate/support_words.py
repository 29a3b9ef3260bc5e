"""Compares a statement's words with those of its evidence. Knows nothing of vectors, weights or scores."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.passages import sentences
from retrieval.terms import question_terms, terms

FAMILY = 0.7  # a word that begins as another does ("defend", "defence") counts nearly whole
_BEGINNING = 5  # letters that words of one family share
_READ = 40  # sentences, those that say most of the statement, whose neighbours and pairs are looked at
_LEFT_OVER = re.compile(r"\[\d{1,3}\]|</?\w{1,9}>")  # reference numbers and stray tags say nothing
_MARK = re.compile(r"[#*|\[\]{}<>_=]|https?:")
_PER = 100  # characters that marks and line breaks are counted in
_PAGE = 240  # words from which evidence is a page; the few sentences that a quote stands in never are


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the evidence: its text and its words in order, folded and stemmed."""

    text: str
    words: tuple[str, ...]
    held: frozenset[str]
    beginnings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement beside its evidence.

    ``telling`` are the statement's words that carry meaning, each once; ``said`` has a row for each sentence
    with how far it says each of them, 0 to 1; ``order`` ranks the sentences, what says most first.
    ``layout`` tells articles from web pages: their marks and line breaks, each in a hundred characters.
    """

    statement: str
    words: tuple[str, ...]
    telling: tuple[str, ...]
    evidence: tuple[Sentence, ...]
    said: tuple[tuple[float, ...], ...]
    order: tuple[int, ...]
    layout: tuple[float, float]

    @property
    def verbatim(self) -> bool:
        """Whether the statement's words stand in one sentence as one run."""
        return any(_runs_in(self.words, sentence.words) for sentence in self.evidence)

    def hits(self) -> Mapping[str, float]:
        """How far the evidence as a whole says each telling word."""
        return dict(zip(self.telling, _best(self.said), strict=True))

    def features(self) -> dict[str, float]:
        """What the words show: see :data:`WORDS`."""
        told = sum(len(sentence.words) for sentence in self.evidence)
        marks, breaks = self.layout if told > _PAGE else (0.0, 0.0)
        return {
            "said": _mean(_best(self.said)),
            "together": max(_mean(_best(self.said[max(0, i - 1) : i + 2])) for i in self.order[:_READ]),
            "pairs": self._pairs(),
            "numbers": float(self._numbers_missing()),
            "statement_words": float(len(self.words)),
            "evidence_words": float(told),
            "marks": marks,
            "breaks": breaks,
        }

    def _pairs(self) -> float:
        """The share of the statement's neighbouring words that are neighbours in one sentence too."""
        pairs = list(pairwise(self.words))
        best = 0
        for place in self.order[:_READ]:
            stand = set(pairwise(self.evidence[place].words))
            best = max(best, sum(pair in stand for pair in pairs))
        return best / len(pairs) if pairs else 0.0

    def _numbers_missing(self) -> int:
        numbers = [word for word in self.telling if word[0].isdigit()]
        return sum(all(word not in sentence.held for sentence in self.evidence) for word in numbers)


# The features of the words alone, each with the way it may move the score: 1 up, -1 down, 0 either.
WORDS: Mapping[str, int] = {
    "said": 1,  # the share of the telling words that the evidence says anywhere
    "together": 1,  # the same for the best three sentences in a row
    "pairs": 1,  # neighbours that stay neighbours, in the best sentence
    "numbers": -1,  # how many numbers the evidence does not give
    "statement_words": 0,
    "evidence_words": 0,
    "marks": 0,  # of a whole page: brackets, rules and addresses, which an article's text hardly has
    "breaks": 0,  # of a whole page: lines that end
}


def compare(statement: str, evidence: str) -> Compared | None:
    """The statement beside the sentences of its evidence; None where either has no words."""
    statement = _LEFT_OVER.sub(" ", statement)
    words, told = tuple(terms(statement)), tuple(_sentences(evidence))
    if not words or not told:
        return None
    telling = tuple(question_terms(statement))
    said = tuple(_said(telling, sentence) for sentence in told)
    order = sorted(range(len(told)), key=lambda i: -sum(said[i]))
    return Compared(statement, words, telling, told, said, tuple(order), _layout(evidence))


@lru_cache(maxsize=256)
def _sentences(evidence: str) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(text, words, frozenset(words), frozenset(filter(None, map(_beginning, words))))
        for span in sentences(evidence)
        if (words := tuple(terms(text := evidence[span.start : span.end])))
    )


@lru_cache(maxsize=256)
def _layout(evidence: str) -> tuple[float, float]:
    marks, breaks = len(_MARK.findall(evidence)), evidence.count("\n")
    return marks * _PER / len(evidence), breaks * _PER / len(evidence)


def _said(telling: Sequence[str], sentence: Sentence) -> tuple[float, ...]:
    return tuple(
        1.0 if word in sentence.held else FAMILY if _beginning(word) in sentence.beginnings else 0.0
        for word in telling
    )


def _beginning(word: str) -> str:
    """What words of one family share; empty for numbers and short words, which have none."""
    return word[:_BEGINNING] if len(word) >= _BEGINNING and not word[0].isdigit() else ""


def _best(rows: Sequence[Sequence[float]]) -> list[float]:
    return [max(column) for column in zip(*rows, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _runs_in(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    length = len(words)
    return any(others[i : i + length] == words for i in range(len(others) - length + 1))
