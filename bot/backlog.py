"""Tells questions that came in while the bot was away. Knows nothing of what was asked."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

_TOO_OLD = timedelta(hours=1)
_CATCHING_UP = 60.0  # seconds


class Backlog:
    """Knows when the bot came back, and which chats were told that it had been away."""

    def __init__(self, started: datetime) -> None:
        self._started = started
        # A clock that is hours off must not make every question look old: only the first minute counts.
        self._until = time.monotonic() + _CATCHING_UP
        self._told: set[int] = set()

    def missed(self, sent: datetime) -> bool:
        """Whether a question sent then waited so long that nobody looks for its answer."""
        return time.monotonic() < self._until and sent < self._started - _TOO_OLD

    def tell(self, chat: int) -> bool:
        """Whether to say so in this chat: True once."""
        first = chat not in self._told
        self._told.add(chat)
        return first
