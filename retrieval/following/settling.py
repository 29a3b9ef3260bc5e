"""Stores what looks at sources found: documents, items, when to look again. Knows nothing of the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import bound
from retrieval.errors import LimitReached, Unreachable
from retrieval.fetch import shown
from retrieval.following import schedule
from retrieval.following.addresses import host, place
from retrieval.following.entries import Entry, Known
from retrieval.following.limits import Allowances
from retrieval.following.looking import Outcome
from retrieval.following.noting import counted_lately, note_items, note_sources
from retrieval.following.steps import reached
from retrieval.following.storage import Storage
from retrieval.following.types import Notice, Refreshed
from retrieval.following.whole import whole
from retrieval.library import AddReport, Library
from retrieval.types import Draft

_HELD = timedelta(hours=12)  # that a source must be said to have moved before it is followed there

_log = structlog.get_logger()


class Settling:
    """Stores outcomes, many at a time."""

    def __init__(
        self,
        library: Library,
        storage: Storage,
        allowances: Allowances,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._library = library
        self._storage = storage
        self._allowances = allowances
        self._clock = clock
        self._chance = chance

    async def settle(self, outcomes: Sequence[Outcome]) -> Refreshed:
        """Store what was found; documents first, so that what dies in between is found again, not lost."""
        noted, reports = await self._documents(outcomes)
        reached("saved")
        notices = await whole(self._note(outcomes, noted))
        reached("noted")
        return Refreshed(
            looked_at=len(outcomes),
            unchanged=sum(not (each.fault or each.drafts) for each in outcomes),
            failed=sum(each.fault is not None and not _limited(each) for each in outcomes),
            added=tuple(document for report in reports for document in report.added),
            replaced=tuple(document for report in reports for document in report.replaced),
            notices=notices,
            passages=sum(report.passages for report in reports),
        )

    async def _note(
        self, outcomes: Sequence[Outcome], noted: Mapping[int, Sequence[Known]]
    ) -> tuple[Notice, ...]:
        """Remember what was seen and when to look again; returns what is to be told."""
        now = self._clock()
        async with self._library.engine.begin() as connection:
            held = await _held(connection, [each.entry.number for each in outcomes])
            there = [each for each in outcomes if each.entry.number in held]
            for each in there:
                await note_items(connection, each.entry.number, noted[each.entry.number], now)
            lately = await counted_lately(connection, sorted(held), now)
            entries = [self._after(each, lately.get(each.entry.number, 0), now) for each in there]
            entries = [await _settled_down(connection, entry, now) for entry in entries]
            await note_sources(connection, [_columns(entry, now) for entry in entries])
        await self._allowances.keep()
        return await self._notices(there, entries, now)

    async def limited(self, entries: Sequence[Entry], fault: LimitReached, until: datetime) -> Refreshed:
        """Put off an owner's sources until a moment, and say so once a day."""
        owner = entries[0].owner
        await self._storage.postpone(owner, until)
        return Refreshed(notices=await self._limit(entries[0], fault))

    async def _documents(self, outcomes: Sequence[Outcome]) -> tuple[dict[int, list[Known]], list[AddReport]]:
        """Store the drafts, owner by owner; what is to be noted of each source's items, and the reports."""
        noted = {each.entry.number: list(each.noted) for each in outcomes}
        drafts: dict[str, list[tuple[int, Known, Draft]]] = {}
        for each in outcomes:
            mine = drafts.setdefault(each.entry.owner, [])
            mine += [(each.entry.number, note, draft) for note, draft in each.drafts]
        reports = []
        for owner, some in drafts.items():
            if some:
                report = await self._library.add([draft for _, _, draft in some], owner)
                for (number, note, _), document in zip(some, report.documents, strict=True):
                    noted[number].append(replace(note, document=document.number))
                reports.append(report)
        return noted, reports

    def _after(self, outcome: Outcome, this_week: int, now: datetime) -> Entry:
        """What is known of a source after a look, and when the next one is."""
        entry, fault = outcome.entry, outcome.fault
        if fault is None:
            due = schedule.next_look(
                now, schedule.rhythm(this_week, entry.every), outcome.wait, self._chance()
            )
            return replace(
                entry,
                next_look=now if outcome.more else due,
                failing_since=None,
                failures=0,
                reason=None,
                told=False,
            )
        if isinstance(fault, LimitReached):
            return replace(entry, next_look=tomorrow(now))
        failures = entry.failures + 1
        asked = fault.retry_after if isinstance(fault, Unreachable) else None
        _log.info("source.failing", source=entry.number, failures=failures)
        return replace(
            entry,
            next_look=None if outcome.gone else schedule.retry(now, failures, asked, self._chance()),
            failing_since=entry.failing_since or now,
            failures=failures,
            reason=str(fault),
            told=failures >= schedule.TOLD_AFTER or outcome.gone,
            gone=outcome.gone,
        )

    async def _notices(
        self, outcomes: Sequence[Outcome], entries: Sequence[Entry], now: datetime
    ) -> tuple[Notice, ...]:
        """What the followers are to be told, once."""
        said: list[tuple[Entry, str, str]] = []
        limits: list[Notice] = []
        for outcome, after in zip(outcomes, entries, strict=True):
            if isinstance(outcome.fault, LimitReached):
                limits += await self._limit(after, outcome.fault)
            elif after.gone and not outcome.entry.gone:
                said.append((after, "gone", gone_sentence(after)))
            elif after.told and not outcome.entry.told:
                said.append((after, "failing", failing_sentence(after)))
            elif host(after.url) != host(outcome.entry.url):
                said.append((after, "moved", moved_sentence(after)))
        sources = await self._storage.sources([entry for entry, _, _ in said], now) if said else []
        told = (Notice(source, kind, words) for source, (_, kind, words) in zip(sources, said, strict=True))
        return (*told, *limits)

    async def _limit(self, entry: Entry, fault: LimitReached) -> tuple[Notice, ...]:
        if not await self._allowances.first_told_today(entry.owner):
            return ()
        (source,) = await self._storage.sources([entry], self._clock())
        return (Notice(source, "limit", str(fault)),)


def tomorrow(now: datetime) -> datetime:
    """When a day's limits begin anew."""
    return datetime.combine(now.date() + timedelta(days=1), time(0, 1), tzinfo=now.tzinfo)


def failing_sentence(entry: Entry) -> str:
    """What the follower of a failing source is told."""
    return f"“{_called(entry)}” cannot be read, and is tried again from time to time: {entry.reason}"


def gone_sentence(entry: Entry) -> str:
    """What the follower of a source that is gone is told."""
    return (
        f"“{_called(entry)}” is gone for good, as its server says, and is looked at no more; "
        "what was read of it stays."
    )


def moved_sentence(entry: Entry) -> str:
    """What the follower of a source that has moved is told."""
    return f"“{_called(entry)}” has moved to {shown(entry.url)} and is followed there now."


def _called(entry: Entry) -> str:
    return entry.title or shown(entry.url)


def _limited(outcome: Outcome) -> bool:
    return isinstance(outcome.fault, LimitReached)


async def _held(connection: AsyncConnection, numbers: list[int]) -> set[int]:
    """Those of the sources that somebody still follows."""
    values = {"numbers": numbers}
    found = await connection.execute(
        bound("SELECT number FROM sources WHERE number IN :numbers", values), values
    )
    return {int(row.number) for row in found}


async def _settled_down(connection: AsyncConnection, entry: Entry, now: datetime) -> Entry:
    """A source at its new address, once it has been said for long enough to be there for good."""
    if not (entry.moved_to and entry.moved_since and now - entry.moved_since >= _HELD):
        return entry
    values = {"owner": entry.owner, "place": place(entry.moved_to), "number": entry.number}
    taken = await connection.execute(
        bound("SELECT 1 FROM sources WHERE owner = :owner AND place = :place AND number <> :number", values),
        values,
    )
    moved = replace(entry, moved_to=None, moved_since=None)
    return moved if taken.first() else replace(moved, url=entry.moved_to)


def _columns(entry: Entry, now: datetime) -> dict[str, object]:
    """What a look changes of a source."""
    validators = entry.validators
    return {
        "number": entry.number,
        "url": entry.url,
        "place": place(entry.url),
        "title": entry.title,
        "home": entry.home,
        "language": entry.language,
        "etag": validators.etag if validators else None,
        "last_modified": validators.last_modified if validators else None,
        "validated_url": validators.url if validators else None,
        "body": entry.body,
        "every": entry.every,
        "looked": now,
        "next_look": entry.next_look,
        "failing_since": entry.failing_since,
        "failures": entry.failures,
        "reason": entry.reason,
        "told": entry.told,
        "gone": entry.gone,
        "moved_to": entry.moved_to,
        "moved_since": entry.moved_since,
    }
