"""Reads a question: what it is about, which time it speaks of, whose reports it asks for.

Knows nothing of passages or how they are ranked.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from retrieval.terms import question_terms, terms

# Months in English, German, French, Spanish, Italian, Portuguese and Russian.
_NAMES = """january jan januar jänner janvier enero gennaio janeiro января январь январе
february feb februar février febrero febbraio fevereiro февраля февраль феврале
march mar märz mars marzo março марта март марте
april apr avril abril aprile апреля апрель апреле
may mai mayo maggio maio мая май мае
june jun juni juin junio giugno junho июня июнь июне
july jul juli juillet julio luglio julho июля июль июле
august aug août agosto августа август августе
september sep sept septembre septiembre settembre setembro сентября сентябрь сентябре
october oct oktober okt octobre octubre ottobre outubro октября октябрь октябре
november nov novembre noviembre novembro ноября ноябрь ноябре
december dec dezember dez décembre diciembre dicembre dezembro декабря декабрь декабре"""
_MONTHS = {name: number for number, line in enumerate(_NAMES.split("\n"), 1) for name in line.split()}
_MONTH = rf"\b(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_YEAR = r"\b(?P<year>(?:1[5-9]|20)\d\d)\b"
_DAY = r"(?<![\d.,])(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º)?\b\.?"
_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}-(?P<month>[01]?\d)-(?P<day>[0-3]?\d)\b",
        rf"{_DAY}\s+(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:de\s+)?{_YEAR})?",
        rf"{_MONTH}\s+{_DAY}(?!\d)(?:,?\s+{_YEAR})?",
        rf"{_MONTH},?\s+(?:de\s+)?{_YEAR}",
        rf"(?<![$€£#.,\-–]){_YEAR}(?![%.,]\d|%)",
    )
]
# "the first since 1966" is asked about now; the year only measures it.
_MEASURE = re.compile(
    r"(?:since|after|until|till|than|seit|nach|bis|depuis|après|desde|dal|с|после)\s+$", re.I
)
_PAST = re.compile(
    r"\b(?:years|decades|centuries|months) ago\b|\b(?:historically|originally|in history|ancient|century)\b"
    r"|\b(?:vor \d+ jahren|il y a|hace \d+ años|лет назад)\b",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"(?:according to|reported by|per|from|by|in|on|via|at|did|does|what|laut|selon|según)\s+$", re.I
)
_ENDINGS = re.compile(r"\.(?:com|org|net|gov|edu|info|news|co|ac|[a-z]{2})$")


@dataclass(frozen=True, slots=True)
class When:
    """A date or part of one that a question mentions; where it names no year, the latest that has been."""

    year: int | None
    month: int | None = None
    day: int | None = None

    def period(self, today: date) -> tuple[date, date] | None:
        """The first and last day meant, seen from ``today``; None for a day that no calendar has."""
        try:
            first = date(self.year or today.year, self.month or 1, self.day or 1)
            if self.year is None and first > today:
                first = first.replace(year=today.year - 1)
        except ValueError:
            return None
        if self.day:
            return first, first
        month = self.month or 12
        return first, first.replace(month=month, day=monthrange(first.year, month)[1])


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood of a question.

    ``terms`` carry its meaning, each once, in order; ``pairs`` are those that stand side by side in it.
    ``dates`` are the times it speaks of; ``past`` says that it asks about the past in other words.
    """

    terms: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    dates: tuple[When, ...] = ()
    publisher: str | None = None
    past: bool = False


def understand(question: str, publishers: Collection[str] = ()) -> Question:
    """Reads a question; ``publishers`` are those it may name, as names or as addresses of sites."""
    meaningful = question_terms(question)
    kept, every = set(meaningful), terms(question)
    pairs = dict.fromkeys(pair for pair in pairwise(every) if kept.issuperset(pair))
    return Question(
        terms=tuple(meaningful),
        pairs=tuple(pairs),
        dates=tuple(_dates(question)),
        publisher=_publisher(question, publishers),
        past=bool(_PAST.search(question)),
    )


def _dates(question: str) -> Iterator[When]:
    rest = question
    for pattern in _DATES:
        for match in pattern.finditer(rest):
            found = match.groupdict()
            name = found.get("month")
            if name == "may" and not found.get("year"):  # "the 3 may leave"
                continue
            if not _MEASURE.search(question, 0, match.start()):
                month = int(name) if name and name.isdigit() else _MONTHS.get((name or "").lower())
                year, day = found.get("year"), found.get("day")
                yield When(int(year) if year else None, month, int(day) if day else None)
        rest = pattern.sub(lambda match: " " * len(match.group()), rest)


def _publisher(question: str, publishers: Collection[str]) -> str | None:
    """The known publisher that a question names, the longest name where several fit.

    A name that may be a plain word ("Time", "Nature") counts only where the word before it says so.
    """
    letters = _letters(question)
    best: tuple[int, str] | None = None
    for publisher in publishers:
        full = publisher.removeprefix("www.")
        name = full
        while (shorter := _ENDINGS.sub("", name)) != name and shorter:
            name = shorter
        found = len(_letters(name))
        if found < 3 or (best and found <= best[0]) or _letters(name) not in letters:
            continue
        if (full != name and full.casefold() in question.casefold()) or _says(question, name):
            best = (found, publisher)
    return best[1] if best else None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _says(question: str, name: str) -> bool:
    """Whether a name stands in a question as a name: in capitals, of several words, or after a cue."""
    spaced = r"[\s\-.]*".join(re.escape(char) for char in name if char.isalnum())
    for match in re.finditer(rf"(?<!\w){spaced}(?!\w)", question, re.IGNORECASE):
        said = match.group()
        cued = not said.islower() and _CUE.search(question, 0, match.start())
        if said.isupper() or cued or (" " in said and said.split()[-1][:1].isupper()):
            return True
    return False
