"""Shows a story that was kept: all of it, its timeline, or a question what to know of it. Knows no taps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.aside import in_thread
from bot.faults import described
from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.outbox import Place
from bot.render import Button, Part
from bot.render.story_buttons import whole_rows
from bot.render.whole_story import question_part, timeline_parts, whole_parts

if TYPE_CHECKING:
    from retrieval.briefing import Piece

_FURTHER = 2  # questions offered below the full story

_log = structlog.get_logger()


async def show_whole(desk: Desk, visit: Visit, number: int, piece: Piece) -> None:
    """Send a whole story; ``number`` is the one it is kept under."""
    buttons = whole_rows(number, timeline=bool(piece.timeline), questions=await _further(desk, visit, piece))
    await _send(desk, visit, whole_parts(piece, open_link=desk.open_link, buttons=buttons))


async def show_timeline(desk: Desk, visit: Visit, number: int, piece: Piece, *, dark: bool = False) -> None:
    """Send a story's timeline as a picture, with the same in words; without one where none can be drawn."""
    async with desk.outbox.typing(visit.place):
        picture = await _drawn(piece, dark=dark)
    parts = timeline_parts(piece, number, open_link=desk.open_link, picture=picture, dark=dark)
    await _send(desk, visit, parts)


async def ask(desk: Desk, visit: Visit, piece: Piece) -> None:
    """Ask what somebody wants to know of a story; the reply is answered from its sources first."""
    await _send(desk, visit, [question_part(piece)])


async def _further(desk: Desk, visit: Visit, piece: Piece) -> list[Button]:
    """What can be asked next of the matter, if other stories say anything of it; never raises."""
    try:
        cited = {citation.document.number for citation in piece.citations}
        asked = (await desk.library.further(piece.headline, cited, visit.scope))[:_FURTHER]
    except Exception as error:
        _log.error("story.unsearched", **described(error))
        return []
    offer = await desk.asked.offer(visit.chat, asked) if asked else 0
    return [Button(words, f"f:{offer}:{at}") for at, words in enumerate(asked)]


async def _send(desk: Desk, visit: Visit, parts: Sequence[Part]) -> None:
    results = await desk.outbox.deliver(Place(visit.chat, visit.thread), parts)
    await telling.remember(desk, visit, parts, results)


async def _drawn(piece: Piece, *, dark: bool) -> bytes | None:
    from bot.render.timeline_picture import timeline_picture

    try:
        return await in_thread(partial(timeline_picture, piece.headline, piece.timeline, dark=dark))
    except Exception as error:
        _log.error("timeline.undrawn", **described(error))
        return None
