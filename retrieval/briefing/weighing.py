"""Weighs how near a sentence comes to the heart of its story. Knows nothing of questions or profiles."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from retrieval.briefing.sentences import Said
from retrieval.terms import question_terms

_TITLE = 2.0  # a word of a title counts as so many sentences
_BEST = 3  # sentences that stand for how near any can come
_OWN = 0.5  # of a document that the story itself is told from, among those that make a word common
_USUAL = 10  # telling words of a usual sentence: shorter ones say less, longer ones are hard to read


class Background:
    """Which words other stories' documents say: what all of them speak of tells nothing of one story."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        """``texts`` are documents by their numbers."""
        self._words = {number: frozenset(question_terms(text)) for number, text in texts.items()}
        self._all = Counter(term for words in self._words.values() for term in words)

    def without(self, documents: Iterable[int]) -> tuple[Mapping[str, float], int]:
        """How many documents say each word, and how many there are; a story's own count half."""
        counted: dict[str, float] = dict(self._all)
        for number in documents:
            for term in self._words.get(number, ()):
                counted[term] -= _OWN
        return counted, len(self._words)


class Heart:
    """What a story is about: its words, by how much of it they are and how rare elsewhere."""

    def __init__(self, said: Sequence[Said], others: Mapping[str, float], total: int) -> None:
        """``others`` counts the other texts that say a word, of ``total``."""
        counted: Counter[str] = Counter()
        documents = {each.document.number: each.document for each in said}
        for each in said:
            counted.update(each.terms)
        for document in documents.values():
            for term in set(question_terms(document.title)):
                counted[term] += _TITLE  # type: ignore[assignment]
        self._weights = {
            term: math.log1p(count) * math.log((total + 2) / (others.get(term, 0) + 1))
            for term, count in counted.items()
        }
        best = sorted((self._raw(each) for each in said), reverse=True)[:_BEST]
        self._most = sum(best) / len(best) if best and sum(best) else 1.0

    def nearness(self, said: Said) -> float:
        """How near a sentence comes, 0 to 1 for the nearest."""
        return min(1.0, self._raw(said) / self._most)

    def title(self, title: str) -> float:
        """How much of the story a title names, in the same measure."""
        terms = set(question_terms(title))
        weight = sum(max(0.0, self._weights.get(term, 0.0)) for term in terms)
        return weight / (len(terms) + _USUAL) / self._most

    def _raw(self, said: Said) -> float:
        weight = sum(max(0.0, self._weights.get(term, 0.0)) for term in said.terms)
        return weight / (len(said.terms) + _USUAL)
