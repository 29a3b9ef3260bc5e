"""Knows the months, weekdays and calendars of many languages. Knows nothing of texts."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from babel import Locale

from retrieval.gate.words import folded

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ru",
    "uk",
    "pl",
    "tr",
    "sv",
    "id",
    "fa",
    "ar",
    "hi",
    "el",
    "he",
)
_JALALI = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند"
_PREPOSITIONAL = "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре"


@lru_cache(maxsize=32)
def months(language: str) -> dict[str, int]:
    """The number of the month that a folded word names, in this language or in English."""
    found: dict[str, int] = {}
    for code in dict.fromkeys(["en", language if language in _LANGUAGES else "en"]):
        names = Locale.parse(code).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in names[form][width].items():
                    if not any(char.isdigit() for char in name):
                        found.setdefault(folded(name.rstrip(".")), number)
    if language == "ru":
        found |= {folded(name): number for number, name in enumerate(_PREPOSITIONAL.split(), 1)}
    return found | {"sept": 9}


@lru_cache(maxsize=1)
def persian_months() -> dict[str, int]:
    """The months of the Solar Hijri calendar."""
    return {folded(name): number for number, name in enumerate(_JALALI.split(), 1)}


@lru_cache(maxsize=1)
def weekdays() -> dict[str, int]:
    """The weekday (Monday is 0) that a folded word names, in any of the languages."""
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated") if language == "en" else ("wide",):
            for number, name in Locale.parse(language).days["format"][width].items():
                found.setdefault(folded(name), number)
    found |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3, "среду": 2, "пятницу": 4, "субботу": 5}
    found |= {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4}
    return {name: number for name, number in found.items() if name not in ("sun", "sat", "wed", "ma")}


def from_persian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Solar Hijri date; ValueError for a day that calendar has not.

    By the 33-year cycle of leap years, right for the years 1178 to 1633.
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError("no such day")
    leaps = (8 * (year - 1) + 29) // 33
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return date(622, 3, 21) + timedelta(365 * (year - 1) + leaps + before + day - 1)
