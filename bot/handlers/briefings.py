"""Sends editions: plans what is due, has it written ahead, sends it part by part. Knows no settings.

A fault with one subscriber's edition costs nobody else anything.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

import prompts
from bot.deliveries import Delivery, Parcel
from bot.dues import next_due
from bot.editions import owner_of, unread
from bot.faults import described
from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.outcomes import Outcome
from bot.render import Button, Part, plain_parts
from bot.render.clean import day
from bot.render.editions import edition_parts, whole_parts
from bot.subscribers import AWAY, ON, Subscription

if TYPE_CHECKING:
    from retrieval.briefing import Briefing, Piece

TICK = 20.0  # seconds between two looks at what is due
_AHEAD = timedelta(minutes=3)  # an edition is written so long before it is due
_TRIES = 3
_SIDE_BY_SIDE = 60  # chats; each takes a message a second
_A_SECOND = 28.0  # messages of editions; Telegram takes 30 of a bot
_PACE = 1.0  # seconds between two messages in a chat

_STATES = {Outcome.UNCERTAIN: "uncertain", Outcome.REFUSED: "lost", Outcome.MOVED: "lost"}
_NOT_NOW = (Outcome.WAIT, Outcome.AGAIN)

_log = structlog.get_logger()


class Sender:
    """What is being sent, and how fast."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._tries: Counter[int] = Counter()
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._slot = 0.0
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Look every few seconds until cancelled; what is under way then is brought to an end of its own."""
        looking = asyncio.create_task(self._look())
        try:
            await asyncio.shield(looking)
        finally:
            self._stop.set()
            await asyncio.wait({looking, *self._sending.values()})

    async def _look(self) -> None:
        """Tick after tick; a fault ends nothing."""
        resumed = False
        while not self._stop.is_set():
            try:
                if not resumed:
                    await self._resume()
                    resumed = True
                await self._tick()
            except Exception as error:
                _log.error("editions.failed", **described(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), TICK)

    async def _resume(self) -> None:
        """Say honestly which editions may lack a part since the bot was interrupted."""
        for cut in await self._desk.deliveries.recover():
            subscription = await self._desk.subscribers.find(cut.reader)
            if subscription and self._desk.people.may_speak(subscription.by):
                words = prompts.text("edition_interrupted", day=day(cut.day))
                button = Button(prompts.text("uncertain_button"), f"ba:{cut.id}")
                parts = plain_parts(words, question_buttons=[button])
                await self._desk.outbox.send_parts(subscription.place, parts)

    async def _tick(self) -> None:
        await self._plan()
        for delivery in await self._desk.deliveries.open():
            if delivery.id in self._sending:
                continue
            if self._stop.is_set():
                return
            if delivery.state == "due":
                await self._make(delivery)
            elif delivery.at <= self._desk.clock():
                self._begin(delivery)

    async def _plan(self) -> None:
        """Claim the editions that are due soon."""
        desk = self._desk
        now = desk.clock() + _AHEAD
        for subscription in await desk.subscribers.due_by(now):
            due = next_due(subscription.rhythm, subscription.last, now)
            if due is None or due.at > now:
                await desk.subscribers.keep(subscription)
                continue
            await desk.deliveries.claim(subscription.reader, due)
            await desk.subscribers.delivered(subscription.reader, due.day)

    async def _make(self, delivery: Delivery) -> None:
        """Have one edition written; after some tries in vain, say so."""
        desk = self._desk
        if not await desk.deliveries.lease(delivery.id):
            return
        try:
            subscription = await desk.subscribers.find(delivery.reader)
            if subscription is None or not self._wanted(subscription):
                await desk.deliveries.skip(delivery.id, "unwanted")
                return
            since = await desk.deliveries.latest(delivery.reader)
            made = desk.clock()
            briefing = await desk.editions.write(subscription, since, made)
            told = await desk.deliveries.told(delivery.reader)
            news = unread(briefing, told)
            if not news.pieces and not subscription.quiet:
                await desk.deliveries.skip(delivery.id, "quiet")
                return
            parcels = await parcels_of(desk, subscription, news, delivery.day, delivery.at)
            await desk.deliveries.ready(delivery.id, parcels, made)
        except Exception as error:
            _log.error("edition.failed", delivery=delivery.id, **described(error))
            await self._failed(delivery)
        else:
            if delivery.at <= desk.clock():
                self._begin(delivery)

    async def _failed(self, delivery: Delivery) -> None:
        self._tries[delivery.id] += 1
        if self._tries[delivery.id] < _TRIES:
            await self._desk.deliveries.release(delivery.id)
            return
        await self._desk.deliveries.skip(delivery.id, "failed")
        subscription = await self._desk.subscribers.find(delivery.reader)
        if subscription:
            words = prompts.text("edition_failed", day=day(delivery.day))
            await self._desk.outbox.send_parts(subscription.place, plain_parts(words))

    def _begin(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._send(delivery))
        self._sending[delivery.id] = task
        task.add_done_callback(lambda _done: self._sending.pop(delivery.id, None))

    async def _send(self, delivery: Delivery) -> None:
        """Send the parts that are left, in order, a second apart."""
        over = asyncio.Event()
        try:
            async with self._room:
                while not (over.is_set() or self._stop.is_set()):
                    await self._turn()
                    await self._send_next(delivery, over)
                    if not over.is_set():
                        await asyncio.sleep(_PACE)
        except Exception as error:
            _log.error("edition.unsent", delivery=delivery.id, **described(error))

    async def _send_next(self, delivery: Delivery, over: asyncio.Event) -> None:
        """Send one part and note what became of it; ``over`` is set where nothing more is to be sent now."""
        desk = self._desk
        subscription = await desk.subscribers.find(delivery.reader)
        if subscription is None or not self._wanted(subscription):
            await desk.deliveries.skip(delivery.id, "unwanted")
            over.set()
            return
        found = await desk.deliveries.next_part(delivery.id)
        if found is None:
            await desk.deliveries.finish(delivery.id)
            _log.info("edition.sent", delivery=delivery.id)
            over.set()
            return
        number, part = found
        results = await desk.outbox.deliver(subscription.place, [part])
        await telling.remember(desk, Visit.to(subscription), [part], results)
        sent = results[0]
        if sent in _NOT_NOW:  # surely not sent: once more at the next tick
            await desk.deliveries.settle(delivery.id, number, "waiting")
            over.set()
        elif sent is Outcome.GONE:
            await desk.deliveries.settle(delivery.id, number, "lost")
            await desk.deliveries.skip(delivery.id, "away")
            await desk.subscribers.keep(replace(subscription, state=AWAY))
            _log.info("subscriber.away", reader=delivery.reader)
            over.set()
        else:
            state = "sent" if isinstance(sent, int) else _STATES[sent]
            await desk.deliveries.settle(delivery.id, number, state)

    def _wanted(self, subscription: Subscription) -> bool:
        return subscription.state == ON and self._desk.people.may_speak(subscription.by)

    async def _turn(self) -> None:
        """Wait until one more message may go out."""
        now = time.monotonic()
        self._slot = max(self._slot + 1 / _A_SECOND, now)
        await asyncio.sleep(self._slot - now)


async def parcels_of(
    desk: Desk, subscription: Subscription, briefing: Briefing, local: date, at: datetime | None = None
) -> list[Parcel]:
    """The messages of an edition that is due ``at`` a moment, or asked for.

    It is kept, and so are its whole stories, for whoever taps their buttons.
    """
    kept = []
    for piece in briefing.pieces:
        number = desk.editions.whole(piece)
        if number is None:
            number = await desk.stories.keep(owner_of(piece), piece)
            desk.editions.kept_whole(piece, number)
        kept.append(number)
    edition = await desk.kept_editions.keep(subscription.reader, local, briefing, kept, at)
    told = edition_parts(
        briefing,
        local,
        subscription.length,
        open_link=desk.open_link,
        whole=[f"bs:{number}" for number in kept],
        share=f"he:{edition}",
    )
    return [Parcel(each.part, tuple(piece.story for piece in each.pieces)) for each in told]


async def show_now(desk: Desk, visit: Visit, subscription: Subscription) -> None:
    """Send what the next edition would hold by now; the schedule stays as it is."""
    now = desk.clock()
    async with desk.outbox.typing(visit.place):
        try:
            since = await desk.deliveries.latest(subscription.reader)
            briefing = await desk.editions.write(subscription, since, now)
            local = now.astimezone(ZoneInfo(subscription.rhythm.zone)).date()
            parts = [each.part for each in await parcels_of(desk, subscription, briefing, local)]
        except Exception as error:
            _log.error("edition.failed", person=visit.person, **described(error))
            parts = plain_parts(prompts.text("failed"))
    results = await desk.outbox.deliver(visit.place, parts)
    await telling.remember(desk, visit, parts, results)


async def show_whole(desk: Desk, visit: Visit, piece: Piece) -> None:
    """Send a whole story that was kept for its button."""
    parts = whole_parts(piece, open_link=desk.open_link)
    results = await desk.outbox.deliver(visit.place, parts)
    await telling.remember(desk, visit, parts, results)


async def send_again(desk: Desk, visit: Visit, parts: Sequence[Part]) -> None:
    """Send the parts of which it was unknown whether they arrived, since the person asks for them."""
    results = await desk.outbox.deliver(visit.place, parts)
    await telling.remember(desk, visit, parts, results)
