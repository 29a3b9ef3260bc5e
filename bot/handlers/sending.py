"""Sends the editions that are made, each at its moment, part by part. Knows nothing of how they are made.

A part is claimed right before it is sent, so that after a crash as little as possible is uncertain. A chat
that has to wait gives its room to others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

import prompts
from bot.deliveries import Delivery
from bot.faults import described
from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.handlers.planning import wanted
from bot.outbox import Sent
from bot.outcomes import Outcome
from bot.render import Button, Part, plain_parts
from bot.render.clean import day
from bot.subscribers import AWAY, Subscription

PACE = 1.0  # seconds between two messages in a chat
_SIDE_BY_SIDE = 60  # chats
_WAITING = 500  # chats that Telegram asked to wait, beyond which no others are begun
_LONGEST = 60.0  # seconds until another try, where Telegram does not say

_NOT_NOW = (Outcome.WAIT, Outcome.AGAIN)

_log = structlog.get_logger()


class Sender:
    """What is being sent. ``free`` is called when there is room for more."""

    def __init__(self, desk: Desk, free: Callable[[], object]) -> None:
        self._desk = desk
        self._free = free
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._resting = 0
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._stop = asyncio.Event()

    async def look(self) -> float | None:
        """Begin what is due, as far as there is room; in how many seconds the next is, if that is known."""
        now = self._desk.clock()
        for delivery in await self._desk.deliveries.sendable(len(self._sending) + 2 * _SIDE_BY_SIDE):
            if delivery.id in self._sending:
                continue
            ahead = (delivery.at - now).total_seconds()
            if ahead > 0:
                return ahead
            if self._stop.is_set() or self._full():
                return None
            self._begin(delivery)
        return None

    async def end(self) -> None:
        """Begin nothing more, and wait until what is under way was answered."""
        self._stop.set()
        if self._sending:
            await asyncio.wait(self._sending.values())

    def _full(self) -> bool:
        """Whether as many are under way, or wait for room, as can be sent in some seconds."""
        return len(self._sending) - self._resting >= 2 * _SIDE_BY_SIDE or self._resting >= _WAITING

    def _begin(self, delivery: Delivery) -> None:
        def over(_done: object) -> None:
            del self._sending[delivery.id]
            if len(self._sending) - self._resting == _SIDE_BY_SIDE:
                self._free()

        task = asyncio.create_task(self._send(delivery))
        self._sending[delivery.id] = task
        task.add_done_callback(over)

    async def _send(self, delivery: Delivery) -> None:
        """Send the parts that are left, in order; where they have to wait, later."""
        tries = 0
        try:
            if delivery.doubtful:
                await self._desk.deliveries.note(delivery.id, _note(delivery))
            while not self._stop.is_set():
                async with self._room:
                    wait = await self._send_parts(delivery)
                if wait is None:
                    return
                tries += 1
                await self._rest(max(wait, min(_LONGEST, 2.0**tries)))
        except Exception as error:
            _log.error("edition.unsent", delivery=delivery.id, **described(error))

    async def _rest(self, seconds: float) -> None:
        self._resting += 1
        self._free()
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), seconds)
        finally:
            self._resting -= 1

    async def _send_parts(self, delivery: Delivery) -> float | None:
        """Send one part after another; None where nothing is left, else how many seconds to wait."""
        desk = self._desk
        while not self._stop.is_set():
            await desk.outbox.turn()
            subscription = await desk.subscribers.find(delivery.reader)
            if subscription is None or not wanted(desk, subscription):
                await desk.deliveries.skip(delivery.id, "unwanted")
                return None
            found = await desk.deliveries.next_part(delivery.id)
            if found is None:
                await desk.deliveries.finish(delivery.id)
                return None
            number, part = found
            sent, wait = await desk.outbox.post(subscription.place, part)
            if sent in _NOT_NOW:
                await desk.deliveries.settle(delivery.id, number, "waiting")
                return wait
            if sent is Outcome.GONE:
                await self._left_alone(delivery, subscription)
            left = await desk.deliveries.settle(delivery.id, number, _state(sent), _note(delivery))
            await telling.remember(desk, Visit.to(subscription), [part], [sent])
            if not left or sent is Outcome.GONE:
                _log.info("edition.ended", delivery=delivery.id)
                return None
            await asyncio.sleep(PACE)
        return None

    async def _left_alone(self, delivery: Delivery, subscription: Subscription) -> None:
        """Nobody is written to who does not want it."""
        await self._desk.deliveries.skip(delivery.id, "away")
        await self._desk.subscribers.keep(replace(subscription, state=AWAY))
        _log.info("subscriber.away", reader=delivery.reader)


def _state(sent: Sent) -> str:
    """What a part is that was sent with this outcome."""
    if isinstance(sent, int):
        return "sent"
    return "uncertain" if sent is Outcome.UNCERTAIN else "lost"


def _note(delivery: Delivery) -> Part:
    """A line that says that something may be missing, with a button for it."""
    words = prompts.text("edition_doubtful", day=day(delivery.day))
    button = Button(prompts.text("uncertain_button"), f"ba:{delivery.id}")
    (part,) = plain_parts(words, question_buttons=[button])
    return part
