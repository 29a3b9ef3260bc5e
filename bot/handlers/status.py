"""Tells what became of somebody's last editions, and when the next one comes. Knows nothing of sending."""

from __future__ import annotations

from bot.handlers import subscribing
from bot.handlers.desk import Desk, Visit
from bot.render.status import status_parts

_SHOWN = 7  # editions: a week fits a phone
_TROUBLED = ("failing", "gone")


async def status(desk: Desk, visit: Visit, _words: str) -> None:
    """Show the last editions of this chat; in a group to its admins."""
    kept = await subscribing.subscribed(desk, visit)
    if kept:
        past = await desk.deliveries.past(kept.reader, _SHOWN)
        every = [each for owner in kept.scope.owners for each in await desk.following.sources(owner)]
        failing = sum(each.state.value in _TROUBLED for each in every)
        parts = status_parts(kept, past, desk.clock(), sources=len(every), failing=failing)
        await desk.outbox.send_parts(visit.place, parts)
    await subscribing.tell_lost(desk, visit)
