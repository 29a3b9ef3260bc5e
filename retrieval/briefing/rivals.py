"""Finds sentences of one story that give different values for the same thing, and which of them is newer.

Knows nothing of how a difference is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from retrieval.briefing.sentences import Said
from retrieval.copies.alike import publisher_of
from retrieval.relevance import Asked
from retrieval.writing.differing import difference

_SHARED = 3  # telling words from which two sentences are compared
_MOST = 160  # sentences compared, those with values first
_AT_ONCE = timedelta(3)  # apart; what a later report says otherwise has changed rather than is disputed


@dataclass(frozen=True)
class Rival:
    """Two sentences with different values for one thing, the newer one first."""

    said: tuple[Said, Said]
    values: tuple[str, str]

    @property
    def disputed(self) -> bool:
        """Whether publishers hold different values at one time; else the newer one replaces the older."""
        newer, older = self.said
        apart = publisher_of(newer.document) != publisher_of(older.document)
        return apart and bool(newer.day and older.day and newer.day - older.day <= _AT_ONCE)


def rivals(said: Sequence[Said], about: str) -> list[Rival]:
    """The sentences that differ, of those given, in a story ``about`` something."""
    question = Asked(about, {})
    compared = [each for each in said if each.told.figures or each.told.denied or each.told.dates][:_MOST]
    found = []
    for one, other in combinations(compared, 2):
        if one.document == other.document or len(one.terms & other.terms) < _SHARED:
            continue
        newer, older = (one, other) if _ordinal(one) >= _ordinal(other) else (other, one)
        apart = difference(newer.told, older.told, question) or difference(newer.gist, older.gist, question)
        if apart:
            found.append(Rival((newer, older), apart.values))
    return found


def _ordinal(said: Said) -> int:
    return said.day.toordinal() if said.day else 0
