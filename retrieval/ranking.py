"""Decides which passages answer a question best: words, meaning, time and variety weighed together.

Knows nothing of databases, models or how candidates were found; every function is pure.

Methods: words are scored as in BM25 with a title field (Robertson & Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009), afresh for every candidate, so that a passage found by meaning alone is
judged by its words too. Words and meaning are added after scaling (Bruch, Gai & Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", 2023): fusing ranks (Cormack, Clarke & Büttcher, "Reciprocal Rank
Fusion", 2009) loses how much better the first is than the second. Freshness multiplies the score. It falls
with a power of age, where Li & Croft ("Time-Based Language Models", 2003) use an exponential, so that of two
old articles the newer still leads a little.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime

from retrieval.questions import Question
from retrieval.variety import Candidate, Ranked, varied

POSTINGS = 1_000  # index entries one question may read: what keeps a search as quick in a large library

_SATURATION, _LENGTH, _AVERAGE = 0.9, 0.4, 125  # BM25's k1 and b at usual values; terms of a usual passage
_TITLE = 1.0  # how often a word of the title counts as said in the passage
_PHRASE = 0.2  # two words of the question side by side, against the same words apart
_MEANING = 0.75  # being nearest in meaning, against saying all of the question's rare words
_FARTHEST = 0.5  # what is left of that for the farthest candidate
_ELSEWHERE = 0.4  # the share that the candidates of one document say together
_FRESH, _DAYS, _FADE = 4.0, 45.0, 0.5  # the weight of freshness, the days until it wanes, how steeply it does
_PAST = 0.25  # what is left of freshness for a question about the past
_NAMED = 1.0  # the weight of a publisher that the question names


def prune(frequencies: Mapping[str, int]) -> list[str]:
    """The terms to ask a keyword index for: the rarest first, while they have few enough entries.

    ``frequencies`` are the passages that hold each term. Common terms cost much and tell little; they
    still count when the candidates are ranked. Terms that no passage holds are left out.
    """
    asked: list[str] = []
    entries = 0
    for term, frequency in sorted(frequencies.items(), key=lambda item: (item[1], item[0])):
        if frequency <= 0:
            continue
        entries += frequency
        if asked and entries > POSTINGS:
            break
        asked.append(term)
    return asked


class Ranking:
    """The candidates of one question: weighed by their words as they come, ranked when all are there."""

    def __init__(self, question: Question, frequencies: Mapping[str, int], total: int) -> None:
        """``frequencies`` says how many of the ``total`` passages hold each term of the question."""
        self._question = question
        self._rarity = {term: _rarity(frequencies.get(term, 0), total) for term in question.terms}
        self._spaced = [(term, f" {term} ") for term in question.terms]
        self._worded: dict[int, tuple[Candidate, float]] = {}  # with what its words are worth
        self._together: dict[int, set[str]] = {}  # the terms that the candidates of a document say

    def weigh(self, candidates: Iterable[Candidate]) -> None:
        """Take in candidates, each passage once."""
        for each in candidates:
            said = _said(each, self._spaced)
            self._worded[each.number] = each, _words(self._question, each, said, self._rarity)
            self._together.setdefault(each.document, set()).update(said)

    @property
    def weighed(self) -> Collection[int]:
        """The numbers of the passages that were taken in."""
        return self._worded.keys()

    def best(self, similar: Mapping[int, float], *, as_of: datetime, k: int) -> list[Ranked]:
        """The best ``k`` candidates in order, each standing for those that repeat it.

        ``similar`` holds the cosine with the question of those that were found by meaning. What was
        published after ``as_of`` is left out.
        """
        known = [pair for pair in self._worded.values() if _known(pair[0], as_of)]
        cosines = [similar[each.number] for each, _ in known if each.number in similar]
        least, most = min(cosines, default=0.0), max(cosines, default=0.0)
        whole = sum(self._rarity.values()) or 1.0
        shares = {of: sum(self._rarity[term] for term in said) for of, said in self._together.items()}
        timely = {
            when: _timely(self._question, when, as_of) for when in {each.published for each, _ in known}
        }
        scored = []
        for each, worth in known:
            words = (worth + _ELSEWHERE * shares[each.document]) / whole
            meaning = _MEANING * _meaning(similar.get(each.number), least, most)
            asked_for = self._question.publisher is not None and each.publisher == self._question.publisher
            scored.append(((words + meaning) * (1 + _NAMED * asked_for) * timely[each.published], each))
        scored.sort(key=lambda pair: (-pair[0], pair[1].number))
        return varied(scored, k, named=self._question.publisher)


def _known(candidate: Candidate, as_of: datetime) -> bool:
    return candidate.published is None or candidate.published <= as_of


def _meaning(similarity: float | None, least: float, most: float) -> float:
    """Where a cosine stands between the farthest candidate (a half) and the nearest (1).

    Models differ in how high unrelated texts score; within one question the places compare.
    """
    if similarity is None or most <= least:
        return _FARTHEST
    return _FARTHEST + (1 - _FARTHEST) * (similarity - least) / (most - least)


def _rarity(frequency: int, total: int) -> float:
    return math.log(1 + (max(total, frequency) - frequency + 0.5) / (frequency + 0.5))


def _said(candidate: Candidate, wanted: Iterable[tuple[str, str]]) -> dict[str, float]:
    """How often a passage says each of the wanted terms (each also between spaces), its title counted in."""
    body, title = f" {candidate.body} ", f" {candidate.title} "
    counts: dict[str, float] = {}
    for term, spaced in wanted:
        # most terms are in few candidates, and looking without the spaces is many times quicker
        count = float(body.count(spaced)) if term in body else 0.0
        count += _TITLE * (term in title and spaced in title)
        if count:
            counts[term] = count
    return counts


def _words(
    question: Question, candidate: Candidate, counts: Mapping[str, float], rarity: Mapping[str, float]
) -> float:
    """What the words of a passage are worth: BM25 of its terms, and more for those side by side as asked."""
    length = _SATURATION * (1 - _LENGTH + _LENGTH * (candidate.body.count(" ") + 1) / _AVERAGE)
    words = sum(rarity[term] * count / (count + length) for term, count in counts.items())
    for first, second in question.pairs:
        if first in counts and second in counts:
            spaced = f" {first} {second} "
            if spaced in f" {candidate.body} " or spaced in f" {candidate.title} ":
                words += _PHRASE * min(rarity[first], rarity[second])
    return words


def _timely(question: Question, published: datetime | None, as_of: datetime) -> float:
    """What a date is worth: more where it is fresh, or of a time that the question speaks of."""
    if published is None:
        return 1.0
    day, today = published.astimezone(UTC).date(), as_of.astimezone(UTC).date()
    fresh = _faded((today - day).days) * (_PAST if question.past else 1.0)
    for when in question.dates:
        if (period := when.period(today)) and period[1] < today:
            fresh = max(fresh, _faded(_distance(day, *period)))
    return 1 + _FRESH * fresh


def _faded(days: int) -> float:
    return float((1 + max(0, days) / _DAYS) ** -_FADE)


def _distance(day: date, first: date, last: date) -> int:
    """Days between a day and a period, none within it or just after, when it is reported."""
    return max(0, (first - day).days, (day - last).days - 3)
