"""The queue of updates a bot polls: kept until confirmed, delivered again until then.

Knows nothing of chats and people; updates are JSON.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from botapi.faults import OTHER_POLLER
from botapi.rules import RefusalError

Json = dict[str, Any]
_OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}
_WEBHOOK = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_TICK = 0.02  # seconds between two looks at the queue


class Updates:
    """One bot's queue. `allowed` is None for Telegram's default kinds."""

    def __init__(self) -> None:
        self.waiting: list[Json] = []
        self.allowed: set[str] | None = None
        self.webhook: Json = {}
        self.disturbed: Callable[[], bool] = lambda: False  # ends a poll early, empty-handed
        self._last: list[Json] = []
        self._again: list[Json] = []
        self._next_id = 700_000_001
        self._polls = 0
        self._ended_by = OTHER_POLLER

    def push(self, kind: str, body: Json) -> None:
        """Queue an update, unless the bot has not asked for its kind."""
        if kind in self.allowed if self.allowed is not None else kind not in _OPT_IN:
            self.waiting.append({"update_id": self._next_id, kind: body})
            self._next_id += 1

    def allow(self, kinds: Any) -> None:
        """Remember `allowed_updates` as given; an empty list means the default, None leaves it as it was."""
        if kinds is not None:
            self.allowed = set(kinds) or None

    def redeliver(self) -> None:
        """Let the next answer hold the last updates once more, though they were confirmed."""
        self._again = list(self._last)

    def set_webhook(self, webhook: Json) -> None:
        """Take updates by webhook; a poll under way ends."""
        self.webhook = webhook
        self._polls += 1
        self._ended_by = "terminated by setWebhook request"

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what lies before `offset`, then wait up to `seconds` for what comes after.

        Raises:
            RefusalError: a webhook is set, or a newer poll has taken over.
        """
        if self.webhook:
            raise RefusalError(409, f"Conflict: {_WEBHOOK}")
        self._polls, self._ended_by = self._polls + 1, OTHER_POLLER
        mine, deadline = self._polls, time.monotonic() + seconds
        self._confirm(offset)
        while True:
            if self._polls != mine:
                raise RefusalError(409, f"Conflict: {self._ended_by}")
            batch = self._again or self.waiting[:limit]
            if batch or time.monotonic() >= deadline or self.disturbed():
                self._again, self._last = [], batch or self._last
                return batch
            await asyncio.sleep(_TICK)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.waiting = self.waiting[offset:]
        else:
            self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
