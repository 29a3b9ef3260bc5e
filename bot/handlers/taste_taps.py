"""Lists what a reader said of stories and lets them undo it. Knows nothing of what it does to briefings."""

from __future__ import annotations

from functools import partial

import prompts
from bot.handlers.desk import Desk, reader_of
from bot.handlers.rights import may_change
from bot.handlers.tap import Meaning, Tap, show
from bot.render.clean import line
from bot.render.tastes import parse_tastes_data, tastes_parts

_HEADLINE = 150  # characters


async def tastes(desk: Desk, tap: Tap) -> Meaning | None:
    """Show a page of the list, perhaps after undoing one of it."""
    asked = parse_tastes_data(tap.data)
    reader = await reader_of(desk, tap.visit) if asked else None
    if asked is None or reader is None:
        return None
    page, undone = asked
    toast = None
    if undone is not None:
        if not await may_change(desk, tap.visit):
            return Meaning(toast=prompts.text("briefing_admins"))
        gone = await desk.tastes.drop(reader, undone)
        toast = prompts.text("tastes_undone", headline=line(gone.headline, _HEADLINE)) if gone else None
    parts = tastes_parts(await desk.tastes.of(reader), page)
    return Meaning(partial(show, desk, tap, parts), toast)
