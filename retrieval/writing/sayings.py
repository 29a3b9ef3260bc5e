"""Lays out what an answer states: the newest in place of what it outdates, then where sources disagree.

What stands once is never changed; more only comes after it. Knows nothing of models or of questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.citations import number
from retrieval.types import Citation, Conflict, Quote, Side, Statement
from retrieval.writing.disagreeing import Disputes


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement with its quotes and the check that found it supported."""

    text: str
    quotes: tuple[Quote, ...]
    check: str


class Sayings:
    """The statements of one answer in the making."""

    def __init__(self, disputes: Disputes) -> None:
        self._disputes = disputes
        self._said: list[Saying] = []

    def __len__(self) -> int:
        return len(self._said)

    @property
    def quotes(self) -> Sequence[Quote]:
        """All that is quoted so far."""
        return [quote for saying in self._said for quote in saying.quotes]

    def add(self, saying: Saying) -> None:
        """State this, or what newer sources say in its place; a thing said already is not said again."""
        if newer := self._disputes.newer(saying.text, saying.quotes):
            saying = Saying(newer.text, newer.quotes[:1], "verbatim")
        if not any(_holds(other, saying) for other in self._said):
            self._said.append(saying)

    def numbered(
        self, disputed: bool
    ) -> tuple[tuple[Statement, ...], tuple[Conflict, ...], tuple[Citation, ...]]:
        """The statements, the conflicts about what they say (if wanted), and what both cite."""
        conflicts = self._disputes.about(self.quotes) if disputed else ()
        sides = [side for conflict in conflicts for side in conflict]
        told = [(saying.text, saying.quotes) for saying in self._said]
        numbered, citations = number([*told, *((side.text, side.quotes) for side in sides)])
        checks = [saying.check for saying in self._said]
        stated = [replace(each, check=check) for each, check in zip(numbered, checks, strict=False)]
        rest = iter(numbered[len(told) :])
        shown = tuple(
            Conflict(tuple(Side(side.value, next(rest)) for side in conflict)) for conflict in conflicts
        )
        return tuple(stated), shown, citations


def _holds(said: Saying, saying: Saying) -> bool:
    """Whether a saying repeats another: its words, or the very place that another quotes word for word."""
    if said.text.casefold() == saying.text.casefold():
        return True
    verbatim = "verbatim" in (said.check, saying.check)
    return verbatim and all(any(_within(quote, other) for other in said.quotes) for quote in saying.quotes)


def _within(quote: Quote, other: Quote) -> bool:
    return quote.document == other.document and other.start <= quote.start and quote.end <= other.end
