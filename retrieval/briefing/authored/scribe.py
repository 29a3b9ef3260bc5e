"""Has stories written by a model: each version once, whoever waits for it, and for no longer than they may.

What is not ready in time is written to its end for those who come later. Knows nothing of how a story is
chosen or shown, or of who reads it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

import structlog

from retrieval.briefing.authored.written import Kept, Key, WrittenStories
from retrieval.briefing.telling import UNTOLD, Telling
from retrieval.briefing.types import NOTHING, Cost
from retrieval.gate.types import Verdict
from retrieval.llm import tally
from retrieval.types import Document
from retrieval.writing import Writer
from retrieval.writing.tasks import Assignment, Written

LATE = "late"

_log = structlog.get_logger()


class Job(Assignment, Protocol):
    """What is to be written, and how its statements are laid out."""

    def arrange(self, verdicts: Sequence[Verdict]) -> Telling:
        """The statements that passed, in their places."""


@dataclass(frozen=True)
class Order:
    """Something that is wanted in writing: what it is kept under, and how it is written where it is not.

    ``story`` is its number, 0 where it is of several. ``documents`` are those it is written from by their
    numbers, ``hashes`` what they held when it was ordered.
    """

    key: Key
    story: int
    documents: Mapping[int, Document]
    hashes: Mapping[int, str]
    task: Callable[[], Job]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an order. ``fault`` says why nothing was written: budget, outage or late."""

    telling: Telling = UNTOLD
    withheld: int = 0
    cost: Cost = NOTHING
    fault: str | None = None


class Scribe:
    """One model, and what it wrote so far."""

    def __init__(self, writer: Writer, written: WrittenStories) -> None:
        self._writer = writer
        self._written = written
        self._under_way: dict[Key, asyncio.Task[Result]] = {}
        self._room = asyncio.Semaphore(writer.side_by_side)

    async def write(self, orders: Sequence[Order], patience: float | None) -> list[Result]:
        """What is or becomes written within ``patience`` seconds (None: however long it takes), in order."""
        await self._written.open()
        tasks = [await self._begun(order) for order in orders]
        waiting = {task for task in tasks if isinstance(task, asyncio.Task)}
        if waiting:
            await asyncio.wait(waiting, timeout=patience)
        return [self._result(task) for task in tasks]

    async def settled(self, patience: float) -> None:
        """Wait until what is being written now is written, for so many seconds at most."""
        if self._under_way:
            await asyncio.wait(set(self._under_way.values()), timeout=patience)

    async def close(self) -> None:
        """End what is being written."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begun(self, order: Order) -> Result | asyncio.Task[Result]:
        """What is written already, or the one writing of it."""
        if order.key in self._under_way:
            return self._under_way[order.key]
        kept = await self._written.find(order.key, order.documents)
        if kept:
            return Result(kept.telling, kept.withheld, await self._written.cost(order.key))
        if order.key not in self._under_way:
            task = asyncio.create_task(self._guarded(order))
            self._under_way[order.key] = task
            task.add_done_callback(lambda _done: self._under_way.pop(order.key, None))
        return self._under_way[order.key]

    def _result(self, task: Result | asyncio.Task[Result]) -> Result:
        if isinstance(task, Result):
            return task
        return task.result() if task.done() and not task.cancelled() else Result(fault=LATE)

    async def _guarded(self, order: Order) -> Result:
        """One story; whatever goes wrong with it, the edition is told without."""
        async with self._room:
            try:
                return await self._write(order)
            except Exception as error:
                _log.error("story.failed", story=order.story, error=type(error).__name__)
                return Result(fault="outage")

    async def _write(self, order: Order) -> Result:
        began = time.monotonic()
        task = await asyncio.to_thread(order.task)
        with tally.counted() as spent:
            written = await self._last(task)
        telling = await asyncio.to_thread(task.arrange, written.statements)
        took = round(time.monotonic() - began, 1)
        cost = Cost(spent.calls, spent.read, spent.written, spent.cost)
        if cost.calls:
            await self._written.book(order.key, order.story, cost, took)
        told = len(list(telling))
        if told or not written.fault:  # what came to nothing is not tried again
            await self._written.keep(order.key, Kept(telling, written.withheld), order.hashes)
        _log.info(
            "story.written",
            story=order.story, length=order.key.length, language=order.key.language, statements=told,
            withheld=written.withheld, fault=written.fault, calls=cost.calls, read=cost.read,
            written=cost.written, money=round(cost.money, 6), took=took,
        )  # fmt: skip
        return Result(telling, written.withheld, cost, None if told else written.fault)

    async def _last(self, task: Job) -> Written:
        """All that the model writes."""
        async with aclosing(self._writer.write(task)) as growing:
            return [written async for written in growing][-1]
