"""Shows on stderr how far long work has come, with its rate and the time left. Knows nothing of the work."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

_EVERY = 10.0  # seconds between two lines where there is no terminal to draw a bar on


class Show(Protocol):
    """Told how much of a piece of work is done."""

    def __call__(self, work: str, done: int, total: int) -> None:
        """``work`` names it as in "Reading documents"."""


@contextmanager
def shown() -> Iterator[Show]:
    """Bars on a terminal; elsewhere a line every ten seconds."""
    if sys.stderr.isatty():
        with _bars() as show:
            yield show
    else:
        yield _Lines()


@contextmanager
def _bars() -> Iterator[Show]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def show(work: str, done: int, total: int) -> None:
            if work not in tasks:
                tasks[work] = progress.add_task(work, total=total, rate="")
            speed = progress.tasks[tasks[work]].speed
            rate = f"{speed:.0f}/s" if speed else ""
            progress.update(tasks[work], completed=done, total=total, rate=rate)

        yield show


class _Lines:
    def __init__(self) -> None:
        self._started: dict[str, float] = {}
        self._told = time.monotonic()

    def __call__(self, work: str, done: int, total: int) -> None:
        now = time.monotonic()
        started = self._started.setdefault(work, now)
        if now - self._told < _EVERY or not done:
            return
        self._told = now
        rate = done / max(now - started, 0.001)
        left = (total - done) / rate
        print(f"{work}: {done} of {total}, {rate:.0f}/s, {left:.0f} s left", file=sys.stderr, flush=True)
