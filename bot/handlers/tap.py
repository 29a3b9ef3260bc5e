"""What a tap is, what it can mean, and how its result takes the message's place. Knows no button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.handlers.desk import Desk, Visit
from bot.render import Button, Part
from bot.render.buttons import Rows


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a tap does once it was answered, and the words that pass over the screen or ``stay``."""

    work: Callable[[], Awaitable[object]] | None = None
    toast: str | None = None
    stay: bool = False


@dataclass(frozen=True, slots=True)
class Tap:
    """Who tapped where, the data, whether the message with the button can still be changed, and its rows."""

    visit: Visit
    data: str
    changeable: bool
    rows: Rows = ()

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


def rows_of(markup: InlineKeyboardMarkup | None) -> Rows:
    """The buttons that stand below a message; those that send no data are not ours."""
    rows = markup.inline_keyboard if markup else ()
    return tuple(
        found
        for row in rows
        if (found := tuple(Button(each.text, str(each.callback_data)) for each in row if each.callback_data))
    )
