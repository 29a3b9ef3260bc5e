"""Adds up what the calls cost that are made for one purpose. Knows nothing of budgets or of who pays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from retrieval.llm.reading import Usage


@dataclass(slots=True)
class Tally:
    """What the calls so far used, in tokens and in money."""

    calls: int = 0
    read: int = 0
    written: int = 0
    cost: float = 0.0


_open: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count every call that is made inside, also by tasks begun there."""
    tally = Tally()
    token = _open.set(tally)
    try:
        yield tally
    finally:
        _open.reset(token)


def count(usage: Usage, cost: float) -> None:
    """Add a call to the count that is open, if any; one that used nothing was never made."""
    tally = _open.get()
    if tally is not None and (usage.read or usage.written):
        tally.calls += 1
        tally.read += usage.read
        tally.written += usage.written
        tally.cost += cost
