"""Reads the dates of feeds, in every form that is found in the wild. Knows nothing of feeds themselves."""

from __future__ import annotations

import re
import time
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from retrieval.extract.fields import in_utc

_LONGEST = 80  # characters of a date
_MONTHS = {
    month: number
    for number, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
# Hours east of Greenwich, of the names that stand in feeds. Those with two meanings have the usual one.
_ZONES = {
    **{"z": 0.0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1},
    **{"cest": 2, "mest": 2, "mesz": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "trt": 3, "gst": 4},
    **{"pkt": 5, "ist": 5.5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "awst": 8, "pht": 8, "jst": 9, "kst": 9},
    **{"aest": 10, "acst": 9.5, "aedt": 11, "acdt": 10.5, "nzst": 12, "nzdt": 13, "art": -3, "brt": -3},
    **{"adt": -3, "ast": -4, "edt": -4, "clt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7},
    **{"pdt": -7, "pst": -8, "akdt": -8, "akst": -9, "hst": -10},
}
_CLOCK = (
    r"(?:[T,\s]+(?:at\s+)?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?)?"
)
_ZONE = (
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|(?:GMT|UTC)[+-]\d{1,2}(?::?\d{2})?"
    r"|[A-Z]{1,5}\b(?!/)|[A-Z][a-z]+/[A-Z][A-Za-z_]+)?"
)
_END = r"(?:\s*\(.*\)|\s+(?:GMT|UTC))?\s*$"
_MAIL = re.compile(
    r"^(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+"
    rf"(?P<year>\d{{4}}|\d{{2}})\b,?{_CLOCK}{_ZONE}{_END}",
    re.I,
)
_US = re.compile(
    r"^(?:[a-z]+\.?,?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
    rf"{_CLOCK}{_ZONE}{_END}",
    re.I,
)
_ASCTIME = re.compile(
    r"^[a-z]{3,9},?\s+(?P<name>[a-z]{3,9})\s+(?P<day>\d{1,2})"
    r"\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})"
    r"\s+(?P<zone>[A-Z]{1,5}\s+|[+-]\d{4}\s+)?(?P<year>\d{4})$",
    re.I,
)
_ISO = re.compile(
    r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?" + _CLOCK + _ZONE + _END, re.I
)
_PACKED = re.compile(
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2}))?" + _ZONE + "$",
    re.I,
)
_OFFSET = re.compile(r"(?:gmt|utc)?([+-])(\d{1,2}?):?(\d{2})?", re.I)
_WORD = re.compile(r"[^\W\d_]{2}|[年月日]")
_STAMP = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")


class Dates:
    """Reads the dates of one feed, written in ``language``. Remembers those that took long."""

    _PATIENCE = 1.5  # seconds of processor time for the slow reader of all languages, of one feed

    def __init__(self, language: str | None = None) -> None:
        self._language = (language or "").partition("-")[0].lower()
        self._slow: dict[str, datetime | None] = {}
        self._spent = 0.0

    def read(self, said: object) -> datetime | None:
        """A moment in UTC, midnight where only the day is said, or None where it is no date or nobody's.

        Dates before 1980 are what programs write that know none.
        """
        if isinstance(said, (int, float)) and not isinstance(said, bool):
            said = f"{said:.0f}" if 0 < said < 1e14 else ""
        if not isinstance(said, str):
            return None
        said = " ".join(said.split())[: _LONGEST + 1]
        if len(said) > _LONGEST or not any(map(str.isdigit, said)):
            return None
        found = _stamp(said) or _usual(said) or self._any_language(said)
        return found if found and found.year >= 1980 else None

    def _any_language(self, said: str) -> datetime | None:
        if not _WORD.search(said):
            return None
        if said not in self._slow and self._spent < self._PATIENCE:
            started = time.process_time()
            self._slow[said] = _searched(said, self._language)
            self._spent += time.process_time() - started
        return self._slow.get(said)


def _stamp(said: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not _STAMP.fullmatch(said):
        return None
    seconds = float(said)
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _usual(said: str) -> datetime | None:
    """A date as mail and ISO 8601 write it, with the slips that are usual in feeds."""
    for form in (_MAIL, _ISO, _PACKED, _US, _ASCTIME):
        if found := form.match(said):
            moment = _made(found.groupdict())
            if moment:
                return moment
    return None


def _made(parts: dict[str, str | None]) -> datetime | None:
    name = parts.get("name")
    month = _MONTHS.get(name[:3].lower(), 0) if name else int(parts["month"] or 0)
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") < 4:
        year += 2000 if year < 70 else 1900
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    elif parts.get("half") and hour == 0:
        return None
    try:
        day = datetime(year, month, int(parts["day"] or 1), tzinfo=_zone(parts.get("zone")))
        clock = timedelta(
            hours=hour, minutes=int(parts["minute"] or 0), seconds=min(59, int(parts["second"] or 0))
        )
        return in_utc(day + clock) if clock <= timedelta(hours=24) else None
    except (ValueError, OverflowError):
        return None


def _zone(zone: str | None) -> tzinfo:
    """The zone of a name or an offset; one that nobody knows, or that lies nowhere on earth, is UTC."""
    said = (zone or "").strip()
    if "/" in said:
        try:
            return ZoneInfo(said)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC
    found = _OFFSET.fullmatch(said)
    if not found:
        return timezone(timedelta(hours=_ZONES.get(said.lower(), 0)))
    away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if away > timedelta(hours=14):
        return UTC
    return timezone(-away if found[1] == "-" else away)


def _searched(said: str, language: str) -> datetime | None:
    """A date in any language that writes the day, the month and the year."""
    import dateparser

    settings = {
        "PARSERS": ["absolute-time"],  # "2 hours ago" tells nothing to who reads it tomorrow
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_AS_TIMEZONE_AWARE": True,
        "TIMEZONE": "UTC",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for languages in ([language], None) if language else (None,):
            with suppress(Exception):  # it raises anything at all on what is no date
                if found := dateparser.parse(said, languages=languages, settings=settings):
                    return in_utc(found)
    return None
