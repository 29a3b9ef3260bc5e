"""Decides when a source is looked at next and how it is doing. Knows nothing of storage and the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from retrieval.following.types import State

MOST = timedelta(days=1)  # between two looks
LEAST = timedelta(minutes=15)  # unless the source says that it changes more often
WEEK = timedelta(days=7)
TOLD_AFTER = 3  # failures in a row: an outage of half an hour is nobody's business

_LEAST_OF_ALL = timedelta(minutes=5)
_QUIET = timedelta(days=30)
_NONE = timedelta(0)
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.I)


def rhythm(this_week: int, every: timedelta | None) -> timedelta:
    """How long to wait for a source with so many items in a week that says it changes ``every`` so often.

    Half of the mean gap between two items: an item is then seen, on average, after a quarter of that gap.
    """
    least = max(_LEAST_OF_ALL, min(every, LEAST)) if every else LEAST
    return max(least, min(MOST, WEEK / (2 * max(this_week, 1))))


def asked_to_wait(headers: Mapping[str, str], every: timedelta | None) -> timedelta:
    """How long what was read holds, as its server and the source itself say; a day at the most."""
    return min(MOST, max(_freshness(headers), every or _NONE))


def next_look(now: datetime, interval: timedelta, wait: timedelta, chance: float) -> datetime:
    """When to look again: after the interval, a little sooner by ``chance`` (0 to 1), never before ``wait``.

    Sources that were added together drift apart, so that they do not all come due in one moment.
    """
    return now + max(interval * (1 - 0.1 * chance), wait * (1 + 0.05 * chance))


def retry(now: datetime, failures: int, retry_after: float | None, chance: float) -> datetime:
    """When to try again after so many failures in a row: each gap is twice the last, a day at the most.

    ``retry_after`` are the seconds that the server asked for, which it gets.
    """
    gap = min(MOST, LEAST * 2 ** min(failures - 1, 10))
    return next_look(now, gap, timedelta(seconds=retry_after or 0), chance)


def state(
    *, paused: bool, gone: bool, failing: bool, last_item: datetime | None, added: datetime, now: datetime
) -> State:
    """How a source is doing; the first of these that holds."""
    if gone:
        return State.GONE
    if paused:
        return State.PAUSED
    if failing:
        return State.FAILING
    return State.QUIET if now - (last_item or added) > _QUIET else State.FRESH


def _freshness(headers: Mapping[str, str]) -> timedelta:
    """The time that a response stays fresh (RFC 9111, 4.2.1), less what it has spent in caches."""
    said = _MAX_AGE.search(headers.get("cache-control", ""))
    if said:
        age = headers.get("age", "").strip()
        spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
        return max(_NONE, timedelta(seconds=int(said[1]) - spent))
    expires, date = _moment(headers.get("expires")), _moment(headers.get("date"))
    return max(_NONE, expires - date) if expires and date else _NONE


def _moment(said: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(said or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
