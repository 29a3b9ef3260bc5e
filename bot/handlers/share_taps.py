"""Gives the buttons that share something a meaning. Knows nothing of access, or of how pages look."""

from __future__ import annotations

import re
from functools import partial

import prompts
from bot.handlers import sharing
from bot.handlers.desk import Desk
from bot.handlers.tap import Meaning, Tap, show
from bot.render import plain_parts
from bot.render.sharing import feed_question_parts, offer_parts, own_parts, title_of

_NUMBER = "(0|[1-9][0-9]{0,17})"
_SHARED = re.compile(f"h([se])([fl!]?):{_NUMBER}")
_END = re.compile(f"h([dx]):{_NUMBER}")
_LINKS = re.compile(f"ho:{_NUMBER}")


async def share(desk: Desk, tap: Tap) -> Meaning | None:
    """Offer to share a story or an edition, send it as a file, or make a link to it.

    What quotes somebody's own documents gets a link only where they say so.
    """
    read = _SHARED.fullmatch(tap.data)
    if read is None:
        return None
    kind, way, number = read[1], read[2], int(read[3])
    content = await sharing.found(desk, tap.visit, kind, number)
    if content is None:
        return Meaning(toast=prompts.text("share_gone"))
    if way == "f" or (not way and not desk.shares.offered):
        return Meaning(partial(sharing.send_file, desk, tap.visit, content))
    if not way:
        offer = offer_parts(title_of(content), f"h{kind}:{number}", feed=kind == "e" and tap.visit.private)
        return Meaning(partial(desk.outbox.send_parts, tap.visit.place, offer))
    if not desk.shares.offered:
        return Meaning(toast=prompts.text("share_closed"))
    if way == "l" and (own := sharing.own(content)):
        return Meaning(partial(show, desk, tap, own_parts(own, f"h{kind}!:{number}")))
    return Meaning(partial(show, desk, tap, await sharing.linked(desk, tap.visit, kind, number, content)))


async def feed(desk: Desk, tap: Tap) -> Meaning | None:
    """Make a feed of a person's editions, once they said yes; or leave everything as it is."""
    if tap.data == "hn":
        return Meaning(partial(show, desk, tap, plain_parts(prompts.text("share_not"))))
    if tap.data not in ("ha", "ha!") or not tap.visit.private:
        return None
    if not desk.shares.offered:
        return Meaning(toast=prompts.text("share_closed"))
    parts = feed_question_parts() if tap.data == "ha" else await sharing.feed(desk, tap.visit)
    return Meaning(partial(show, desk, tap, parts))


async def links(desk: Desk, tap: Tap) -> Meaning | None:
    """Show somebody's links, or take one back: their own alone."""
    if page := _LINKS.fullmatch(tap.data):
        if not tap.visit.private:
            return None
        return Meaning(partial(show, desk, tap, await sharing.links_page(desk, tap.visit, int(page[1]))))
    read = _END.fullmatch(tap.data)
    share = await desk.shares.one(tap.visit.person, int(read[2])) if read else None
    if read is None or share is None:
        return None
    work = sharing.end if read[1] == "d" else sharing.end_listed
    return Meaning(partial(work, desk, tap, share))
