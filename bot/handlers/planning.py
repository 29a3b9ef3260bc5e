"""Claims the editions that are due soon and has them written ahead. Knows nothing of how they are sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

import prompts
from bot.deliveries import Delivery, Parcel
from bot.dues import next_due
from bot.editions import uncorrected, unread
from bot.faults import described
from bot.handlers.briefings import parcels_of
from bot.handlers.desk import Desk
from bot.render import plain_parts
from bot.render.clean import day
from bot.subscribers import ON, Subscription

_AHEAD = timedelta(minutes=3)  # an edition is written so long before it is due
_AT_ONCE = 20  # editions written before what is due is planned anew
_SOON = timedelta(seconds=20)
_TRIES = 3
_PRUNED_EVERY = timedelta(hours=1)

_log = structlog.get_logger()


class Planner:
    """Writes the editions that are due first. ``ready`` is called with each that may go at once."""

    def __init__(self, desk: Desk, ready: Callable[[], object]) -> None:
        self._desk = desk
        self._ready = ready
        self._tries: Counter[int] = Counter()
        self._pruned: datetime | None = None

    async def look(self) -> float | None:
        """Claim and write what is due; in how many seconds there is more to do, if that is known."""
        await self._clear()
        await self._plan()
        unwritten = await self._desk.deliveries.unwritten(_AT_ONCE)
        for delivery in unwritten:
            await self._make(delivery)
        return 0.0 if unwritten else None

    async def _clear(self) -> None:
        """Close what waited too long; now and then drop what is old."""
        now = self._desk.clock()
        await self._desk.deliveries.close_late()
        if self._pruned is None or now - self._pruned > _PRUNED_EVERY:
            self._pruned = now
            await self._desk.deliveries.prune()

    async def _plan(self) -> None:
        """Claim the editions that are due soon."""
        desk = self._desk
        soon = desk.clock() + _AHEAD
        for subscription in await desk.subscribers.due_by(soon):
            due = next_due(subscription.rhythm, subscription.last, soon)
            if due is None or due.at > soon:
                await desk.subscribers.keep(subscription)
                continue
            await desk.deliveries.claim(subscription.reader, due)
            await desk.subscribers.delivered(subscription.reader, due.day)

    async def _make(self, delivery: Delivery) -> None:
        """Have one edition written; after some tries in vain, say so."""
        if not await self._desk.deliveries.lease(delivery.id):
            return
        try:
            await self._write(delivery)
        except Exception as error:
            _log.error("edition.failed", delivery=delivery.id, **described(error))
            await self._failed(delivery)
        else:
            self._tries.pop(delivery.id, None)
            if delivery.at <= self._desk.clock() + _SOON:
                self._ready()

    async def _write(self, delivery: Delivery) -> None:
        desk = self._desk
        subscription = await desk.subscribers.find(delivery.reader)
        if subscription is None or not wanted(desk, subscription):
            await desk.deliveries.skip(delivery.id, "unwanted")
            return
        made = desk.clock()
        parcels = await self._parcels(delivery, subscription, made)
        if parcels:
            await desk.deliveries.ready(delivery.id, parcels, made)
        else:
            await desk.deliveries.skip(delivery.id, "quiet")

    async def _parcels(self, delivery: Delivery, subscription: Subscription, made: datetime) -> list[Parcel]:
        """The messages of an edition; none on a quiet day, where that is not worth a line."""
        desk = self._desk
        since = await desk.deliveries.latest(delivery.reader)
        briefing = await desk.editions.write(subscription, since, made)
        news = unread(briefing, await desk.deliveries.told(delivery.reader))
        news = uncorrected(news, await desk.corrections.said(delivery.reader))
        if not news.pieces and not subscription.quiet:
            return []
        return await parcels_of(desk, subscription, news, delivery.day, delivery.at)

    async def _failed(self, delivery: Delivery) -> None:
        self._tries[delivery.id] += 1
        if self._tries[delivery.id] < _TRIES:
            await self._desk.deliveries.release(delivery.id)
            return
        del self._tries[delivery.id]
        await self._desk.deliveries.skip(delivery.id, "failed")
        subscription = await self._desk.subscribers.find(delivery.reader)
        if subscription:
            words = prompts.text("edition_failed", day=day(delivery.day))
            await self._desk.outbox.send_parts(subscription.place, plain_parts(words))


def wanted(desk: Desk, subscription: Subscription) -> bool:
    """Whether a subscription's editions are to be sent now."""
    return subscription.state == ON and desk.people.may_speak(subscription.by)
