"""Has a language model begin on the stories of editions some time before these are due.

An edition never waits for a model: when it is composed, it takes what is written by then. Knows nothing of
how stories are chosen or written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.faults import described
from bot.handlers.desk import Desk
from bot.subscribers import ON

if TYPE_CHECKING:
    from bot.subscribers import Subscription

LOOK = 60.0  # seconds between two looks at what is due
_LEAST, _MOST = timedelta(minutes=8), timedelta(minutes=60)
_AGAIN = timedelta(minutes=8)  # before an edition is due: stories that moved since the first look
_STORIES = 5  # of an edition
_SIDE_BY_SIDE = 2  # stories that are written at a time
_A_STORY = 60.0  # seconds, as long as nothing is known of the model

_log = structlog.get_logger()


async def keep_ahead(desk: Desk) -> None:
    """Look every minute for as long as the bot runs; a fault ends nothing."""
    seen: set[tuple[int, datetime, bool]] = set()
    while desk.editions.has_model:
        try:
            seen = await look(desk, seen)
        except Exception as error:
            _log.error("ahead.failed", **described(error))
        await asyncio.sleep(LOOK)


async def look(desk: Desk, seen: set[tuple[int, datetime, bool]]) -> set[tuple[int, datetime, bool]]:
    """Have what is due soon begun, each edition once early and once shortly before; what was seen by now."""
    now = desk.clock()
    due = [each for each in await desk.subscribers.due_by(now + _MOST) if each.state == ON]
    soon = now + lead(due, await desk.editions.pace())
    found = set[tuple[int, datetime, bool]]()
    for each in due:
        if each.due is None or each.due > soon or not desk.people.may_speak(each.by):
            continue
        mark = each.reader, each.due, each.due <= now + _AGAIN
        found.add(mark)
        if mark not in seen:
            await desk.editions.write(each, await desk.deliveries.latest(each.reader), now)
    return found


def lead(due: Sequence[Subscription], pace: float | None) -> timedelta:
    """How long before they are due editions are begun, for a model that takes so many seconds a story.

    Long enough for all their stories, of which equal subscriptions have the same.
    """
    different = {(each.role, each.industry, each.topics, each.length, each.language) for each in due}
    seconds = (pace or _A_STORY) * _STORIES * len(different) / _SIDE_BY_SIDE
    return min(_MOST, _LEAST + timedelta(seconds=seconds))
