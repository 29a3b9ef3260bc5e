"""Says when something was or will be, as people speak of it. Knows nothing of what it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.render.clean import day

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LONG_AGO = timedelta(days=10)


def ago(then: datetime, now: datetime) -> str:
    """How long ago: "2 hours ago", "3 days ago", and the date of what lies further back."""
    past = now - then
    if past < _MINUTE:
        return "just now"
    return day(then) if past > _LONG_AGO else f"{_rounded(past)} ago"


def ahead(then: datetime, now: datetime) -> str:
    """How soon: "in about 2 hours"."""
    left = then - now
    return "in a moment" if left < 2 * _MINUTE else f"in about {_rounded(left)}"


def _rounded(span: timedelta) -> str:
    """A span in its largest whole unit."""
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if span >= unit:
            # 1 hour 50 is called 2 hours, but never 24 hours
            count = min(round(span / unit), 23 if unit == _HOUR else 59 if unit == _MINUTE else 10**6)
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "1 minute"
