"""Fetches updates by long polling and hands each one on once. Knows nothing of what is in them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.addressed import STOPPED
from bot.wire import seconds_of
from retrieval.errors import FootnoteError

# The only kinds Footnote reads; whatever else is delivered is dropped at the gate.
KINDS = ("message", "callback_query", "my_chat_member", STOPPED)

_LONG_POLL = 25  # seconds
_REMEMBERED = 1_000  # update ids
_LONGEST_PAUSE = 30.0  # seconds
_PAUSE_IN_CONFLICT = 1.0  # seconds, growing to three times as much
_SETTLED = 3  # polls that went well

_REVOKED = "Telegram refuses the bot token: get a valid one from @BotFather and set TELEGRAM_BOT_TOKEN."
_TAKEN = (
    "Another program receives this bot's messages (Telegram says Conflict): "
    "stop it, or set TELEGRAM_BOT_TOKEN to the token of another bot."
)

_log = structlog.get_logger()


class Poller:
    """Asks for updates until it is cancelled; a second poller or a refused token ends it in one sentence."""

    def __init__(self, bot: Bot, take: Callable[[Update], Awaitable[None]]) -> None:
        self._bot = bot
        self._take = take
        self._offset = 0
        self._seen: deque[int] = deque(maxlen=_REMEMBERED)
        self._went_well = 0
        self._conflicts = 0
        self._failures = 0

    async def begin(self) -> None:
        """Reach Telegram, however long that takes, and make sure that updates are kept for polling."""
        while True:
            try:
                await self._bot.initialize()
                await self._bot.delete_webhook()
                return
            except Exception as error:
                await asyncio.sleep(self._pause_after(error))

    async def run(self) -> NoReturn:
        """Hand on one update after another; FootnoteError where the token is refused or used elsewhere."""
        while True:
            try:
                updates = await self._bot.get_updates(
                    offset=self._offset, timeout=_LONG_POLL, allowed_updates=KINDS
                )
            except Exception as error:
                await asyncio.sleep(self._pause_after(error))
                continue
            self._recovered()
            for update in updates:
                await self._hand_on(update)

    async def confirm(self) -> None:
        """Tell Telegram which updates were taken, so that the next start does not get them again."""
        try:
            await self._bot.get_updates(offset=self._offset, limit=1, timeout=0, allowed_updates=KINDS)
        except TelegramError as error:
            _log.warning("polling.unconfirmed", error=type(error).__name__)

    async def _hand_on(self, update: Update) -> None:
        self._offset = update.update_id + 1
        if update.update_id not in self._seen:
            self._seen.append(update.update_id)
            await self._take(update)

    def _pause_after(self, error: Exception) -> float:
        """How many seconds to wait after a failed poll; FootnoteError where waiting would not help.

        Any other failure is waited out, also an answer that makes no sense: the bot outlives its server.
        """
        if isinstance(error, InvalidToken):
            raise FootnoteError(_REVOKED) from None
        if isinstance(error, Conflict):
            return self._pause_after_conflict()
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        if self._failures == 0:
            _log.warning("polling.failed", error=type(error.__cause__ or error).__name__)
        self._failures += 1
        return min(_LONGEST_PAUSE, 2.0 ** (self._failures - 1))

    def _pause_after_conflict(self) -> float:
        """Of two pollers on one token the newcomer must give up first, so it has the shorter breath."""
        self._conflicts += 1
        if self._conflicts >= (8 if self._went_well >= _SETTLED else 4):
            raise FootnoteError(_TAKEN) from None
        _log.warning("polling.conflict", times=self._conflicts)
        return _PAUSE_IN_CONFLICT * min(3, self._conflicts)

    def _recovered(self) -> None:
        if self._failures:
            _log.info("polling.recovered", failures=self._failures)
        self._failures = self._conflicts = 0
        self._went_well += 1
