"""Decides which passages answer a question best: words, meaning, time and variety weighed together.

Knows nothing of databases, models or how candidates were found; every function is pure.

Methods: words are scored as in BM25 with a title field (Robertson & Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009), afresh for every candidate, so that a passage found by meaning alone is
judged by its words too. Words and meaning are added after scaling (Bruch, Gai & Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", 2023): fusing ranks (Cormack, Clarke & Büttcher, "Reciprocal Rank
Fusion", 2009) loses how much better the first is than the second. Freshness multiplies the score. It falls
with a power of age, where Li & Croft ("Time-Based Language Models", 2003) use an exponential, so that of two
old articles the newer still leads a little. Variety passes over what repeats a better hit (Carbonell &
Goldstein, "The Use of MMR", 1998).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate

from retrieval.questions import Question, understand

__all__ = ["POSTINGS", "Candidate", "Question", "Ranked", "prune", "rank", "understand"]

POSTINGS = 2_000  # index entries one question may read: what keeps a search as quick in a large library

_SATURATION, _LENGTH, _AVERAGE = 0.9, 0.4, 125  # BM25's k1 and b at usual values; terms of a usual passage
_TITLE = 1.0  # how often a word of the title counts as said in the passage
_PHRASE = 0.2  # two words of the question side by side, against the same words apart
_MEANING = 0.75  # being nearest in meaning, against saying all of the question's rare words
_FARTHEST = 0.5  # what is left of that for the farthest candidate
_ELSEWHERE = 0.4  # the share that the candidates of one document say together
_FRESH, _DAYS, _FADE = 4.0, 45.0, 0.5  # the weight of freshness, the days until it wanes, how steeply it does
_PAST = 0.25  # what is left of freshness for a question about the past
_NAMED = 1.0  # the weight of a publisher that the question names
_SAME, _ALIKE = 0.7, 0.3  # the share of words in common from which passages are one hit, or a series
_LONG, _FEW = 5, 10  # a word beyond these letters marks a passage, if it has this many of them
_LEADERS = 20  # hits that later ones are compared with
_SERIES = 2  # further hits of one publisher that are alike before the rest wait for others
_CHOICE = 10  # groups to choose from beyond those asked for
_FREE, _COMPARABLE = 5, 0.5  # hits of one publisher before others go first that score this much of its own


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer. ``title`` and ``body`` are their terms joined by spaces.

    ``similarity`` is its cosine with the question, None where only its words were found.
    """

    number: int
    document: int
    title: str
    body: str
    published: datetime | None = None
    publisher: str | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in its place. ``siblings`` are the passages that say nearly the same, best first."""

    number: int
    score: float
    siblings: tuple[int, ...] = ()


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


def rank(
    question: Question,
    candidates: Sequence[Candidate],
    frequencies: Mapping[str, int],
    total: int,
    *,
    as_of: datetime,
    k: int,
) -> list[Ranked]:
    """The best ``k`` candidates in order, each standing for those that repeat it.

    ``frequencies`` says how many of the ``total`` passages hold each term of the question. What was
    published after ``as_of`` is left out.
    """
    known = [each for each in candidates if each.published is None or each.published <= as_of]
    rarity = {term: _rarity(frequencies.get(term, 0), total) for term in question.terms}
    cosines = [each.similarity for each in known if each.similarity is not None]
    least, most = min(cosines, default=0.0), max(cosines, default=0.0)
    said = [_said(each, rarity) for each in known]
    whole = sum(rarity.values()) or 1.0
    shares = _shares(known, said, rarity)
    timely = {when: _timely(question, when, as_of) for when in {each.published for each in known}}
    scored = []
    for each, counts in zip(known, said, strict=True):
        words = _words(question, each, counts, rarity) / whole + _ELSEWHERE * shares[each.document] / whole
        meaning = _MEANING * _meaning(each.similarity, least, most)
        named = 1 + _NAMED * (question.publisher is not None and each.publisher == question.publisher)
        scored.append(((words + meaning) * named * timely[each.published], each))
    scored.sort(key=lambda pair: (-pair[0], pair[1].number))
    return _fair(question, _distinct(scored, k + _CHOICE), k)


def _meaning(similarity: float | None, least: float, most: float) -> float:
    """Where a cosine stands between the farthest candidate (a half) and the nearest (1).

    Models differ in how high unrelated texts score; within one question the places compare.
    """
    if similarity is None or most <= least:
        return _FARTHEST
    return _FARTHEST + (1 - _FARTHEST) * (similarity - least) / (most - least)


def _rarity(frequency: int, total: int) -> float:
    return math.log(1 + (max(total, frequency) - frequency + 0.5) / (frequency + 0.5))


def _said(candidate: Candidate, wanted: Collection[str]) -> dict[str, float]:
    """How often a passage says each of the wanted terms, its title counted in."""
    body, title = f" {candidate.body} ", f" {candidate.title} "
    counts: dict[str, float] = {}
    for term in wanted:
        # most terms are in few candidates, and looking without the spaces is many times quicker
        count = float(body.count(f" {term} ")) if term in body else 0.0
        count += _TITLE * (term in title and f" {term} " in title)
        if count:
            counts[term] = count
    return counts


def _shares(
    candidates: Sequence[Candidate], said: Sequence[Mapping[str, float]], rarity: Mapping[str, float]
) -> dict[int, float]:
    """What the candidates of each document say together of the question's terms."""
    together: dict[int, set[str]] = {}
    for candidate, counts in zip(candidates, said, strict=True):
        together.setdefault(candidate.document, set()).update(counts)
    return {document: sum(rarity[term] for term in found) for document, found in together.items()}


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


class _Group:
    """A hit with the passages that repeat it, and the words by which it is recognised."""

    def __init__(self, score: float, candidate: Candidate, marks: frozenset[str]) -> None:
        self.score, self.candidate, self.marks = score, candidate, marks
        self.siblings: list[int] = []
        self.series = [0]  # later hits of the same publisher much like this one, counted with theirs

    def overlap(self, marks: frozenset[str]) -> float:
        """The share of words in common (Jaccard)."""
        shared = len(self.marks & marks)
        return shared / (len(self.marks) + len(marks) - shared or 1)


def _distinct(scored: Iterable[tuple[float, Candidate]], enough: int) -> list[_Group]:
    """A group for each thing said, best first, until there are enough; a long series ends up behind."""
    groups: list[_Group] = []
    tail: list[_Group] = []
    for score, candidate in scored:
        if len(groups) >= enough:
            break
        group = _Group(score, candidate, _marks(candidate.body))
        overlap, _, nearest = max(
            ((each.overlap(group.marks), -place, each) for place, each in enumerate(groups[:_LEADERS])),
            default=(0.0, 0, group),
        )
        if overlap >= _SAME:
            nearest.siblings.append(candidate.number)
            continue
        if overlap >= _ALIKE and candidate.publisher and candidate.publisher == nearest.candidate.publisher:
            group.series = nearest.series
            group.series[0] += 1
        (groups if group.series[0] <= _SERIES else tail).append(group)
    return groups + tail


def _marks(body: str) -> frozenset[str]:
    """The words that tell one passage from another: long ones and numbers, or all where these are few."""
    words = body.split()
    marks = frozenset([word for word in words if len(word) > _LONG or word[0].isdigit()])
    return marks if len(marks) >= _FEW else frozenset(words)


def _fair(question: Question, groups: list[_Group], k: int) -> list[Ranked]:
    """The first ``k``, where a publisher that holds half of them lets others of comparable score go first."""
    places: Counter[str | None] = Counter()
    taken: list[_Group] = []
    waiting = list(groups)
    while waiting and len(taken) < k:
        best = waiting[0]
        source = best.candidate.publisher
        chosen = best
        if source and source != question.publisher and places[source] >= max(_FREE, (len(taken) + 1) // 2):
            enough = best.score * _COMPARABLE
            others = (each for each in waiting if each.candidate.publisher != source)
            chosen = next((each for each in others if each.score >= enough), best)
        waiting.remove(chosen)
        taken.append(chosen)
        places[chosen.candidate.publisher] += 1
    # a hit that waited for others has their score, so that scores fall from first to last
    scores = accumulate((each.score for each in taken), min)
    return [
        Ranked(each.candidate.number, score, tuple(each.siblings))
        for each, score in zip(taken, scores, strict=True)
    ]
