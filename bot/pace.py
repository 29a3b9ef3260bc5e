"""Hands out the moments at which messages may go, so many a second. Knows nothing of what is sent."""

from __future__ import annotations

import asyncio
from time import monotonic


class Pace:
    """A line in which what can wait takes turns; what cannot goes at once, and the others wait longer.

    What was missed is made up for by ``slack`` seconds at most, so that no burst follows a pause.
    """

    def __init__(self, a_second: float, slack: float = 0.0) -> None:
        self._gap = 1 / a_second
        self._slack = slack
        self._next = 0.0
        self._line = asyncio.Lock()

    def went(self) -> None:
        """Count a message that goes now."""
        self._next = max(self._next, monotonic() - self._slack) + self._gap

    async def turn(self) -> None:
        """Wait until one more message may go, which is then counted; first come, first served."""
        async with self._line:
            wait = self._next - monotonic()
            while wait > 0:
                await asyncio.sleep(wait)
                wait = self._next - monotonic()  # longer, where something went in between
            self.went()
