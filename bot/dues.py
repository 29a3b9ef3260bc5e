"""Decides when somebody's next edition is due, one for each local date. Knows nothing of who or what.

Clocks go forward and back, and a zone may skip a whole day: a time that does not exist is the moment right
after it, if that is still the same date, else the last one before; of a time that comes twice, the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))

_DAY = timedelta(days=1)
_FURTHEST = 15  # days: one weekday, which a zone may skip once


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When editions come: a minute of the local day, and the weekdays (0 is Monday).

    ``since`` is the moment from which this holds; no edition is due for a time before it.
    """

    zone: str
    minute: int
    days: frozenset[int]
    since: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """The edition of a local date, and the moment (UTC) it is due."""

    day: date
    at: datetime


def next_due(rhythm: Rhythm, last: date | None, now: datetime) -> Due | None:
    """The edition to come after that of the local date ``last``; its moment has passed where one was missed.

    Of several that were missed only the latest is due. None where no weekday is wanted.
    """
    today = now.astimezone(ZoneInfo(rhythm.zone)).date()
    dues = [due for at in range(-_FURTHEST, _FURTHEST + 2) if (due := _of(rhythm, today + at * _DAY))]
    left = [due for due in dues if due.at > rhythm.since and (last is None or due.day > last)]
    missed = [due for due in left if due.at <= now]
    if missed:
        return missed[-1]
    if left:
        return left[0]
    # after a journey over the date line, or a clock set right, the last date may lie ahead
    later = (_of(rhythm, last + at * _DAY) for at in range(1, _FURTHEST + 1)) if last else iter(())
    return next((due for due in later if due), None)


def moment(zone: str, day: date, minute: int) -> datetime | None:
    """When (UTC) it is this minute of a local date; None where the zone skips that date."""
    local = datetime.combine(day, time(*divmod(minute, 60)), ZoneInfo(zone))
    for fold in (0, 1):
        found = local.replace(fold=fold).astimezone(UTC)
        if found.astimezone(local.tzinfo).date() == day:
            return found
    return None


def _of(rhythm: Rhythm, day: date) -> Due | None:
    if day.weekday() not in rhythm.days:
        return None
    at = moment(rhythm.zone, day, rhythm.minute)
    return Due(day, at) if at else None
