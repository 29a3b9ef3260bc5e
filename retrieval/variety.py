"""Lets a few things be said once each, and by several publishers. Knows nothing of why one hit beats another.

What repeats a better hit is passed over, as in maximal marginal relevance (Carbonell & Goldstein, "The Use of
MMR", 1998), and a publisher that holds half of the places lets others of comparable score go first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

_SAME, _ALIKE = 0.7, 0.3  # the share of words in common from which passages are one hit, or a series
_COPIED = 0.4  # the same for passages of copies, which are cut in other places
_SIDE = 2  # words beside a number that say what it counts
_MARK = re.compile(r"(?<!\S)(?:\S{6,}|\d\S*)")  # a long word or a number tells one passage from another
_FEW = 10  # where a passage has fewer of them, all of its words do
_LEADERS = 20  # hits that later ones are compared with
_SERIES = 2  # further hits of one publisher that are alike before the rest wait for others
_CHOICE = 10  # groups to choose from beyond those asked for
_FREE, _COMPARABLE = 5, 0.5  # hits of one publisher before others go first that score this much of its own


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer. ``title`` and ``body`` are their terms joined by spaces.

    ``group`` is the same for a document and its copies.
    """

    number: int
    document: int
    title: str
    body: str
    published: datetime | None = None
    publisher: str | None = None
    group: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in its place. ``siblings`` are the passages that say nearly the same, best first."""

    number: int
    score: float
    siblings: tuple[int, ...] = ()


def varied(scored: Sequence[tuple[float, Candidate]], k: int, *, named: str | None = None) -> list[Ranked]:
    """The first ``k`` of scored candidates, best first, each standing for those that repeat it.

    ``named`` is a publisher that was asked for: it makes room for nobody.
    """
    return _fair(_distinct(scored, k + _CHOICE), k, named)


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

    def repeated_by(self, candidate: Candidate, overlap: float) -> bool:
        """Whether a passage says the same; not where it gives another number in the same words."""
        mine = self.candidate
        copied = mine.group is not None and mine.group == candidate.group
        if overlap < (_COPIED if copied and mine.document != candidate.document else _SAME):
            return False
        return not _contradict(mine.body, candidate.body)


def _contradict(one: str, other: str) -> bool:
    """Whether two texts have different numbers in one place, as versions and reports of one form do."""
    first, second = _counted(one), _counted(other)
    return any(first[place].isdisjoint(second[place]) for place in first.keys() & second.keys())


def _counted(body: str) -> dict[tuple[str, ...], set[str]]:
    """The numbers of a text by the words before and behind them."""
    words = body.split()
    masked = ["#" if word[0].isdigit() else word for word in words]
    found: dict[tuple[str, ...], set[str]] = {}
    for at, mask in enumerate(masked):
        if mask == "#":
            before, behind = masked[max(0, at - _SIDE) : at], masked[at + 1 : at + 1 + _SIDE]
            if len(before) == len(behind) == _SIDE:
                found.setdefault((*before, "#", *behind), set()).add(words[at])
    return found


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
        if nearest.repeated_by(candidate, overlap):
            nearest.siblings.append(candidate.number)
            continue
        if overlap >= _ALIKE and candidate.publisher and candidate.publisher == nearest.candidate.publisher:
            group.series = nearest.series
            group.series[0] += 1
        (groups if group.series[0] <= _SERIES else tail).append(group)
    return groups + tail


def _marks(body: str) -> frozenset[str]:
    """The words that tell one passage from another: long ones and numbers, or all where these are few."""
    marks = frozenset(_MARK.findall(body))
    return marks if len(marks) >= _FEW else frozenset(body.split())


def _fair(groups: list[_Group], k: int, named: str | None) -> list[Ranked]:
    """The first ``k``, where a publisher that holds half of them lets others of comparable score go first."""
    places: Counter[str | None] = Counter()
    taken: list[_Group] = []
    waiting = list(groups)
    while waiting and len(taken) < k:
        best = waiting[0]
        source = best.candidate.publisher
        chosen = best
        if source and source != named and places[source] >= max(_FREE, (len(taken) + 1) // 2):
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
