"""Gathers messages that arrive together into one piece of work. Knows nothing of what is done with them.

A forwarded series, an album or a long pasted text reaches the bot as many messages without a word that they
belong together, only shortly after one another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from telegram import Message

QUIET = 1.0  # seconds without a message, after which nothing more is expected
MOST = 500  # messages


class Basket:
    """Messages of one chat that are taken in together; open until they are taken out."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._last = time.monotonic()

    @property
    def full(self) -> bool:
        """Whether it holds as many as it may."""
        return len(self._messages) >= MOST

    def put(self, message: Message) -> None:
        """Add a message."""
        self._messages.append(message)
        self._last = time.monotonic()

    async def whole(self) -> list[Message]:
        """Wait until nothing more comes; the messages in the order they were sent."""
        while not self.full and (left := self._last + QUIET - time.monotonic()) > 0:  # noqa: ASYNC110 (the end moves)
            await asyncio.sleep(left)
        return sorted(self._messages, key=lambda message: message.message_id)


class Baskets:
    """The open baskets, at most one for a chat and what is gathered there."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], Basket] = {}

    def put(self, chat: int, what: str, message: Message, opened: Callable[[Basket], bool]) -> bool:
        """Put a message into the chat's basket; ``opened`` is told of a new one and may refuse it.

        False where it was refused.
        """
        basket = self._open.get((chat, what))
        if basket is None or basket.full:
            basket = Basket()
            basket.put(message)
            if not opened(basket):
                return False
            self._open[chat, what] = basket
            return True
        basket.put(message)
        return True

    def drop(self, chat: int) -> None:
        """Let go of what is being gathered in a chat."""
        for held in [each for each in self._open if each[0] == chat]:
            del self._open[held]

    def holds(self, chat: int, what: str) -> bool:
        """Whether something is being gathered."""
        return (chat, what) in self._open

    async def take(self, chat: int, what: str, basket: Basket) -> list[Message]:
        """Wait until a basket is whole, close it and take out what is in it."""
        messages = await basket.whole()
        if self._open.get((chat, what)) is basket:
            del self._open[chat, what]
        return messages
