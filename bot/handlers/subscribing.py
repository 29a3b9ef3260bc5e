"""Lets people subscribe to a briefing, change it and end it, for themselves or for a group they manage.

Knows nothing of how editions are made, or of what is asked for in replies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from tzlocal import get_localzone_name

import prompts
from bot import erasing, languages, zones
from bot.dues import EVERY_DAY, Rhythm
from bot.handlers import briefings
from bot.handlers.desk import Desk, Visit, say
from bot.handlers.rights import may_change
from bot.handlers.waiting import in_turn
from bot.render import Button, Part, plain_parts
from bot.render.subscription import card_of, next_said, times_parts
from bot.render.tastes import counted
from bot.subscribers import AWAY, ON, PAUSED, Subscription, anew


async def subscribe(desk: Desk, visit: Visit, _words: str) -> None:
    """Offer a time to tap, in the zone the person most likely lives in; or show what is set."""
    if not await allowed(desk, visit):
        return
    kept = await desk.subscribers.at(visit.room)
    parts = await card(desk, kept) if kept else await _offer(desk, visit)
    await desk.outbox.send_parts(visit.place, parts)
    await tell_lost(desk, visit)


async def settings(desk: Desk, visit: Visit, _words: str) -> None:
    """Show everything that can be changed, in one message."""
    kept = await subscribed(desk, visit)
    if kept:
        await desk.outbox.send_parts(visit.place, await card(desk, kept))
    await tell_lost(desk, visit)


async def briefing(desk: Desk, visit: Visit, _words: str) -> None:
    """Send a briefing now; whoever has not subscribed gets one of everything."""
    if not await allowed(desk, visit):
        return
    kept = await desk.subscribers.at(visit.room)
    zone = kept.rhythm.zone if kept else await likely_zone(visit.language)
    wanted = kept or anew(visit.room, visit.person, _rhythm(desk, zone, 0), languages.known(visit.language))
    await in_turn(desk, visit, partial(briefings.show_now, desk, visit, wanted))


async def pause(desk: Desk, visit: Visit, _words: str) -> None:
    """Let no briefing come until it is resumed."""
    kept = await subscribed(desk, visit)
    if kept:
        await desk.outbox.send_parts(visit.place, await change(desk, replace(kept, state=PAUSED)))


async def unsubscribe(desk: Desk, visit: Visit, _words: str) -> None:
    """Ask once more before a subscription is erased."""
    if await subscribed(desk, visit):
        await desk.outbox.send_parts(visit.place, sure_parts())


async def end(desk: Desk, kept: Subscription) -> None:
    """Erase a subscription, all that is known of its editions, and what its reader thinks of stories."""
    await desk.subscribers.drop(kept.reader)
    await erasing.erase_editions(desk, kept.reader)
    await desk.tastes.forget(kept.reader)
    if not kept.private:  # nobody will have that number again
        await desk.tastes.forget(kept.reader)


async def begin(desk: Desk, visit: Visit, zone: str, minute: int) -> list[Part]:
    """Set the time, in a zone; where there was no subscription, there is one then."""
    kept = await desk.subscribers.at(visit.room)
    if kept:
        return await change(desk, replace(kept, rhythm=replace(kept.rhythm, zone=zone, minute=minute)))
    language = languages.known(visit.language)
    made = await desk.subscribers.keep(anew(visit.room, visit.person, _rhythm(desk, zone, minute), language))
    return await card(desk, made, said=prompts.text("briefing_subscribed"))


async def change(desk: Desk, wanted: Subscription) -> list[Part]:
    """Keep what was changed, and show it."""
    return await card(desk, await desk.subscribers.keep(wanted))


async def card(desk: Desk, kept: Subscription, *, said: str = "") -> list[Part]:
    """The message that shows all of a subscription."""
    opinions, written = counted(await desk.tastes.of(kept.reader)), desk.library.writer is not None
    return card_of(kept, desk.clock(), said=said, written=written, opinions=opinions)


async def place(desk: Desk, visit: Visit, zone: str) -> list[Part]:
    """Set the zone of a subscription; whoever has none yet is asked for the time."""
    kept = await desk.subscribers.at(visit.room)
    if kept is None:
        return times_parts(zone, desk.clock())
    return await change(desk, replace(kept, rhythm=replace(kept.rhythm, zone=zone)))


async def returned(desk: Desk, away: Subscription) -> None:
    """Resume the briefing of a place where the bot may write again, and say when it comes."""
    kept = await desk.subscribers.resume(away.reader)
    if kept:
        words = prompts.text("briefing_back_again", next=next_said(kept, desk.clock()))
        await desk.outbox.say(kept.place, words)


async def lost(desk: Desk, visit: Visit) -> Sequence[Subscription]:
    """The briefings of this group's other topics in which the bot may not write any more."""
    if visit.private:
        return ()
    here = visit.room
    return [
        each
        for each in await desk.subscribers.of_chat(visit.chat)
        if each.state == AWAY and each.place != here
    ]


async def tell_lost(desk: Desk, visit: Visit) -> None:
    """Say which briefings are paused since their topic is gone or closed, and offer to have them here."""
    for each in await lost(desk, visit):
        bring = Button(prompts.text("briefing_bring_button"), f"bw:{-each.reader}")
        parts = plain_parts(prompts.text("briefing_topic_gone"), buttons=((bring,),))
        await desk.outbox.send_parts(visit.place, parts)


async def bring(desk: Desk, visit: Visit, reader: int) -> list[Part] | None:
    """Let a briefing whose topic is gone come here; None where it is none of this group's, or one comes."""
    found = next((each for each in await lost(desk, visit) if each.reader == reader), None)
    if found is None or await desk.subscribers.at(visit.room):
        return None
    return await change(desk, replace(found, place=visit.room, state=ON))


async def allowed(desk: Desk, visit: Visit) -> bool:
    """Whether the person may decide here; where only a group's admins may, they are told."""
    if await may_change(desk, visit):
        return True
    await say(desk, visit, "briefing_admins")
    return False


async def subscribed(desk: Desk, visit: Visit) -> Subscription | None:
    """What is subscribed to here, for whoever may change it; everybody else is told why not."""
    if not await allowed(desk, visit):
        return None
    kept = await desk.subscribers.at(visit.room)
    if kept is None:
        await say(desk, visit, "briefing_none" if visit.private else "briefing_none_here")
    return kept


def sure_parts() -> list[Part]:
    """Asks whether a subscription shall be erased."""
    yes = Button(prompts.text("briefing_sure_button"), "bu!")
    no = Button(prompts.text("source_keep_button"), "bm")
    return plain_parts(prompts.text("briefing_sure"), buttons=((yes, no),))


async def likely_zone(language: str | None) -> str:
    """The zone of most who speak a language, else the one of this machine."""
    home = get_localzone_name()
    guessed = await asyncio.to_thread(zones.guess, language)
    return guessed or (home if home and zones.known(home) else "Etc/UTC")


async def _offer(desk: Desk, visit: Visit) -> list[Part]:
    line = "briefing_offer" if visit.private else "briefing_offer_here"
    return times_parts(await likely_zone(visit.language), desk.clock(), offer=prompts.text(line))


def _rhythm(desk: Desk, zone: str, minute: int) -> Rhythm:
    return Rhythm(zone, minute, EVERY_DAY, desk.clock())
