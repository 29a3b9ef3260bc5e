"""Gives the buttons below sources, offers, lists and pasted texts their meaning. Knows nothing of access.

All of them mean something in a private chat alone, and only to whom they were offered.
"""

from __future__ import annotations

import re
from functools import partial

import prompts
from bot.handlers import following, packs, posts, questions, sources
from bot.handlers.desk import Desk
from bot.handlers.tap import Meaning, Tap, show
from bot.pasted import address_in
from bot.render import parse_source_data, plain_parts, said_parts
from retrieval.errors import FootnoteError, NotFound

_NUMBER = "(0|[1-9][0-9]{0,17})"
_OFFER = re.compile(f"o:{_NUMBER}:([0-9])")
_ONCE = re.compile(f"oo:{_NUMBER}:([0-9])")
_CHANNEL = re.compile(f"oc:{_NUMBER}")
_PACK = re.compile("g(!?):([0-9]{1,2})")
_PASTED = re.compile(f"p([ak]):{_NUMBER}")


async def source(desk: Desk, tap: Tap) -> Meaning | None:
    """Show the card of a source, or do what a button of it says."""
    found = parse_source_data(tap.data)
    if found is None or not tap.visit.private:
        return None
    action, number = found
    try:
        held = await sources.managed(desk, tap.visit, number)
        if action in ("a", "d"):
            return Meaning(partial(sources.ask_words, desk, tap.visit, held, action))
        if action == "z":
            return Meaning(partial(sources.remove_all, desk, tap.visit, held, tap.over))
        if action == "s":
            if desk.people.owner != tap.visit.person:
                return None
            return Meaning(partial(following.share, desk, tap.visit, number, tap.over))
        parts = await sources.act(desk, tap.visit, held, action)
    except NotFound:
        return None
    except FootnoteError as error:
        parts = said_parts(str(error))
    return Meaning(partial(show, desk, tap, parts))


async def offer(desk: Desk, tap: Tap) -> Meaning | None:
    """Follow what was offered at an address, read it once, or follow the channel a post came from."""
    visit = tap.visit
    if not visit.private:
        return None
    if found := _OFFER.fullmatch(tap.data):
        offered = await following.offered(desk, visit, int(found[1]), int(found[2]))
        work = partial(following.chosen, desk, visit, offered, tap.over, tap.data) if offered else None
        return Meaning(work) if work else None
    if found := _ONCE.fullmatch(tap.data):
        address = address_in(await desk.asked.find(visit.chat, int(found[1]), int(found[2])) or "")
        work = partial(following.read_once, desk, visit, address, tap.over, tap.data) if address else None
        return Meaning(work) if work else None
    if found := _CHANNEL.fullmatch(tap.data):
        address = address_in(await desk.asked.find(visit.chat, int(found[1]), 0) or "")
        return Meaning(partial(following.look, desk, visit, address)) if address else None
    return None


async def pack(desk: Desk, tap: Tap) -> Meaning | None:
    """Show the lists to begin with, or one of them, or follow it."""
    if not tap.visit.private:
        return None
    if tap.data == "gg":
        return Meaning(partial(desk.outbox.send_parts, tap.visit.place, packs.all_parts()))
    if tap.data == "g":
        return Meaning(partial(show, desk, tap, packs.all_parts()))
    found = _PACK.fullmatch(tap.data)
    parts = packs.pack_parts(int(found[2])) if found else None
    if found is None or parts is None:
        return None
    if found[1]:
        return Meaning(partial(packs.follow, desk, tap.visit, int(found[2]), tap.over))
    return Meaning(partial(show, desk, tap, parts))


async def text(desk: Desk, tap: Tap) -> Meaning | None:
    """Answer a text that was pasted, or keep it as a source."""
    found, visit = _PASTED.fullmatch(tap.data), tap.visit
    said = await desk.asked.take(visit.chat, int(found[2])) if found and visit.private else None
    if found is None or said is None:
        return None
    if found[1] == "k":
        return Meaning(partial(posts.keep, desk, visit, said, tap.over))

    async def answer() -> None:
        await show(desk, tap, plain_parts(prompts.text("paste_answering")))
        await questions.put(desk, visit, said)

    return Meaning(answer)
