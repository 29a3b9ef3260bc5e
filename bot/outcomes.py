"""Decides what a failed request means for the message it carried. Knows nothing of how it is sent."""

from __future__ import annotations

from enum import Enum

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.wire import ServerFailedError

# What Telegram says of a topic that was deleted or closed, and of a group the bot may not write in.
_NO_PLACE = (
    "thread not found",
    "topic_deleted",
    "topic_closed",
    "chat not found",
    "not enough rights to send",
)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Outcome(Enum):
    """What a failed request means for the message it carried."""

    WAIT = "wait"  # refused for now: send again after the wait Telegram names
    AGAIN = "again"  # surely not sent
    UNCERTAIN = "uncertain"  # perhaps sent
    MOVED = "moved"  # the group has another id now
    GONE = "gone"  # the bot may not write here any more
    REFUSED = "refused"  # Telegram does not take this message


def outcome_of(error: Exception) -> Outcome:
    """What an error of a request means."""
    if isinstance(error, RetryAfter):
        return Outcome.WAIT
    if isinstance(error, ChatMigrated):
        return Outcome.MOVED
    if isinstance(error, Forbidden):
        return Outcome.GONE
    if isinstance(error, BadRequest):
        said = error.message.lower()
        return Outcome.GONE if any(words in said for words in _NO_PLACE) else Outcome.REFUSED
    if isinstance(error, ServerFailedError) or isinstance(error.__cause__, _NEVER_SENT):
        return Outcome.AGAIN
    # A request that was answered with something else than Telegram's form may well have been carried out.
    told = isinstance(error, TelegramError) and not isinstance(error, NetworkError)
    return Outcome.REFUSED if told and type(error) is not TelegramError else Outcome.UNCERTAIN


def unchanged(error: Exception) -> bool:
    """Whether an edit was refused because the message reads so already."""
    return isinstance(error, BadRequest) and "not modified" in error.message.lower()
