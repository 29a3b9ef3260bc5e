"""Makes the messages of briefings, and sends those that somebody asks for. Knows nothing of what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

import prompts
from bot.deliveries import Parcel
from bot.editions import PATIENCE, owner_of
from bot.faults import described
from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.render import Part, plain_parts
from bot.render.editions import edition_parts
from bot.subscribers import Subscription

if TYPE_CHECKING:
    from retrieval.briefing import Briefing

_log = structlog.get_logger()


async def parcels_of(
    desk: Desk, subscription: Subscription, briefing: Briefing, local: date, at: datetime | None = None
) -> list[Parcel]:
    """The messages of an edition that is due ``at`` a moment, or asked for.

    It is kept, and so are its whole stories, for whoever taps their buttons.
    """
    kept = []
    for piece in briefing.pieces:
        number = desk.editions.whole(piece)
        if number is None:
            number = await desk.stories.keep(owner_of(piece), piece)
            desk.editions.kept_whole(piece, number)
        kept.append(number)
    edition = await desk.kept_editions.keep(subscription.reader, local, briefing, kept, at)
    told = edition_parts(
        briefing,
        local,
        subscription.length,
        open_link=desk.open_link,
        numbers=kept,
        share=f"he:{edition}",
    )
    numbers = {piece.story: number for piece, number in zip(briefing.pieces, kept, strict=True)}
    return [
        Parcel(each.part, tuple((piece.story, numbers[piece.story]) for piece in each.pieces))
        for each in told
    ]


async def show_now(desk: Desk, visit: Visit, subscription: Subscription) -> None:
    """Send what the next edition would hold by now; the schedule stays as it is."""
    now = desk.clock()
    async with desk.outbox.typing(visit.place):
        try:
            since = await desk.deliveries.latest(subscription.reader)
            briefing = await desk.editions.write(subscription, since, now, PATIENCE)
            local = now.astimezone(ZoneInfo(subscription.rhythm.zone)).date()
            parcels = await parcels_of(desk, subscription, briefing, local)
        except Exception as error:
            _log.error("edition.failed", person=visit.person, **described(error))
            parcels = [Parcel(part) for part in plain_parts(prompts.text("failed"))]
    parts = [each.part for each in parcels]
    results = await desk.outbox.deliver(visit.place, parts)
    await telling.remember(desk, visit, parts, results)
    arrived = [each for each, sent in zip(parcels, results, strict=False) if isinstance(sent, int)]
    await desk.corrections.show(subscription.reader, [story for each in arrived for story in each.stories])


async def send_again(desk: Desk, visit: Visit, parts: Sequence[Part]) -> None:
    """Send the parts of which it was unknown whether they arrived, since the person asks for them."""
    results = await desk.outbox.deliver(visit.place, parts)
    await telling.remember(desk, visit, parts, results)
