"""Reads the dates of a text. Knows nothing of numbers, names or evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from retrieval.gate.calendars import from_persian, months, persian_months, weekdays
from retrieval.gate.markers import listed
from retrieval.gate.numerals import digits
from retrieval.gate.words import Reading, Word

_NUMERIC = re.compile(
    r"(?<![\d.,/\-])(?:(?P<y>(?:1[5-9]|20)\d\d)[-/.](?P<m>[01]?\d)[-/.](?P<d>[0-3]?\d)"
    r"|(?P<a>[0-3]?\d)(?P<mark>[./])(?P<b>[0-3]?\d)[./](?P<yy>(?:1[5-9]|20)\d\d)"
    r"|(?:(?P<cy>(?:1[5-9]|20)\d\d)\s?年\s?)?(?P<cm>[01]?\d)\s?月(?:\s?(?P<cd>[0-3]?\d)\s?[日号])?"
    r"|(?P<py>1[34]\d\d)/(?P<pm>[01]?\d)/(?P<pd>[0-3]?\d))(?![\d/])"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DAY = re.compile(r"([0-3]?\d)(?:st|nd|rd|th|er|º)?")
_LINKS = frozenset(["of", "de", "del", "the", "ماه"])
_AMBIGUOUS = listed("may march mars mai mei maj")
_BEFORE_MONTH = listed(
    """in since of by until till last this next early late mid from to through before after and during
    between im seit ab bis en depuis desde in da em w"""
)
# Yesterday, today and tomorrow; "hier" is one thing in French and another in German.
_DAYS_FROM_NOW = {
    "en": "yesterday|today tonight|tomorrow",
    "de": "gestern|heute|morgen",
    "fr": "hier|aujourd'hui|demain",
    "es": "ayer|hoy|manana",
    "it": "ieri|oggi|domani",
    "pt": "ontem|hoje|amanha",
    "ru": "вчера|сегодня|завтра",
    "fa": "دیروز|امروز|فردا",
}
_RELATIVE = {
    (language, word): days
    for language, listed_days in _DAYS_FROM_NOW.items()
    for days, words in zip((-1, 0, 1), listed_days.split("|"), strict=True)
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class When:
    """A date of a text, as far as it is given; ``offset`` counts days from when it was written."""

    text: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    offset: int | None = None
    swapped: bool = False  # 4/5/2025: day and month may be meant the other way round


@lru_cache(maxsize=4_096)
def dates(reading: Reading) -> tuple[When, ...]:
    """The dates of a text in order; a year alone is a number and left to the numbers."""
    text = digits(reading.text)
    found = list(_numeric(text))
    words = reading.words
    taken = {
        at
        for each in found
        for at, word in enumerate(words)
        if word.start < each.end and each.start < word.end
    }
    found.extend(_written(text, reading, taken))
    return tuple(sorted(_with_weekday(found, text), key=lambda when: when.start))


def _numeric(text: str) -> Iterator[When]:
    for match in _NUMERIC.finditer(text):
        start, end = match.span()
        got = {name: int(value) for name, value in match.groupdict().items() if value and value.isdigit()}
        if "py" in got:
            try:
                day = from_persian(got["py"], got["pm"], got["pd"])
            except ValueError:
                continue
            yield When(match.group(), start, end, day.year, day.month, day.day)
        elif "y" in got:
            yield When(match.group(), start, end, got["y"], got["m"], got["d"])
        elif "cm" in got:
            yield When(match.group(), start, end, got.get("cy"), got["cm"], got.get("cd"))
        elif got["a"] > 12 or match["mark"] == ".":
            yield When(match.group(), start, end, got["yy"], got["b"], got["a"])
        else:
            yield When(match.group(), start, end, got["yy"], got["a"], got["b"], swapped=got["b"] <= 12)


def _written(text: str, reading: Reading, taken: set[int]) -> Iterator[When]:
    words, named = reading.words, months(reading.language)
    for at, word in enumerate(words):
        if at in taken:
            continue
        name = word.fold.removesuffix("م")
        if name in persian_months() and (when := _persian(text, words, at)):
            yield when
        elif month := named.get(word.fold):
            when = _around(text, words, at, month)
            if when:
                yield when
        elif word.fold in weekdays() and (len(word.fold) > 4 or word.capital):
            yield When(text[word.start : word.end], word.start, word.end, weekday=weekdays()[word.fold])
        elif (reading.language or "en", word.fold) in _RELATIVE:
            yield When(
                text[word.start : word.end],
                word.start,
                word.end,
                offset=_RELATIVE[reading.language or "en", word.fold],
            )


def _around(text: str, words: Sequence[Word], at: int, month: int) -> When | None:
    """The date that a month's name belongs to: a day before or after it, then perhaps a year."""
    word = words[at]
    first, last, day, year = at, at, None, None
    before = at - 1 - (at > 1 and words[at - 1].fold in _LINKS)
    after = at + 1
    if before >= 0 and (number := _day(text, words[before])) and _adjacent(text, words[before : at + 1]):
        first, day = before, number
    elif (
        after < len(words) and (number := _day(text, words[after])) and _adjacent(text, words[at : after + 1])
    ):
        last, day = after, number
    follows = last + 1 + (last + 2 < len(words) and words[last + 1].fold in _LINKS)
    if follows < len(words) and _adjacent(text, words[last : follows + 1]):
        found = _YEAR.fullmatch(_plain(text, words[follows]))
        last, year = (follows, int(found.group())) if found else (last, None)
    if day is None and year is None:
        alone = word.fold not in _AMBIGUOUS and len(word.fold) > 3
        spoken_of = word.capital and at > 0 and words[at - 1].fold in _BEFORE_MONTH
        if not alone and not spoken_of:
            return None
    start, end = words[first].start, words[last].end
    return When(text[start:end], start, end, year, month, day)


def _persian(text: str, words: Sequence[Word], at: int) -> When | None:
    """A Solar Hijri date, turned into a Gregorian one where it is whole."""
    month = persian_months()[words[at].fold]
    day = _day(text, words[at - 1]) if at else None
    follows = at + 1 + (at + 2 < len(words) and words[at + 1].fold == "ماه")
    year = (
        int(_plain(text, words[follows]))
        if follows < len(words) and _plain(text, words[follows]).isdigit()
        else 0
    )
    if not day or not 1_200 <= year <= 1_600:
        return None
    try:
        found = from_persian(year, month, day)
    except ValueError:
        return None
    start, end = words[at - 1].start, words[follows].end
    return When(text[start:end], start, end, found.year, found.month, found.day)


def _day(text: str, word: Word) -> int | None:
    match = _DAY.fullmatch(_plain(text, word))
    return int(match.group(1)) if match and 1 <= int(match.group(1)) <= 31 else None


def _plain(text: str, word: Word) -> str:
    return text[word.start : word.end]


def _adjacent(text: str, words: Sequence[Word]) -> bool:
    """Whether only spaces, a comma or a full stop stand between words."""
    return all(re.fullmatch(r"[\s.,]{0,3}", text[a.end : b.start]) for a, b in pairwise(words))


def _with_weekday(found: list[When], text: str) -> list[When]:
    """Dates joined with the weekday beside them: "Wednesday, Sept. 10"."""
    found.sort(key=lambda when: when.start)
    joined: list[When] = []
    for when in found:
        last = joined[-1] if joined else None
        between = text[last.end : when.start] if last else ""
        if (
            last
            and last.weekday is not None
            and when.month
            and re.fullmatch(r"[\s,.]*(?:the\s|den\s)?", between)
        ):
            joined[-1] = replace(
                when, text=text[last.start : when.end], start=last.start, weekday=last.weekday
            )
        else:
            joined.append(when)
    return joined
