"""Shows a passage to whoever may read it. Knows nothing of the answer that cited it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.render import Part, passage_parts
from retrieval.errors import NotFound
from retrieval.types import Span

Work = Callable[[], Awaitable[object]]


async def shown(desk: Desk, visit: Visit, number: int, start: int, end: int) -> Work | None:
    """What shows the passage with its quoted words; None where it is gone or not theirs to read."""
    try:
        passage = await desk.library.passage(number, visit.scope)
    except NotFound:
        return None
    if not passage.start <= start < end <= passage.end:
        return None
    return partial(_show, desk, visit, passage_parts(passage, Span(start, end)))


async def _show(desk: Desk, visit: Visit, parts: list[Part]) -> None:
    await telling.remember(desk, visit, parts, await desk.outbox.deliver(visit.place, parts))
