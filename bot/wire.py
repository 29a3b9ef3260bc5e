"""Speaks HTTP with the Bot API and keeps the token out of the log. Knows nothing of chats or answers."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from typing import Any

from telegram.error import NetworkError, RetryAfter
from telegram.request import HTTPXRequest

# Telegram's waits as timedelta, which python-telegram-bot makes the rule; otherwise each one warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")

READ_TIMEOUT = 15.0  # seconds for an answer to a request

# A gateway's 504 is not among them: what is behind the gateway may have taken the request.
_FAILED = frozenset({500, 502, 503})


class ServerFailedError(NetworkError):
    """The server said that it failed, so it did not do what was asked."""

    def __init__(self, status: int) -> None:
        super().__init__(f"The server failed ({status})")


class Wire(HTTPXRequest):
    """Requests that tell a server which failed from one whose answer never came."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As HTTPXRequest does, raising ServerFailedError for a plain server error."""
        status, body = await super().do_request(*args, **kwargs)
        if status in _FAILED:
            raise ServerFailedError(status)
        return status, body


def requests() -> tuple[Wire, Wire]:
    """The connections for methods, and the one for long polling."""
    methods = Wire(
        connection_pool_size=64, pool_timeout=5.0, read_timeout=READ_TIMEOUT, media_write_timeout=30.0
    )
    return methods, Wire(connection_pool_size=1, read_timeout=10.0)


class HideToken(logging.Filter):
    """Replaces the bot token in whatever a handler is about to write, tracebacks included."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, cleaned."""
        message = record.getMessage()
        if self._token in message:
            record.msg, record.args = self._cleaned(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._cleaned(record.exc_text)
        return True

    def _cleaned(self, words: str) -> str:
        return words.replace(self._token, "<token>")


def quiet_logs(token: str) -> None:
    """Keep the token, which is in every request's address, and people's messages out of the log."""
    for name in ("httpx", "httpcore", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its errors reach us as exceptions; its log lines quote whole updates and replies.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    handlers: list[logging.Handler | None] = [*logging.getLogger().handlers, logging.lastResort]
    for handler in handlers:
        if handler is not None and not any(isinstance(known, HideToken) for known in handler.filters):
            handler.addFilter(HideToken(token))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
