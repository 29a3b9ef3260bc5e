"""Reads the small facts about a document: dates, addresses, names. Knows nothing of files and their kinds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from retrieval.extract.text import clean_line

_LONGEST_ADDRESS = 2_000
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


def moment(value: object) -> datetime | None:
    """An ISO or mail date as an aware datetime in UTC, or None for anything else.

    Midnight where only the day is said, UTC where no zone is.
    """
    if not isinstance(value, str):
        return None
    said = _SLASHED.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", value.strip()[:64])
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        try:
            found = parsedate_to_datetime(said)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return in_utc(found)


def in_utc(found: datetime) -> datetime | None:
    """The same moment in UTC, or None where it lies outside the calendar."""
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def plausible(found: datetime | None) -> datetime | None:
    """The moment, unless it lies in the future or before there were such files: then nobody meant it."""
    if found is None or found.year < 1980 or found > datetime.now(UTC) + timedelta(days=1):
        return None
    return found


def address(value: object) -> str | None:
    """An absolute http or https address as it was written, or None."""
    if not isinstance(value, str):
        return None
    said = value.strip()
    if not said.isprintable() or " " in said or len(said) > _LONGEST_ADDRESS:
        return None
    try:
        parts = urlsplit(said)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return said if good else None


def host(url: str | None) -> str | None:
    """The host of an address without ``www.``: how a publisher is known where nobody names it."""
    if not url:
        return None
    name = clean_line(urlsplit(url).hostname or "", 253)
    return name.removeprefix("www.") or None


def line(value: object, limit: int = 200) -> str | None:
    """A short text (an author, a publisher) as one clean line, or None where it says nothing."""
    return (clean_line(value, limit) or None) if isinstance(value, str) else None


def language(value: object) -> str | None:
    """A language tag such as ``en`` or ``pt-BR``, or None."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value.strip()):
        return None
    first, *rest = value.strip().replace("_", "-").split("-")
    return "-".join([first.lower(), *rest])
