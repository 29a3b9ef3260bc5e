"""Makes a request as often as that is right. Knows nothing of what is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.outcomes import Outcome, outcome_of, unchanged
from bot.wire import seconds_of

TRIES = 4

Moved = Callable[[int, int], Awaitable[object]]
"""Told of a group that has another id now: its old one and its new one."""

_log = structlog.get_logger()


async def persist(
    chat: int,
    request: Callable[[int], Awaitable[None]],
    *,
    moved: Moved | None = None,
    repeatable: bool = False,
    tries: int | None = None,
) -> tuple[Outcome | None, float]:
    """Make a request to a chat; None where it was done, else what stands in the way.

    With that comes how many seconds to wait before another try is worth it. ``repeatable``: done twice it is
    done once, so that it is also tried again where it is unknown whether it was done.
    """
    most = tries or TRIES
    outcome, wait = Outcome.AGAIN, 0.0
    again = {Outcome.WAIT, Outcome.AGAIN} | ({Outcome.UNCERTAIN} if repeatable else set())
    for attempt in range(most + 1):  # once more, since a chat may have moved
        try:
            await request(chat)
            return None, 0.0
        except (TelegramError, KeyError) as error:
            outcome = outcome_of(error)
            if unchanged(error):
                return None, 0.0
            if isinstance(error, ChatMigrated):
                if moved:
                    await moved(chat, error.new_chat_id)
                chat = error.new_chat_id
                continue
            if outcome not in again:
                _log.warning(f"send.{outcome.value}", chat=chat, error=type(error).__name__)
                return outcome, 0.0
            wait = seconds_of(error) if isinstance(error, RetryAfter) else 2.0**attempt
            _log.info("send.waits", chat=chat, seconds=wait, error=type(error).__name__)
            if attempt + 1 >= most:
                break
            await asyncio.sleep(wait)
    if most > 1:
        _log.error("send.given_up", chat=chat, tries=most)
    return outcome, wait
