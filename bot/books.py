"""Reads and changes the database in a thread of its own, each piece of work in one visit.

A transaction that goes to a thread and back for each of its statements holds the lock of the file all that
time, and with many at once everybody waits for it. Knows nothing of what the tables hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.ext.asyncio import AsyncEngine

from retrieval.database import blocking, bound, writing

T = TypeVar("T")


class Books:
    """One thing after the other, in the order in which it was asked for."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._writing, self._reading = writing(engine), blocking(engine)
        self._thread = ThreadPoolExecutor(1, "books")

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Do some work as one transaction."""

        def run() -> T:
            with self._writing.begin() as connection:
                return work(connection)

        return await self._visit(run)

    async def run(self, query: str, **values: Any) -> None:
        """One change as a transaction; a list or tuple among the values fills an ``IN :name``."""
        await self.change(lambda connection: connection.execute(bound(query, values), values).close())

    async def rows(self, query: str, **values: Any) -> Sequence[Row[Any]]:
        """What a query that changes nothing finds; values as in :meth:`run`."""

        def run() -> Sequence[Row[Any]]:
            with self._reading.connect() as connection:
                return connection.execute(bound(query, values), values).all()

        return await self._visit(run)

    def close(self) -> None:
        """Let go of the database."""
        self._thread.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    async def _visit(self, work: Callable[[], T]) -> T:
        # what was begun is done, also where nobody waits for it any more
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
