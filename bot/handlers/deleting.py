"""Erases what a person stored, once they were told what that is and said yes. Knows nothing of tables."""

from __future__ import annotations

from functools import partial

import structlog

import prompts
from bot import erasing
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.start import counted
from bot.handlers.tap import Meaning, Tap
from bot.handlers.waiting import Waiting, in_turn, work_on
from bot.render import KEEP, Button, Part, plain_parts

_SURE = "de!"

_log = structlog.get_logger()


async def deleteme(desk: Desk, visit: Visit, _words: str) -> None:
    """Say what would be erased, and ask whether it shall be."""
    if not visit.private:
        await say(desk, visit, "deleteme_in_private")
        return
    words = prompts.text("deleteme", stored=_listed(await erasing.stored(desk, visit.person)))
    yes = Button(prompts.text("deleteme_button"), _SURE)
    no = Button(prompts.text("source_keep_button"), KEEP)
    await desk.outbox.send_parts(visit.place, plain_parts(words, buttons=((yes, no),)))


async def sure(desk: Desk, tap: Tap) -> Meaning | None:
    """Erase it all, after what the person sent before was taken in."""
    if tap.data != _SURE or not tap.visit.private:
        return None
    return Meaning(partial(in_turn, desk, tap.visit, partial(_erase, desk, tap)))


async def _erase(desk: Desk, tap: Tap) -> None:
    async def work(_wait: Waiting) -> list[Part]:
        stays = desk.people.stays(tap.visit.person)
        await erasing.erase(desk, tap.visit.person)
        _log.info("person.erased")
        return plain_parts(prompts.text("deleteme_done" if stays else "deleteme_done_gone"))

    await work_on(desk, tap.visit, prompts.text("deleteme_working"), work, tap.over)


def _listed(stored: erasing.Stored) -> str:
    """What a person stored, in a line each."""
    counts = (
        (stored.documents, "document", "deleteme_documents"),
        (stored.sources, "source", "deleteme_sources"),
        (stored.editions, "edition", "deleteme_editions"),
        (stored.opinions, "opinion", "deleteme_opinions"),
        (stored.links, "link", "deleteme_links"),
        (stored.watches, "question", "deleteme_watches"),
    )
    lines = [prompts.text("deleteme_subscription")] if stored.subscribed else []
    lines += [prompts.text(line, count=counted(count, thing)) for count, thing, line in counts if count]
    return "\n".join(f"• {each}" for each in [*lines, prompts.text("deleteme_said")])
