"""Counts the tokens of one call over its attempts. Knows nothing of budgets."""

from __future__ import annotations

from retrieval.llm.prompt import tokens_in
from retrieval.llm.reading import Usage


class Meter:
    """What a server reports, or where it reports nothing an estimate from the characters, rather too high."""

    def __init__(self) -> None:
        self._before = Usage()
        self._reading = 0
        self._heard = 0
        self._told = Usage()

    def begins(self, reading: int) -> None:
        """An attempt is sent, with about so many tokens to read."""
        self._before = self.used
        self._reading, self._heard, self._told = reading, 0, Usage()

    def refused(self) -> None:
        """The attempt was turned away before any work."""
        self._reading = 0

    def heard(self, text: str) -> None:
        """The model wrote this, thoughts included."""
        self._heard += len(text.encode("utf-8", "replace"))

    def told(self, usage: Usage) -> None:
        """The server reports what the attempt used so far."""
        self._told = usage

    @property
    def written(self) -> int:
        """About how many tokens this attempt wrote."""
        return self._told.written or tokens_in(self._heard)

    @property
    def used(self) -> Usage:
        """What all attempts used."""
        return Usage(
            self._before.read + (self._told.read or self._reading), self._before.written + self.written
        )
