"""Shows an answer while it grows, at the pace Telegram allows. Knows nothing of what the answer says.

A frame is worth nothing once the next one is there: what cannot be shown now is left out, and whatever
goes wrong costs the answer neither time nor words. Only the newest frame is ever drawn.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import structlog
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.faults import described
from bot.outbox import Outbox, Place
from bot.outcomes import Outcome, outcome_of, unchanged
from bot.render import Part
from bot.wire import seconds_of

_PATIENCE = 5.0  # seconds for Telegram to take a frame
_FOR_GOOD = (Outcome.GONE, Outcome.REFUSED, Outcome.MOVED)

_log = structlog.get_logger()


class Canvas(Protocol):
    """Where frames are drawn: ``pace`` seconds apart, and again after ``fades`` seconds where they fade."""

    pace: float
    fades: float | None

    async def draw(self, part: Part) -> float:
        """Draw a frame: 0 where that went well, else for how many seconds to draw nothing."""

    @property
    def message(self) -> int | None:
        """The message the frames stand in, for the finished answer to take its place."""


class Drafts:
    """The previews of private chats, which Telegram shows above the keyboard and takes away by itself.

    A wait that Telegram asks for holds for later answers too. A server that does not know drafts is not
    asked again.
    """

    def __init__(self, bot: Bot) -> None:
        self.known = True
        self._wordless = True  # whether Telegram shows a preview without words as thinking
        self._bot = bot
        self._resting: dict[int, float] = {}

    def canvas(self, place: Place, number: int) -> DraftCanvas:
        """A preview in a private chat, under a number of its own that is not 0."""
        return DraftCanvas(self, place, number)

    async def draw(self, place: Place, number: int, part: Part) -> float:
        """Show a frame of a preview: 0 where that went well, else for how many seconds to draw nothing."""
        rest = self._resting.get(place.chat, 0.0) - time.monotonic()
        if rest > 0 or not self.known:
            return rest if self.known else math.inf
        self._resting.pop(place.chat, None)
        if not part.text and not self._wordless:
            return 0.0
        try:
            await self._bot.send_message_draft(
                place.chat,
                number,
                part.text,
                message_thread_id=place.thread,
                entities=part.entities,
                read_timeout=_PATIENCE,
                # The Stop button of Bot API 10.3; an older server does not look at what it does not know.
                api_kwargs={"can_stop": True, "keep_on_stop": True},
            )
        except (TelegramError, KeyError) as error:
            if not part.text and isinstance(error, BadRequest):
                self._wordless = False
                return 0.0
            return self._rest_after(error, place.chat)
        return 0.0

    def _rest_after(self, error: Exception, chat: int) -> float:
        _log.info("draft.failed", chat=chat, error=type(error).__name__)
        if isinstance(error, RetryAfter):
            self._resting[chat] = time.monotonic() + seconds_of(error)
            return seconds_of(error)
        if isinstance(error, InvalidToken):  # "Not Found": the method, since the token is used all the time
            self.known = False
        return math.inf if outcome_of(error) in _FOR_GOOD else 1.0


class DraftCanvas:
    """One preview; it fades after thirty seconds unless it is drawn again."""

    pace = 1.0
    fades: float | None = 20.0
    message = None

    def __init__(self, drafts: Drafts, place: Place, number: int) -> None:
        self._drafts = drafts
        self._place = place
        self._number = number

    async def draw(self, part: Part) -> float:
        """Show a frame."""
        return await self._drafts.draw(self._place, self._number, part)


class MessageCanvas:
    """A message that is sent once and then edited, for groups, where there are no previews."""

    pace = 3.0
    fades: float | None = None

    def __init__(self, outbox: Outbox, place: Place) -> None:
        self._outbox = outbox
        self._place = place
        self._message: int | None = None

    @property
    def message(self) -> int | None:
        """The message, once it surely arrived."""
        return self._message

    async def draw(self, part: Part) -> float:
        """Send the first frame, or edit it into a later one.

        Where it is unknown whether the first arrived, none is drawn any more: it could not be edited.
        """
        try:
            if self._message is None:
                self._message = await self._outbox.begin(self._place, part)
            else:
                await self._outbox.edit(self._place.chat, self._message, part)
        except (TelegramError, KeyError) as error:
            return self._rest_after(error)
        return 0.0

    def _rest_after(self, error: Exception) -> float:
        if unchanged(error):
            return 0.0
        _log.info("frame.failed", chat=self._place.chat, error=type(error).__name__)
        outcome = outcome_of(error)
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        lost = outcome is Outcome.UNCERTAIN and self._message is None
        return math.inf if lost or outcome in _FOR_GOOD else self.pace


class Preview:
    """Draws the newest frame beside the work that makes them. ``seen`` is called when one can be seen."""

    def __init__(self, canvas: Canvas, seen: Callable[[], object]) -> None:
        self._canvas = canvas
        self._seen = seen
        self._newest: Part | None = None
        self._drawn: Part | None = None  # what can be seen
        self._changed = asyncio.Event()
        self._pen = asyncio.Lock()
        self._drawing: asyncio.Task[None] | None = None

    def show(self, part: Part) -> None:
        """Let this be the newest frame; it is drawn when it is time, unless a newer one comes first."""
        self._newest = part
        self._changed.set()
        if self._drawing is None:
            self._drawing = asyncio.create_task(self._draw())

    def covered(self) -> None:
        """Draw the frame again: a message took its place, as far as frames have one that can be taken."""
        if self._canvas.fades is not None:
            self._drawn = None
            self._changed.set()

    async def end(self) -> int | None:
        """Draw nothing more, once a frame on its way has arrived; the message that the frames stand in."""
        if self._drawing:
            async with self._pen:
                self._drawing.cancel()
            await asyncio.wait({self._drawing})
        return self._canvas.message

    async def _draw(self) -> None:
        try:
            await self._draw_frames()
        except Exception as error:
            _log.error("preview.failed", **described(error))

    async def _draw_frames(self) -> None:
        while (frame := await self._next()) is not None:
            async with self._pen:
                rest = await self._canvas.draw(frame)
            if math.isinf(rest):
                return
            if not rest:
                self._drawn = frame
                self._seen()
            await asyncio.sleep(max(rest, self._canvas.pace))

    async def _next(self) -> Part | None:
        """The newest frame, once it cannot be seen yet or is about to fade."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._canvas.fades):
                while self._newest == self._drawn:
                    self._changed.clear()
                    await self._changed.wait()
        return self._newest
