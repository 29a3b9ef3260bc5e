"""Says whether two dates can be the same day, seen from when they were written. Knows nothing of texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from retrieval.gate.dates import When

_NEAR = 200  # days from its publication within which a document's date without a year is meant


def given(when: When, told: Sequence[When], published: Sequence[date]) -> bool:
    """Whether a statement's date is one of the evidence's, seen from the days it was published."""
    if when.offset is not None:
        return any(other.offset == when.offset for other in told) or any(
            _is(when_of(day + timedelta(when.offset)), other, [day]) for day in published for other in told
        )
    return any(_is(when, other, published) for other in told) or any(
        _is(when, when_of(day), [day]) for day in published if when.month
    )


def when_of(day: date) -> When:
    """A day as a date."""
    return When("", 0, 0, day.year, day.month, day.day, day.weekday())


def agree(first: When, second: When) -> bool:
    """Whether two dates can be the same day as far as both are given."""
    pairs = (
        (first.year, second.year),
        (first.month, second.month),
        (first.day, second.day),
        (first.weekday, second.weekday),
        (first.offset, second.offset),
    )
    known = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    return bool(known) and all(mine == theirs for mine, theirs in known)


def _is(when: When, other: When, published: Sequence[date]) -> bool:
    return any(_fits(when, each) for each in _readings(other, published))


def _readings(when: When, published: Sequence[date]) -> Iterator[When]:
    """The date as it is given, and as the days on which its documents were published complete it."""
    yield when
    if when.swapped:
        yield replace(when, month=when.day, day=when.month)
    for day in published:
        if when.offset is not None:
            yield when_of(day + timedelta(when.offset))
        elif when.month is None and when.weekday is not None:
            yield from (
                when_of(day + timedelta(off))
                for off in range(-7, 8)
                if (day.weekday() + off) % 7 == when.weekday
            )
        elif when.month and when.year is None:
            yield from _with_year(when, day)
    if when.year and when.month and when.day:
        try:
            yield replace(when, weekday=date(when.year, when.month, when.day).weekday())
        except ValueError:
            return


def _with_year(when: When, published: date) -> Iterator[When]:
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            day = date(year, when.month or 1, when.day or 15)
        except ValueError:
            continue
        if abs((day - published).days) <= _NEAR:
            yield replace(when_of(day), day=when.day, weekday=day.weekday() if when.day else None)


def _fits(when: When, other: When) -> bool:
    """Whether everything the first says of a day, the second says too."""
    pairs = (
        (when.year, other.year),
        (when.month, other.month),
        (when.day, other.day),
        (when.weekday, other.weekday),
    )
    return all(mine is None or mine == theirs for mine, theirs in pairs)
