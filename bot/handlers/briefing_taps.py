"""Gives the buttons of briefings and their settings a meaning. Knows nothing of access.

In a group what everybody there gets is changed by its admins alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import prompts
from bot import zones
from bot.dues import EVERY_DAY
from bot.handlers import briefings, subscribing, wishes
from bot.handlers.desk import Desk, reader_of
from bot.handlers.rights import may_change
from bot.handlers.tap import Meaning, Tap, show
from bot.render import Part, plain_parts
from bot.render.subscription import WEEKDAYS, days_parts, times_parts
from bot.subscribers import LENGTHS, ON, PAUSED, Subscription

_NUMBER = "(0|[1-9][0-9]{0,17})"
_TIME = re.compile(r"bt:([0-9]{4}):([A-Za-z0-9_+/-]{2,40})")
_OTHER = re.compile(r"bto:([A-Za-z0-9_+/-]{2,40})")
_PLACE = re.compile(r"bz:([A-Za-z0-9_+/-]{2,40})")
_AGAIN = re.compile(f"ba:{_NUMBER}")
_DAYS = re.compile("bd:([0-6aw])")
_BRING = re.compile(f"bw:{_NUMBER}")
_OURS = re.compile("b(?:to|u!|[tzdpriyqnmhgluw])(?::.+)?")


async def edition(desk: Desk, tap: Tap) -> Meaning | None:
    """Send again what may not have arrived."""
    found = _AGAIN.fullmatch(tap.data)
    reader = await reader_of(desk, tap.visit) if found else None
    if found is None or reader is None:
        return None
    parts = await desk.deliveries.claim_uncertain(int(found[1]), reader)
    return Meaning(partial(briefings.send_again, desk, tap.visit, parts)) if parts else None


async def settings(desk: Desk, tap: Tap) -> Meaning | None:
    """Begin or change a subscription, or ask for what cannot be tapped."""
    if not _OURS.fullmatch(tap.data):
        return None
    if not await may_change(desk, tap.visit):
        return None if tap.visit.private else Meaning(toast=prompts.text("briefing_admins"))
    async with desk.subscribers.changing:
        return await _begun(desk, tap) or await _settled(desk, tap)


async def _begun(desk: Desk, tap: Tap) -> Meaning | None:
    """A time or a place, also of whoever has no subscription yet."""
    visit = tap.visit
    if found := _TIME.fullmatch(tap.data):
        minute, zone = int(found[1]), found[2]
        if minute >= 24 * 60 or not zones.known(zone):
            return None
        return Meaning(partial(show, desk, tap, await subscribing.begin(desk, visit, zone, minute)))
    if (found := _OTHER.fullmatch(tap.data)) and zones.known(found[1]):
        return Meaning(partial(wishes.ask, desk, visit, "bt", found[1]))
    if (found := _PLACE.fullmatch(tap.data)) and zones.known(found[1]):
        return Meaning(partial(show, desk, tap, await subscribing.place(desk, visit, found[1])))
    if found := _BRING.fullmatch(tap.data):
        parts = await subscribing.bring(desk, visit, -int(found[1]))
        return Meaning(partial(show, desk, tap, parts)) if parts else None
    return Meaning(partial(wishes.ask, desk, visit, "bz")) if tap.data == "bz" else None


async def _settled(desk: Desk, tap: Tap) -> Meaning | None:
    kept = await desk.subscribers.at(tap.visit.room)
    if kept is None:
        return None
    if tap.data in wishes.ABOUT:
        return Meaning(partial(wishes.ask, desk, tap.visit, tap.data))
    if tap.data == "bn":
        return Meaning(partial(subscribing.briefing, desk, tap.visit, ""), prompts.text("edition_making"))
    parts = await _changed(desk, tap, kept)
    return Meaning(partial(show, desk, tap, parts)) if parts else None


async def _changed(desk: Desk, tap: Tap, kept: Subscription) -> list[Part] | None:
    """What stands in the place of the card after a tap; None for a tap without a meaning."""
    now, data = desk.clock(), tap.data
    if data == "bm":
        return await subscribing.card(desk, kept)
    if data == "bt":
        return times_parts(kept.rhythm.zone, now, back=True)
    if data == "bd":
        return days_parts(kept.rhythm.days)
    if found := _DAYS.fullmatch(data):
        days = _toggled(kept.rhythm.days, found[1])
        await desk.subscribers.keep(replace(kept, rhythm=replace(kept.rhythm, days=days)))
        return days_parts(days)
    if data.removeprefix("bl:") in LENGTHS:
        return await subscribing.change(desk, replace(kept, length=data.removeprefix("bl:")))
    if data == "bq":
        return await subscribing.change(desk, replace(kept, quiet=not kept.quiet))
    if data in ("bh", "bg"):
        return await subscribing.change(desk, replace(kept, state=PAUSED if data == "bh" else ON))
    if data == "bu":
        return subscribing.sure_parts()
    if data == "bu!":
        await subscribing.end(desk, kept)
        return plain_parts(prompts.text("briefing_unsubscribed"))
    return None


def _toggled(days: frozenset[int], tapped: str) -> frozenset[int]:
    """The days after a tap; the last one stays, since to want none is to pause."""
    if tapped in "aw":
        return EVERY_DAY if tapped == "a" else WEEKDAYS
    return days ^ {int(tapped)} or days
