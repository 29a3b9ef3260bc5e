"""Shows that something takes long, and puts the result in the place of what it showed. Knows no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from telegram.error import TelegramError

import prompts
from bot.aside import undisturbed
from bot.faults import described
from bot.handlers.desk import Desk, Visit, say
from bot.render import Button, Part, plain_parts, said_parts
from bot.turns import State, Work
from retrieval.errors import FootnoteError

_SOON = 1.5  # seconds; what takes longer says what it is doing
_PACE = 3.0  # seconds between two changes of a message

_log = structlog.get_logger()


class Waiting:
    """One message at most that says how far the work is, until the result takes its place."""

    def __init__(self, desk: Desk, visit: Visit, words: str, over: int | None) -> None:
        self._desk = desk
        self._visit = visit
        self._words = self._shown = words
        self._message = over
        self._changed = time.monotonic() if over else 0.0
        self._lock = asyncio.Lock()

    async def say(self, words: str) -> None:
        """Say something else, if enough time went by; a frame that Telegram does not take is left out."""
        self._words = words
        if self._message is None or time.monotonic() - self._changed < _PACE:
            return
        async with self._lock:
            await self._draw()

    async def begin(self) -> None:
        """Show the words, after a moment in which the work may be done already."""
        await asyncio.sleep(_SOON)
        async with self._lock:
            await self._draw()

    async def end(self, parts: Sequence[Part]) -> None:
        """Send the result; the first part of it takes the place of what was shown."""
        await self._desk.outbox.deliver(self._visit.place, parts, over=self._message)

    async def _draw(self) -> None:
        part = said_parts(self._words)[0]
        with suppress(TelegramError, KeyError):
            if self._message is None:
                self._message = await self._desk.outbox.begin(self._visit.place, part)
            elif self._words != self._shown:
                await self._desk.outbox.edit(self._visit.chat, self._message, part)
        self._changed, self._shown = time.monotonic(), self._words


async def in_turn(desk: Desk, visit: Visit, work: Work) -> bool:
    """Do something long when it is this chat's turn, or say that too much waits; whether it will be done."""
    turn = desk.uploads.take(visit.chat, work)
    if turn.state is State.REFUSED and turn.first:
        await say(desk, visit, "too_many_uploads")
    return turn.state is not State.REFUSED


async def work_on(
    desk: Desk,
    visit: Visit,
    words: str,
    work: Callable[[Waiting], Awaitable[list[Part]]],
    over: int | None = None,
    again: str | None = None,
) -> None:
    """Show ``words`` while ``work`` is done, then what it made, or the one sentence that says why not.

    ``over`` is a message of ours that may be used for all of it. ``again`` is the data of a button that tries
    once more, offered below the reason.
    """
    retry = ((Button(prompts.text("source_retry_button"), again),),) if again else ()
    async with _shown(desk, visit, words, over) as wait:
        try:
            parts = await work(wait)
        except asyncio.CancelledError:  # the program ends: whoever waits is told, and the work is given up
            parts = plain_parts(prompts.text("interrupted"))
        except FootnoteError as error:
            _log.info("work.refused", chat=visit.chat, error=type(error).__name__)
            parts = said_parts(str(error), buttons=retry)
        except Exception as error:
            _log.error("work.failed", chat=visit.chat, **described(error))
            parts = plain_parts(prompts.text("failed"), buttons=retry)
    await undisturbed(wait.end(parts))


@asynccontextmanager
async def _shown(desk: Desk, visit: Visit, words: str, over: int | None) -> AsyncIterator[Waiting]:
    """Typing, and after a moment a message with these words."""
    shown = Waiting(desk, visit, words, over)
    beginning = asyncio.create_task(shown.begin())
    try:
        async with desk.outbox.typing(visit.place):
            yield shown
    finally:
        async with shown._lock:  # a message that is just being sent must be known before it is replaced
            beginning.cancel()
