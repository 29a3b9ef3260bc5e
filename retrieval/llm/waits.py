"""How long to wait before asking a server again, and when to leave it alone. Knows nothing of requests."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from retrieval.errors import ModelFault

_FIRST_PAUSE = 0.5
_FAILURES = 3  # calls in a row, each tried several times
_FIRST_REST = 10.0
_LONGEST_REST = 300.0
_LONGEST_OBEYED = 3600.0  # a server that asks for a day may be well again sooner


def told(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds a server asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date."""
    try:
        if "retry-after-ms" in headers:
            wait = float(headers["retry-after-ms"]) / 1000
        else:
            wait = float(headers["retry-after"])
    except KeyError:
        return None
    except ValueError:
        return _until(headers.get("retry-after", ""), now)
    return wait if math.isfinite(wait) and wait >= 0 else None


def _until(date: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def pause(attempt: int) -> float:
    """Seconds before the attempt after this one (from 1 on): doubling, and half of it by chance.

    The chance keeps callers that failed together from coming back together ("equal jitter": M. Brooker,
    Exponential Backoff and Jitter, 2015).
    """
    longest: float = _FIRST_PAUSE * 2 ** (attempt - 1)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it


class Breaker:
    """Keeps callers from a server that failed several times in a row, for a growing time.

    After that time one caller may try; the others wait for how it fares.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._until = 0.0
        self._probing = False

    def admit(self) -> bool:
        """Let a call through, and say whether it is the one that tries. Raises ModelFault for others."""
        left = self._until - self._clock()
        if left > 0 or self._probing:
            moment = f"in {math.ceil(left)} seconds" if left > 0 else "in a moment"
            raise ModelFault(
                f"The language model's server has failed or is busy: it is asked again {moment}."
            )
        self._probing = self._until > 0
        return self._probing

    def succeeded(self) -> None:
        """A call came to its end."""
        self._failures, self._until = 0, 0.0

    def failed(self, wait: float | None = None) -> None:
        """A call failed for a reason that lies with the server; ``wait`` is how long it asked to wait."""
        self._failures += 1
        rest = min(wait or 0.0, _LONGEST_OBEYED)
        if self._failures >= _FAILURES:
            grown = _FIRST_REST * 2.0 ** min(self._failures - _FAILURES, 10)
            rest = max(rest, min(grown, _LONGEST_REST))
        if rest:
            self._until = max(self._until, self._clock() + rest)

    def left(self, probe: bool) -> None:
        """A call that was let through is over, whatever became of it."""
        if probe:
            self._probing = False
