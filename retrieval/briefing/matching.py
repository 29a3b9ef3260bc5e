"""Says whether numbers and days of two sentences can be the same, and takes sentences apart and together.

Knows nothing of what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from rapidfuzz.distance import OSA

from retrieval.briefing.sentences import Said
from retrieval.gate.dates import dates
from retrieval.gate.figures import Figure
from retrieval.gate.quantities import rounds
from retrieval.noise import spoken
from retrieval.types import Span

_PLAIN = 3  # digits of a number that is the same wherever it stands
_WEEK = 7
_BEFORE = 8  # words before a sentence that is told again: where and by whom it was sent
_SLIPS = 3  # of the pen in a sentence that is copied


def days_of(said: Said) -> frozenset[str]:
    """The days a sentence names, in its own words."""
    return frozenset(when.text.casefold() for when in dates(said.told.reading))


def on_its_weekday(days: Iterable[date], older: Said) -> bool:
    """Whether an older sentence names the weekday that these days were."""
    named = {when.weekday for when in dates(older.told.reading)}
    return older.day is not None and all(
        day.weekday() in named and abs((day - older.day).days) <= _WEEK for day in days
    )


def folds(said: Said) -> frozenset[str]:
    return frozenset(word.fold for word in said.told.reading.words)


def distinct(figure: Figure) -> bool:
    """Whether a number is one that hardly stands twice by chance: 1,417 or 3.75, not 12."""
    return _digits(figure) >= _PLAIN


def one_number(figure: Figure, told: Figure) -> bool:
    """Whether both are one number of one measure, as far as they have one."""
    units = {figure.unit, told.unit}
    measured = len(units) == 1 or units == {"%", "part"} or not units & {"%", "%pt", "part"}
    return measured and (figure.same(told) or _rounded(figure, told))


def _rounded(figure: Figure, told: Figure) -> bool:
    """Whether a number is another one with fewer digits, as in "some 2,000" for 1,968."""
    loose = figure if figure.bound else replace(figure, bound="about")
    return _digits(figure) < _digits(told) and rounds(loose, told)


def _digits(figure: Figure) -> int:
    return min(len(f"{value:.12g}".replace(".", "").strip("0")) for value in figure.values)


def slipped(older: Said, said: Said) -> bool:
    """Whether a sentence is an older one in which a few letters or spaces changed places."""
    mine, theirs = _letters(said.text), _letters(older.text)
    if len(mine) != len(theirs) or sorted(mine) != sorted(theirs):
        return False
    return OSA.distance(mine, theirs, score_cutoff=_SLIPS) <= _SLIPS


def _letters(text: str) -> str:
    """Its letters and digits alone."""
    return "".join(filter(str.isalnum, text.casefold()))


def pairs(said: Sequence[Said]) -> Iterator[Said]:
    """Sentences of a passage that follow each other, as one: a later report may join them."""
    for one, other in pairwise(said):
        if one.passage is other.passage and one.span.end <= other.span.start:
            text = one.passage.text
            start, end = one.span.start - one.passage.start, other.span.end - one.passage.start
            yield Said(one.passage, Span(one.span.start, other.span.end), text[start:end], 0.0, 0)


def parts(said: Said) -> list[Said]:
    """The sentences that are told as one, since the second leans on the first."""
    spans = spoken(said.text)
    if len(spans) < 2:
        return [said]
    start = said.span.start
    return [
        Said(
            said.passage,
            Span(start + each.start, start + each.end),
            said.text[each.start : each.end],
            said.place,
            said.order,
        )
        for each in spans
    ]


def sent(older: Said, said: Said) -> bool:
    """Whether a sentence is an older one with a few words before it."""
    return said.text.endswith(older.text) and len(said.text[: -len(older.text)].split()) <= _BEFORE
