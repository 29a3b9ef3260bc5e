"""Asks for what cannot be tapped – a time, a place, words, a language – and takes the replies.

Knows nothing of how a subscription begins or ends.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from telegram import Message

import prompts
from bot import languages, zones
from bot.handlers import subscribing
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.sources import words_in
from bot.outbox import Place
from bot.render import asking_part
from bot.render.subscription import zones_parts
from bot.subscribers import Subscription

_TIME = re.compile(
    r"(\d{1,2})(?:\s*[:.h]\s*([0-5]\d)|([0-5]\d))?\s*(?:h|uhr|o'clock)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE
)
_LONGEST = 80  # characters of a role or an industry
_NONE = {"-", "–", "—"}
_ASKED = {
    "bt": "briefing_reply_time",
    "bz": "briefing_reply_place",
    "bp": "briefing_reply_topics",
    "br": "briefing_reply_role",
    "bi": "briefing_reply_industry",
    "by": "briefing_reply_language",
}
ABOUT = ("bp", "br", "bi", "by")  # what is asked of those alone who have a subscription


async def ask(desk: Desk, visit: Visit, what: str, zone: str = "", line: str = "") -> None:
    """Ask for a time, a place, topics, a role, an industry or a language; ``zone`` is that of a time."""
    number = await desk.asked.offer(visit.chat, [zone]) if zone else 0
    question = asking_part(prompts.text(line or _ASKED[what]))
    async with desk.awaited.asking(visit.chat):
        for sent in await desk.outbox.send_parts(Place(visit.chat, visit.thread), [question]):
            await desk.awaited.expect(visit.chat, sent, what, number)


async def answered(desk: Desk, visit: Visit, message: Message) -> bool:
    """Whether a message replies to such a question; then it is dealt with."""
    asked = await _asked(desk, visit, message)
    if asked is None:
        return False
    if not await subscribing.allowed(desk, visit):
        return True
    what, number = asked
    said = " ".join((message.text or "").split())
    if what == "bz":
        await _placed(desk, visit, await asyncio.to_thread(zones.find, said, visit.language))
    elif what == "bt":
        await _timed(desk, visit, said, await desk.asked.find(visit.chat, number, 0))
    else:
        await _described(desk, visit, what, said)
    return True


async def located(desk: Desk, visit: Visit, message: Message) -> bool:
    """Whether a message is a location; then it sets the place, in a group where one was asked for."""
    if message.location is None or message.venue is not None:
        return False
    if not visit.private:
        asked = await _asked(desk, visit, message)
        if asked is None or asked[0] != "bz" or not await subscribing.allowed(desk, visit):
            return asked is not None
    zone = zones.at(message.location.latitude, message.location.longitude)
    await _placed(desk, visit, (zone,) if zone else ())
    return True


def minute_in(said: str) -> int | None:
    """The minute of the day that somebody names: 7, 6:45, 0645, 6.45 pm, 18h."""
    found = _TIME.fullmatch(said.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    return hour * 60 + minute if hour < 24 else None


async def _asked(desk: Desk, visit: Visit, message: Message) -> tuple[str, int] | None:
    """What the message that this one replies to asked for, and the number with it."""
    replied = message.reply_to_message
    asked = await desk.awaited.find(visit.chat, replied.message_id) if replied else None
    return asked if asked and asked[0] in _ASKED else None


async def _placed(desk: Desk, visit: Visit, found: tuple[str, ...]) -> None:
    if not found:
        await ask(desk, visit, "bz", line="briefing_no_place")
    elif len(found) == 1:
        await desk.outbox.send_parts(visit.place, await subscribing.place(desk, visit, found[0]))
    else:
        await desk.outbox.send_parts(visit.place, zones_parts(found, desk.clock()))


async def _timed(desk: Desk, visit: Visit, said: str, zone: str | None) -> None:
    minute = minute_in(said)
    if zone is None or not zones.known(zone):
        await say(desk, visit, "briefing_none")
    elif minute is None:
        await ask(desk, visit, "bt", zone, line="briefing_no_time")
    else:
        await desk.outbox.send_parts(visit.place, await subscribing.begin(desk, visit, zone, minute))


async def _described(desk: Desk, visit: Visit, what: str, said: str) -> None:
    kept = await desk.subscribers.at(visit.room)
    if kept is None:
        await say(desk, visit, "briefing_none" if visit.private else "briefing_none_here")
        return
    if what == "by" and said not in _NONE:
        spoken = await asyncio.to_thread(languages.find, said, visit.language)
        if spoken is None:
            await ask(desk, visit, "by", line="briefing_no_language")
            return
        said = spoken
    wanted = _with(kept, what, "" if said in _NONE else said)
    if wanted is None:
        await say(desk, visit, "words_too_many", count=40, length=60)
    else:
        await desk.outbox.send_parts(visit.place, await subscribing.change(desk, wanted))


def _with(kept: Subscription, what: str, said: str) -> Subscription | None:
    """A subscription with what was said of it; None where those are too many words."""
    if what == "bp":
        topics = words_in(said)
        return None if topics is None else replace(kept, topics=topics)
    if what == "br":
        return replace(kept, role=said[:_LONGEST])
    if what == "bi":
        return replace(kept, industry=said[:_LONGEST])
    return replace(kept, language=said or None)
