"""Keeps sources fresh, tells people what became of them, and looks whether news answer what waits.

Knows nothing of how sources are read.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog

import prompts
from bot.faults import described
from bot.handlers import watching
from bot.handlers.desk import Desk, Visit
from bot.render import Button, said_parts, source_data
from retrieval.types import SHARED, person

if TYPE_CHECKING:
    from retrieval.following import Notice, Refreshed

_BREATH = 60.0  # seconds until sources are looked at again after a fault

_log = structlog.get_logger()


async def keep_fresh(desk: Desk) -> None:
    """Look at the sources that are due for as long as the bot runs; a fault there ends no chat."""
    while True:
        try:
            await desk.following.run(partial(tell, desk), partial(added, desk))
        except Exception as error:
            _log.error("following.failed", **described(error))
        await asyncio.sleep(_BREATH)


async def tell(desk: Desk, notice: Notice) -> None:
    """Tell a source's owner what happened to it, in their private chat. Never raises."""
    try:
        await _tell(desk, notice)
    except Exception as error:
        _log.error("notice.failed", kind=notice.kind, **described(error))


async def added(desk: Desk, refreshed: Refreshed) -> None:
    """Look at the questions that wait, now that documents have come. Never raises."""
    owners = {document.owner for document in (*refreshed.added, *refreshed.replaced)}
    for owner in owners:
        chat = watching.EVERYBODY if owner == SHARED else _number_of(owner)
        if chat is not None:
            desk.looks.take(chat, partial(watching.look, desk, owner))


async def _tell(desk: Desk, notice: Notice) -> None:
    source = notice.source
    who = desk.people.owner if source.owner == SHARED else _number_of(source.owner)
    if who is None or not desk.people.may_speak(who):
        return
    visit = Visit(who, who, private=True)
    show = Button(prompts.text("source_show_button"), source_data("", source.number))
    remove = Button(prompts.text("source_remove_button"), source_data("x", source.number))
    await desk.outbox.deliver(visit.place, said_parts(notice.sentence, buttons=((show, remove),)))
    _log.info("notice.told", kind=notice.kind, source=source.number)


def _number_of(owner: str) -> int | None:
    """The Telegram id of the person who owns something, or None where no person does."""
    number = owner.rpartition(":")[2]
    return int(number) if number.isdecimal() and person(int(number)) == owner else None
