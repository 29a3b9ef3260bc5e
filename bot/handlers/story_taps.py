"""Gives the buttons below a story a meaning. Knows nothing of access, nor of how a story is shown.

Everybody in a chat may read on; what changes the coming editions is for their reader alone, in a group for
its admins.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import prompts
from bot.handlers import stories
from bot.handlers.desk import Desk, reader_of
from bot.handlers.rights import may_change
from bot.handlers.tap import Meaning, Tap
from bot.render.buttons import Rows
from bot.render.clean import line
from bot.render.story_buttons import (
    ASK,
    CLOSE,
    DARK,
    OPEN,
    TIMELINE,
    WHY,
    closed,
    opened,
    parse_opinion_data,
    parse_story_data,
)
from bot.tastes import FOLLOW, LESS, MORE, MUTE

if TYPE_CHECKING:
    from retrieval.briefing import Piece

_LONGEST_TOAST = 200  # characters
_SAID = {
    FOLLOW: ("story_follow_unset", "story_follow_set"),
    MUTE: ("story_mute_unset", "story_mute_set"),
    MORE: ("story_more_unset", "story_more_set"),
    LESS: ("story_less_unset", "story_less_set"),
}


async def story(desk: Desk, tap: Tap) -> Meaning | None:
    """Show more of a story, open or close its buttons, or note what its reader thinks of it."""
    wish, opinion = parse_story_data(tap.data), parse_opinion_data(tap.data)
    number = wish[1] if wish else opinion[2] if opinion else None
    if number is None:
        return None
    piece = await desk.stories.find(number, tap.visit.scope.owners)
    if piece is None:
        return Meaning(toast=prompts.text("edition_gone"))
    if opinion:
        return await _opined(desk, tap, number, piece, opinion=opinion[0], held=opinion[1])
    return await _shown(desk, tap, number, piece, wish[0] if wish else "")


async def _shown(desk: Desk, tap: Tap, number: int, piece: Piece, wish: str) -> Meaning:
    visit = tap.visit
    if wish == OPEN:
        return Meaning(partial(_put, desk, tap, await _opened(desk, tap, number, piece)))
    if wish == CLOSE:
        return Meaning(partial(_put, desk, tap, closed(tap.rows)))
    if wish == WHY:
        return Meaning(toast=why(piece), stay=True)
    if wish == ASK:
        return Meaning(partial(stories.ask, desk, visit, piece))
    if wish not in (TIMELINE, DARK):
        return Meaning(partial(stories.show_whole, desk, visit, number, piece))
    if not piece.timeline:
        return Meaning(toast=prompts.text("story_no_timeline"))
    return Meaning(partial(stories.show_timeline, desk, visit, number, piece, dark=wish == DARK))


async def _opined(desk: Desk, tap: Tap, number: int, piece: Piece, *, opinion: str, held: bool) -> Meaning:
    """Note an opinion, or that it is held no more; done twice it is done once."""
    reader = await reader_of(desk, tap.visit)
    if reader is None:
        return Meaning(toast=prompts.text("story_unread"))
    if not await may_change(desk, tap.visit):
        return Meaning(toast=prompts.text("briefing_admins"))
    await desk.tastes.set(reader, piece, opinion, held=held)
    rows = await _opened(desk, tap, number, piece)
    return Meaning(partial(_put, desk, tap, rows), prompts.text(_SAID[opinion][held]))


async def _opened(desk: Desk, tap: Tap, number: int, piece: Piece) -> Rows:
    """The rows of the tapped message with all buttons of a story."""
    reader = await reader_of(desk, tap.visit)
    held = await desk.tastes.on(reader, piece) if reader is not None else frozenset[str]()
    return opened(tap.rows, number, held, timeline=bool(piece.timeline))


async def _put(desk: Desk, tap: Tap, rows: Rows) -> None:
    """Put these buttons below the tapped message, where it can be changed and reads otherwise."""
    if tap.over is not None and rows != tap.rows:
        await desk.outbox.set_buttons(tap.visit.chat, tap.over, rows)


def why(piece: Piece) -> str:
    """Why a story is there, as much of it as can pass over the screen."""
    said = ""
    for clause in (line(each, _LONGEST_TOAST) for each in piece.why or (piece.reason,)):
        longer = f"{said}\n{clause}" if said else clause
        if len(longer) > _LONGEST_TOAST:
            break
        said = longer
    return said
