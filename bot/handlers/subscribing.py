"""Lets people subscribe to a briefing, change it and end it. Knows nothing of how editions are made."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial

from telegram import Message
from tzlocal import get_localzone_name

import prompts
from bot import zones
from bot.dues import EVERY_DAY, Rhythm
from bot.handlers import briefings
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.sources import words_in
from bot.handlers.waiting import in_turn
from bot.outbox import Place
from bot.render import Button, Part, asking_part, plain_parts
from bot.render.subscription import card_of, times_parts, zones_parts
from bot.subscribers import AWAY, ON, PAUSED, Subscription, of_person

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
}


async def subscribe(desk: Desk, visit: Visit, _words: str) -> None:
    """Offer a time to tap, in the zone the person most likely lives in; or show what is set."""
    if not visit.private:
        await say(desk, visit, "briefing_in_private")
        return
    kept = await desk.subscribers.find(visit.person)
    if kept:
        await desk.outbox.send_parts(visit.place, card_of(kept, desk.clock()))
        return
    parts = times_parts(likely_zone(visit.language), desk.clock(), back=False)
    await desk.outbox.send_parts(visit.place, parts)


async def settings(desk: Desk, visit: Visit, _words: str) -> None:
    """Show everything that can be changed, in one message."""
    kept = await _kept(desk, visit)
    if kept:
        await desk.outbox.send_parts(visit.place, card_of(kept, desk.clock()))


async def briefing(desk: Desk, visit: Visit, _words: str) -> None:
    """Send a briefing now; whoever has not subscribed gets one of everything."""
    if not visit.private:
        await say(desk, visit, "briefing_in_private")
        return
    kept = await desk.subscribers.find(visit.person)
    wanted = kept or of_person(visit.person, _rhythm(desk, likely_zone(visit.language), 0))
    await in_turn(desk, visit, partial(briefings.show_now, desk, visit, wanted))


async def pause(desk: Desk, visit: Visit, _words: str) -> None:
    """Let no briefing come until it is resumed."""
    kept = await _kept(desk, visit)
    if kept:
        kept = await desk.subscribers.keep(replace(kept, state=PAUSED))
        await desk.outbox.send_parts(visit.place, card_of(kept, desk.clock()))


async def unsubscribe(desk: Desk, visit: Visit, _words: str) -> None:
    """Ask once more before a subscription is erased."""
    if await _kept(desk, visit):
        await desk.outbox.send_parts(visit.place, sure_parts())


async def end(desk: Desk, visit: Visit) -> bool:
    """Erase a person's subscription and all that is known of their editions; whether there was one."""
    held = await desk.subscribers.drop(visit.person)
    await desk.deliveries.forget(visit.person)
    return held


async def begin(desk: Desk, visit: Visit, zone: str, minute: int) -> list[Part]:
    """Set the time, in a zone; whoever had no subscription has one then."""
    kept = await desk.subscribers.find(visit.person)
    if kept:
        return await change(desk, replace(kept, rhythm=replace(kept.rhythm, zone=zone, minute=minute)))
    made = await desk.subscribers.keep(of_person(visit.person, _rhythm(desk, zone, minute)))
    return card_of(made, desk.clock(), said=prompts.text("briefing_subscribed"))


async def change(desk: Desk, wanted: Subscription) -> list[Part]:
    """Keep what was changed, and show it."""
    return card_of(await desk.subscribers.keep(wanted), desk.clock())


async def place(desk: Desk, visit: Visit, zone: str) -> list[Part]:
    """Set the zone of a subscription; whoever has none yet is asked for the time."""
    kept = await desk.subscribers.find(visit.person)
    if kept is None:
        return times_parts(zone, desk.clock(), back=False)
    return await change(desk, replace(kept, rhythm=replace(kept.rhythm, zone=zone)))


async def ask(desk: Desk, visit: Visit, what: str, zone: str = "", line: str = "") -> None:
    """Ask for a time, a place, topics, a role or an industry; ``zone`` is that of a time."""
    number = await desk.asked.offer(visit.chat, [zone]) if zone else 0
    question = asking_part(prompts.text(line or _ASKED[what]))
    async with desk.awaited.asking(visit.chat):
        for sent in await desk.outbox.send_parts(Place(visit.chat, visit.thread), [question]):
            await desk.awaited.expect(visit.chat, sent, what, number)


async def answered(desk: Desk, visit: Visit, message: Message) -> bool:
    """Whether a message replies to such a question; then it is dealt with."""
    replied = message.reply_to_message
    asked = await desk.awaited.find(visit.chat, replied.message_id) if replied and visit.private else None
    if asked is None or asked[0] not in _ASKED:
        return False
    what, number = asked
    said = " ".join((message.text or "").split())
    if what == "bz":
        await _placed(desk, visit, zones.find(said, visit.language))
    elif what == "bt":
        await _timed(desk, visit, said, await desk.asked.find(visit.chat, number, 0))
    else:
        await _described(desk, visit, what, said)
    return True


async def located(desk: Desk, visit: Visit, message: Message) -> bool:
    """Whether a message is a location; then it sets the place."""
    if message.location is None or message.venue is not None:
        return False
    zone = zones.at(message.location.latitude, message.location.longitude)
    await _placed(desk, visit, (zone,) if zone else ())
    return True


async def returned(desk: Desk, visit: Visit) -> None:
    """Resume the briefing of somebody who had blocked the bot and writes again."""
    kept = await desk.subscribers.find(visit.person)
    if kept and kept.state == AWAY:
        await desk.subscribers.keep(replace(kept, state=ON))
        await say(desk, visit, "briefing_back_again")


async def export(desk: Desk, visit: Visit) -> bool:
    """Send what is kept of a person's briefing, if anything is."""
    kept = await desk.subscribers.find(visit.person)
    if kept is None:
        return False
    form = {
        "zone": kept.rhythm.zone,
        "time": f"{kept.rhythm.minute // 60:02}:{kept.rhythm.minute % 60:02}",
        "weekdays": sorted(each + 1 for each in kept.rhythm.days),
        "topics": kept.topics,
        "role": kept.role,
        "industry": kept.industry,
        "length": kept.length,
        "state": kept.state,
    }
    content = json.dumps(form, indent=2, ensure_ascii=False).encode() + b"\n"
    caption = prompts.text("briefing_export")
    await desk.outbox.send_file(visit.place, content, "footnote-briefing.json", caption)
    return True


def sure_parts() -> list[Part]:
    """Asks whether a subscription shall be erased."""
    yes = Button(prompts.text("briefing_sure_button"), "bu!")
    no = Button(prompts.text("source_keep_button"), "bm")
    return plain_parts(prompts.text("briefing_sure"), buttons=((yes, no),))


def likely_zone(language: str | None) -> str:
    """The zone of most who speak a language, else the one of this machine."""
    home = get_localzone_name()
    return zones.guess(language) or (home if home and zones.known(home) else "Etc/UTC")


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


async def _placed(desk: Desk, visit: Visit, found: tuple[str, ...]) -> None:
    if not found:
        await ask(desk, visit, "bz", line="briefing_no_place")
    elif len(found) == 1:
        await desk.outbox.send_parts(visit.place, await place(desk, visit, found[0]))
    else:
        await desk.outbox.send_parts(visit.place, zones_parts(found, desk.clock()))


async def _timed(desk: Desk, visit: Visit, said: str, zone: str | None) -> None:
    minute = minute_in(said)
    if zone is None or not zones.known(zone):
        await say(desk, visit, "briefing_none")
    elif minute is None:
        await ask(desk, visit, "bt", zone, line="briefing_no_time")
    else:
        await desk.outbox.send_parts(visit.place, await begin(desk, visit, zone, minute))


async def _described(desk: Desk, visit: Visit, what: str, said: str) -> None:
    kept = await _kept(desk, visit)
    if kept is None:
        return
    said = "" if said in _NONE else said
    if what == "bp":
        topics = words_in(said)
        if topics is None:
            await say(desk, visit, "words_too_many", count=40, length=60)
            return
        kept = replace(kept, topics=topics)
    elif what == "br":
        kept = replace(kept, role=said[:_LONGEST])
    else:
        kept = replace(kept, industry=said[:_LONGEST])
    await desk.outbox.send_parts(visit.place, await change(desk, kept))


async def _kept(desk: Desk, visit: Visit) -> Subscription | None:
    """The person's subscription; where there is none, or in a group, they are told."""
    kept = await desk.subscribers.find(visit.person) if visit.private else None
    if kept is None:
        await say(desk, visit, "briefing_none" if visit.private else "briefing_in_private")
    return kept


def _rhythm(desk: Desk, zone: str, minute: int) -> Rhythm:
    return Rhythm(zone, minute, EVERY_DAY, desk.clock())
