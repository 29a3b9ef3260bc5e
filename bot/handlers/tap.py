"""What a tap is, what it can mean, and how its result takes the message's place. Knows no button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.handlers.desk import Desk, Visit
from bot.render import Part


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tap does once it was answered, and the words that pass over the screen."""

    work: Callable[[], Awaitable[object]] | None = None
    toast: str | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """Who tapped where, the data, and whether the message with the button can still be changed."""

    visit: Visit
    data: str
    changeable: bool

    @property
    def over(self) -> int | None:
        """The message whose place a result may take."""
        return self.visit.message if self.changeable else None


async def show(desk: Desk, tap: Tap, parts: Sequence[Part]) -> None:
    """Put a message in the place of the one with the button, or below it where that cannot be."""
    visit = tap.visit
    changed = tap.over if len(parts) == 1 else None
    if changed is None or not await desk.outbox.change(visit.chat, changed, parts[0]):
        await desk.outbox.send_parts(visit.place, parts)
