"""Turns the dates that a sentence names into days, seen from when it was published.

Knows nothing of stories. A date that can only be guessed at is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.gate.dates import When, dates
from retrieval.gate.words import Reading

_NEAR = 200  # days from its publication within which a date without a year is meant
# What stands before a date that is no event of its own: "made since October", "the paper, dated 19 June".
_NO_EVENT = re.compile(
    r"\b(?:since|until|till|before|by|dated|born|from|after|than|through|as of|up to|prior to)\s+"
    r"(?:the\s+|about\s+|around\s+)?\W*\Z",
    re.IGNORECASE,
)
_CUT = re.compile(r"[,;:]\s|\s[–—-]\s|\b(?:that|but|and|when|while|after|before|although)\b", re.IGNORECASE)
_TORN = re.compile(r"\d{1,2}\s*,\s*[^\W\d]")  # "by 427-1, Nov. 18": no day of a month
_FEWEST = 3  # words of a clause
_SOON = re.compile(
    r"\b(?:tonight|today|tomorrow|soon|shortly|imminent(?:ly)?|(?:this|next|coming) (?:week|month|weekend"
    r"|year|spring|summer|autumn|fall|winter|season)|later (?:this|on)|in the (?:coming|next) \w+)\b",
    re.IGNORECASE,
)
_SOON_DAYS = 14
_WHOLE = 5  # letters of a weekday; a shorter one may be somebody's name ("Thu")
_YEAR = re.compile(r"\b20\d\d\b")
_NEXT = re.compile(r"\b(?:next|coming|this coming)\s+\Z", re.IGNORECASE)
_LAST = re.compile(r"\b(?:last|previous)\s+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day that a sentence names. ``fixed``: it is named by its date, not as a weekday or "yesterday".

    ``event``: something is said to happen on it, not since or until then. ``ahead``: what the sentence says
    of it was still to come when it was published.
    """

    day: date
    fixed: bool
    event: bool
    ahead: bool


def moments(
    reading: Reading, published: date | None, looks_ahead: Callable[[str], bool]
) -> tuple[Moment, ...]:
    """The days that a text names exactly; ``looks_ahead`` tells whether words speak of what is to come."""
    return tuple(_moments(reading, published, looks_ahead))


def _moments(
    reading: Reading, published: date | None, looks_ahead: Callable[[str], bool]
) -> Iterator[Moment]:
    for when in dates(reading):
        if _TORN.match(when.text) or when.text.isupper():  # "USA TODAY" is no day
            continue
        before = reading.text[: when.start]
        ahead = looks_ahead(_clause(reading.text, when))
        day = _day(when, before, published, ahead)
        if day:
            yield Moment(day, when.month is not None, not _NO_EVENT.search(before), ahead)


def over(reading: Reading, published: date | None, today: date, looks_ahead: Callable[[str], bool]) -> bool:
    """Whether a time that a text looks forward to has passed: a day, month, year or "next week"."""
    if published is None:
        return True
    if _SOON.search(reading.text) and (today - published).days > _SOON_DAYS:
        return True
    clauses = [clause for clause in _CUT.split(reading.text) if looks_ahead(clause)]
    years = [int(year) for clause in clauses for year in _YEAR.findall(clause)]
    if years and max(years) < today.year:
        return True
    for when in dates(reading):
        if looks_ahead(_clause(reading.text, when)):
            day = _day(when, reading.text[: when.start], published, True) or _month(when, published)
            if day and day <= today:
                return True
    return False


def _month(when: When, published: date) -> date | None:
    """The last day or so of the month that is named, the next one where no year is."""
    month = when.month
    if month is None:
        return None
    year = when.year or published.year + (month < published.month)
    return _valid(year, month, 28)


def _clause(text: str, when: When) -> str:
    """The words around a date that say what is the matter with it; all of them where those are too few."""
    start = max((cut.end() for cut in _CUT.finditer(text, 0, when.start)), default=0)
    end = next((cut.start() for cut in _CUT.finditer(text, when.end)), len(text))
    words = len(text[start : when.start].split()) + len(text[when.end : end].split())
    return text[start:end] if words >= _FEWEST else text


def _day(when: When, before: str, published: date | None, ahead: bool) -> date | None:
    if when.month and when.day:
        return _valid(when.year, when.month, when.day) if when.year else _nearest(when, published)
    if when.month or published is None:
        return None
    if when.offset is not None:
        return published + timedelta(when.offset)
    if when.weekday is None or len(when.text) < _WHOLE:
        return None
    if ahead or _NEXT.search(before):
        return published + timedelta((when.weekday - published.weekday() - 1) % 7 + 1)
    back = (published.weekday() - when.weekday) % 7
    if back == 6 and not _LAST.search(before):
        return None  # a report that was changed on the next day names that one
    return published - timedelta(back or (7 if _LAST.search(before) else 0))


def _nearest(when: When, published: date | None) -> date | None:
    """The day of a date without a year that lies nearest to its publication."""
    if published is None:
        return None
    years = (published.year - 1, published.year, published.year + 1)
    days = (_valid(year, when.month or 1, when.day or 1) for year in years)
    near = [day for day in days if day and abs((day - published).days) <= _NEAR]
    return min(near, key=lambda day: abs((day - published).days), default=None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
