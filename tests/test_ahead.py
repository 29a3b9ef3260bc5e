"""A language model begins on editions before they are due, and no edition ever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from modelserver import ModelServer, hang, says
from test_brief_written import STORY, mill, writing

from bot import deliveries, subscribers
from bot.deliveries import Deliveries
from bot.dues import EVERY_DAY, Rhythm
from bot.editions import Editions
from bot.handlers import ahead
from bot.outbox import Place
from bot.subscribers import Subscribers, Subscription
from retrieval import database
from retrieval.database import rows
from retrieval.library import Library

NOW = datetime(2026, 11, 17, 6, 40, tzinfo=UTC)  # the fire's second day


class Nothing:
    """Sources that nobody follows."""

    async def sources(self, owner: str) -> Sequence[Any]:
        return ()


async def desk_of(library: Library, editions: Editions, *subscribed: Subscription) -> Any:
    for component, steps in (("subscribers", subscribers.SCHEMA), ("deliveries", deliveries.SCHEMA)):
        await database.apply(library.engine, component, steps)
    desk = SimpleNamespace(
        clock=lambda: NOW,
        people=SimpleNamespace(may_speak=lambda person: True),
        subscribers=Subscribers(library.engine, lambda: NOW - timedelta(days=1)),
        deliveries=Deliveries(library.engine, lambda: NOW),
        editions=editions,
    )
    for each in subscribed:
        await desk.subscribers.keep(each)
        await database.execute(
            library.engine, "UPDATE subscribers SET due = :due", due=(NOW + timedelta(minutes=10)).isoformat()
        )
    return desk


def reader(number: int, **wants: Any) -> Subscription:
    rhythm = Rhythm("Etc/UTC", 7 * 60, EVERY_DAY, NOW - timedelta(days=1))
    return replace(Subscription(number, Place(number), number, rhythm), **wants)


async def test_stories_are_written_before_they_are_due_once_for_equal_readers(tmp_path: Path) -> None:
    with ModelServer(lambda request: says(writing(*STORY)(request), wait=0.3)) as server:
        async with mill(tmp_path, server) as library:
            editions = Editions(library, Nothing())  # type: ignore[arg-type]
            readers = [reader(1), reader(2), reader(3, length="deep")]
            desk = await desk_of(library, editions, *readers)
            seen = await ahead.look(desk, set())
            early = await editions.write(readers[0], None, NOW)
            assert early.without_model == "late"  # nobody waits
            assert [piece.mode for piece in early.pieces] == ["extractive"]
            assert await ahead.look(desk, seen) == seen
            later = await editions.write(readers[0], None, NOW + timedelta(minutes=1), patience=10)
            assert [piece.mode for piece in later.pieces] == ["model"]
            assert len(server.requests) == 2  # a standard story for two, a deep one for the third
            assert await editions.pace()
            await editions.close()


async def test_a_model_that_hangs_holds_up_nothing(tmp_path: Path) -> None:
    with ModelServer(lambda request: hang()) as server:
        async with mill(tmp_path, server) as library:
            editions = Editions(library, Nothing())  # type: ignore[arg-type]
            desk = await desk_of(library, editions, reader(1))
            async with asyncio.timeout(8):
                await ahead.look(desk, set())
                briefing = await editions.write(reader(1), None, NOW, patience=0.2)
                await editions.close()
            assert briefing.without_model == "late"
            assert briefing.pieces[0].bullets
            assert not await rows(library.engine, "SELECT 1 FROM written_stories")


def test_how_long_before_depends_on_the_model_and_on_how_many_different_editions_there_are() -> None:
    same, different = [reader(n) for n in range(50)], [reader(n, role=f"role {n}") for n in range(50)]
    assert ahead.lead(same, 6.0) < ahead.lead(same, 120.0) < ahead.lead(different, 120.0)
    assert ahead.lead(same, 6.0) < timedelta(minutes=9)
    assert ahead.lead(different, 600.0) == timedelta(minutes=60)
