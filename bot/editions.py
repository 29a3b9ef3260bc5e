"""Has briefings written for subscriptions; equal ones are written once. Knows nothing of messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import prompts
from bot.render.clean import day
from retrieval.types import SHARED, Scope, person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.subscribers import Subscription
    from retrieval.briefing import Briefing, Briefings, Piece, Profile
    from retrieval.following import Following, Source
    from retrieval.library import Library

_TROUBLED = ("failing", "gone")
_KEPT = 64  # briefings, for the others who want the same


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a briefing depends on: two subscriptions that agree in it get the same one."""

    profile: Profile
    owners: tuple[str, ...]
    since: date | None
    today: date
    failing: int
    held: int
    answers_only: frozenset[int]  # documents of sources that stay out of briefings


class Editions:
    """Writes one briefing at a time, since it takes the machine's whole attention."""

    def __init__(self, library: Library, following: Following) -> None:
        self._library = library
        self._following = following
        self._briefings: Briefings | None = None
        self._made: dict[_Wanted, Briefing] = {}
        self._whole: dict[int, tuple[Piece, int]] = {}
        self._lock = asyncio.Lock()

    async def write(self, wanted: Subscription, since: datetime | None, now: datetime) -> Briefing:
        """What is new for a subscription since the edition of this moment, or a first briefing."""
        key = await self._key(wanted, since, now)
        async with self._lock:
            if key not in self._made:
                while len(self._made) >= _KEPT:
                    self._made.pop(next(iter(self._made)))
                self._made[key] = await self._write(key)
            return self._made[key]

    def whole(self, piece: Piece) -> int | None:
        """The number under which a story of a briefing that was written here is kept whole, if it is."""
        known = self._whole.get(id(piece))
        return known[1] if known else None

    def kept_whole(self, piece: Piece, number: int) -> None:
        """Remember it, for the others who get the same story."""
        while len(self._whole) >= _KEPT:
            self._whole.pop(next(iter(self._whole)))
        self._whole[id(piece)] = piece, number

    def forget(self) -> None:
        """Write anew whatever is wanted next: documents were forgotten."""
        self._made.clear()
        self._whole.clear()

    async def _write(self, key: _Wanted) -> Briefing:
        from retrieval.briefing import Briefings

        self._briefings = self._briefings or Briefings(self._library)
        briefing = await self._briefings.brief(
            key.profile, Scope(key.owners), today=key.today, since=key.since, feeds_failing=key.failing
        )
        if not key.held:
            return replace(briefing, quiet=prompts.text("edition_empty"))
        return _with([each for each in briefing.pieces if not _rests_on(each, key.answers_only)], briefing)

    async def _key(self, wanted: Subscription, since: datetime | None, now: datetime) -> _Wanted:
        """Whoever has no documents of their own shares what everybody reads."""
        from retrieval.briefing import Profile

        mine = person(wanted.person)
        own = await self._library.holdings(Scope((mine,)))
        scope = Scope.of(mine) if own.documents else Scope()
        every = [each for owner in (mine, SHARED) for each in await self._following.sources(owner)]
        return _Wanted(
            Profile(wanted.role or None, wanted.industry or None, wanted.topics),
            scope.owners,
            since.astimezone(UTC).date() if since else None,
            now.astimezone(UTC).date(),
            sum(each.state.value in _TROUBLED for each in every),
            (await self._library.holdings(scope)).documents,
            await self._answers_only(every),
        )

    async def _answers_only(self, sources: Sequence[Source]) -> frozenset[int]:
        """The documents of sources that are used in answers alone."""
        apart = [each for each in sources if not each.in_briefings]
        found = [await self._following.documents(each.number, each.owner) for each in apart]
        return frozenset(number for numbers in found for number in numbers)


def unread(briefing: Briefing, told: Mapping[int, datetime]) -> Briefing:
    """A briefing without the stories somebody was told of, unless a document came in since.

    ``told`` says when they were told of each story.
    """
    return _with([each for each in briefing.pieces if _news(each, told.get(each.story))], briefing)


def owner_of(piece: Piece) -> str:
    """Whose documents a story cites: a person's, where any is theirs, else everybody's."""
    owners = {citation.document.owner for citation in piece.citations} - {SHARED}
    return next(iter(sorted(owners)), SHARED)


def _with(pieces: Sequence[Piece], briefing: Briefing) -> Briefing:
    """A briefing with only these of its stories."""
    if len(pieces) == len(briefing.pieces):
        return briefing
    stated = sum(len(each.statements) for each in pieces)
    footer = replace(briefing.footer, statements=stated, verified=stated)
    since = briefing.since
    said = prompts.text("edition_quiet_since", day=day(since)) if since else prompts.text("edition_quiet")
    return replace(briefing, pieces=tuple(pieces), footer=footer, quiet=None if pieces else said)


def _rests_on(piece: Piece, numbers: frozenset[int]) -> bool:
    """Whether a story is told from these documents alone."""
    return all(citation.document.number in numbers for citation in piece.citations)


def _news(piece: Piece, told: datetime | None) -> bool:
    arrived = [citation.document.fetched for citation in piece.citations]
    return told is None or any(when is not None and when > told for when in arrived)
