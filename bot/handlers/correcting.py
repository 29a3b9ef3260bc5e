"""Corrects what editions told: looks back when documents came, and sends what was wrong, each thing once.

Knows nothing of how a correction is found or of how it is worded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from bot.corrections import Telling, Waiting, Wrong
from bot.faults import described
from bot.handlers import telling
from bot.handlers.desk import Desk, Visit
from bot.handlers.planning import wanted
from bot.outcomes import Outcome
from bot.subscribers import Subscription
from bot.tastes import MUTE
from retrieval.types import SHARED, Scope, person

if TYPE_CHECKING:
    from retrieval.briefing import Piece
    from retrieval.briefing.corrections.hindsight import Mended, News

TICK = 20.0  # seconds between two looks at what is to be sent
_WAKES, _SLEEPS = 8 * 60, 22 * 60  # minutes of the day
_AFTER = 60  # minutes that somebody is awake after their edition came
_WITH_IT = timedelta(hours=12)  # a correction waits so long for the next edition, and comes behind it
_BEHIND = timedelta(minutes=2)
_NOT_NOW = (Outcome.WAIT, Outcome.AGAIN)

_log = structlog.get_logger()


async def look(desk: Desk, owner: str) -> int:
    """Look back at what was told, now that documents of ``owner`` have come; how many corrections follow.

    Never raises.
    """
    try:
        return await _look(desk, owner)
    except Exception as error:
        _log.error("corrections.failed", **described(error))
        return 0


async def keep_sending(desk: Desk) -> None:
    """Send what is due until cancelled; a fault ends nothing, and what is on its way is seen through."""
    stop = asyncio.Event()
    sending = asyncio.create_task(_keep_sending(desk, stop))
    try:
        await asyncio.shield(sending)
    finally:
        stop.set()
        await asyncio.wait({sending})


async def _keep_sending(desk: Desk, stop: asyncio.Event) -> None:
    resumed = False
    while not stop.is_set():
        try:
            if not resumed:
                await _resume(desk)
                resumed = True
            await send_due(desk, stop)
        except Exception as error:
            _log.error("corrections.unsent", **described(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TICK)


async def send_due(desk: Desk, stop: asyncio.Event | None = None) -> None:
    """Send the corrections whose time has come, one after another, until ``stop`` is set."""
    for waiting in await desk.corrections.due():
        if stop and stop.is_set():
            return
        subscription = await desk.subscribers.find(waiting.reader)
        if subscription is None or not wanted(desk, subscription):
            await desk.corrections.settle(waiting.id, "lost")
        elif await desk.corrections.begin(waiting.id):
            await _send(desk, subscription, waiting)


def moment(subscription: Subscription, now: datetime) -> datetime:
    """When to send a correction: behind the next edition if that comes soon, else in waking hours."""
    edition = subscription.due
    if edition and now <= edition <= now + _WITH_IT:
        return edition + _BEHIND
    local = now.astimezone(ZoneInfo(subscription.rhythm.zone))
    first = min(_WAKES, subscription.rhythm.minute)
    last = max(_SLEEPS, min(24 * 60, subscription.rhythm.minute + _AFTER))
    minute = local.hour * 60 + local.minute
    if first <= minute < last:
        return now
    morning = local.replace(hour=first // 60, minute=first % 60, second=0, microsecond=0)
    if minute >= last:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


async def _look(desk: Desk, owner: str) -> int:
    from retrieval.briefing.corrections.hindsight import Hindsight

    began, since = desk.clock(), await desk.corrections.looked(owner)
    reader = None if owner == SHARED else _reader_of(owner)
    claimed = 0
    if told := await desk.corrections.stories(reader):
        hindsight = Hindsight(desk.library.engine, desk.editions.stories)
        for news in await hindsight.news(owner, Scope.of(owner), told, since, began):
            claimed += await _correct(desk, news, reader)
    await desk.corrections.look(owner, began)
    if claimed:
        await send_due(desk)
    return claimed


async def _correct(desk: Desk, news: News, reader: int | None) -> int:
    """Claim what the news of a story correct, decided once for all its readers."""
    from retrieval.briefing.corrections.hindsight import mended

    told = await desk.corrections.told(news.numbers, reader)
    owners = {SHARED, *(person(each.reader) for each in told if each.reader > 0)}
    pieces = await desk.stories.several({each.kept for each in told}, owners)
    found = await mended(pieces.values(), news) if pieces else []
    if not found:
        return 0
    claimed = 0
    for who in dict.fromkeys(each.reader for each in told):
        theirs = [each for each in told if each.reader == who and each.kept in pieces]
        try:
            claimed += await _claim(desk, who, theirs, pieces, found, news)
        except Exception as error:
            _log.error("correction.failed", reader=who, **described(error))
    return claimed


async def _claim(
    desk: Desk,
    reader: int,
    told: Sequence[Telling],
    pieces: Mapping[int, Piece],
    found: Sequence[Mended],
    news: News,
) -> bool:
    """Claim one message to a reader with what of the story they were told is wrong; whether there is one."""
    from bot.render.corrections import correction_part

    subscription = await desk.subscribers.find(reader)
    if subscription is None or not wanted(desk, subscription):
        return False
    if any([MUTE in await desk.tastes.on(reader, pieces[each.kept]) for each in told]):
        return False
    owners = subscription.scope.owners
    readable = [each for each in found if each.correction.now.document.owner in owners]
    known = await desk.corrections.known(reader, {each.key for each in readable})
    wrong = _wrong(told, pieces, [each for each in readable if each.key not in known], news)
    if not wrong:
        return False
    zone = ZoneInfo(subscription.rhythm.zone)
    shown = [(each.at.astimezone(zone).date(), one) for each, one in _each_once(wrong.values())]
    headline = pieces[next(iter(wrong.values()))[0].kept].headline
    part = correction_part(headline, shown, open_link=desk.open_link)
    claimed = {
        key: Wrong(one.statement.text, one.correction.said, one.correction.now)
        for key, (_, one) in wrong.items()
    }
    return await desk.corrections.claim(reader, claimed, part, moment(subscription, desk.clock()))


def _wrong(
    told: Sequence[Telling], pieces: Mapping[int, Piece], found: Sequence[Mended], news: News
) -> dict[str, tuple[Telling, Mended]]:
    """What of the stories somebody was told is wrong, by its key, with the latest telling of it."""
    wrong: dict[str, tuple[Telling, Mended]] = {}
    for only_dated in (False, True):  # what stands in the timeline alone was hardly read
        for each in reversed(told):
            for one in _stated(pieces[each.kept], found, only_dated=only_dated):
                if _came_after(each, one, news):
                    wrong.setdefault(one.key, (each, one))
    return wrong


def _stated(piece: Piece, found: Sequence[Mended], *, only_dated: bool) -> list[Mended]:
    """Those of some corrections that are of something this piece states, or its timeline, in that order.

    Another piece may state the same from a document that not everybody may read.
    """
    stated = [event.statement for event in piece.timeline] if only_dated else list(piece.statements)
    places = {statement.text: at for at, statement in reversed(list(enumerate(stated)))}
    cited = {citation.document.number for citation in piece.citations}
    of_it = [
        each
        for each in found
        if each.statement.text in places and each.correction.said.document.number in cited
    ]
    return sorted(of_it, key=lambda each: places[each.statement.text])


def _came_after(told: Telling, mended: Mended, news: News) -> bool:
    """Whether a correction was not known yet when something was told."""
    placed = news.placed.get(mended.correction.now.document.number)
    return placed is not None and placed > told.at


def _each_once(wrong: Iterable[tuple[Telling, Mended]]) -> list[tuple[Telling, Mended]]:
    """What one sentence corrects is shown once, however often it was told."""
    first: dict[tuple[int, int], tuple[Telling, Mended]] = {}
    for each in wrong:
        now = each[1].correction.now
        first.setdefault((now.document.number, now.start), each)
    return list(first.values())


async def _send(desk: Desk, subscription: Subscription, waiting: Waiting) -> None:
    """Send a correction that was claimed; what surely was not sent waits for the next look."""
    await desk.outbox.turn()
    sent, _ = await desk.outbox.post(subscription.place, waiting.part)
    if sent in _NOT_NOW:
        await desk.corrections.settle(waiting.id, "waiting")
        return
    state = "sent" if isinstance(sent, int) else "uncertain" if sent is Outcome.UNCERTAIN else "lost"
    await desk.corrections.settle(waiting.id, state)
    await telling.remember(desk, Visit.to(subscription), [waiting.part], [sent])
    if sent is Outcome.UNCERTAIN:
        await desk.outbox.doubt(subscription.place, [waiting.part])
    _log.info("correction.sent", correction=waiting.id, state=state)


async def _resume(desk: Desk) -> None:
    """Say honestly which corrections may not have arrived when the bot was interrupted."""
    for cut in await desk.corrections.interrupted():
        subscription = await desk.subscribers.find(cut.reader)
        if subscription and wanted(desk, subscription):
            await desk.outbox.doubt(subscription.place, [cut.part])


def _reader_of(owner: str) -> int | None:
    number = owner.rpartition(":")[2]
    return int(number) if number.isdecimal() else None
