"""Has briefings written for subscriptions; equal ones are written once. Knows nothing of messages."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import prompts
from bot.render.clean import day
from retrieval.following import answers_only
from retrieval.types import SHARED, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.subscribers import Subscription
    from bot.tastes import Tastes
    from retrieval.briefing import Briefing, Briefings, Piece, Profile
    from retrieval.documents import Arrivals
    from retrieval.following import Following
    from retrieval.library import Library
    from retrieval.stories import Stories
    from retrieval.types import Quote

_TROUBLED = ("failing", "gone")
_KEPT = 512  # briefings, for the others who want the same: of many readers few are alike at once
PATIENCE = 60.0  # seconds for which somebody who asks for a briefing waits for a model's stories
_UNFINISHED = 120.0  # seconds for which one is kept of which a model is still writing, or could not


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a briefing depends on: two subscriptions that agree in it get the same one."""

    profile: Profile
    owners: tuple[str, ...]
    day: date | None  # of the last edition, to its reader
    today: date
    until: date
    failing: int
    arrivals: Arrivals
    answers_only: frozenset[int]  # documents of sources that stay out of briefings
    wording: tuple[str, str | None] | None  # the length and language that a model writes in
    since: datetime | None = field(compare=False)  # all that came by then came before ``arrivals.before``
    now: datetime = field(compare=False)


class Editions:
    """Writes one briefing at a time, since it takes the machine's whole attention."""

    def __init__(self, library: Library, following: Following, tastes: Tastes | None = None) -> None:
        """``tastes`` are what readers think of stories; None where nobody is asked."""
        self._library = library
        self._following = following
        self._tastes = tastes
        self._briefings: Briefings | None = None
        self._made: dict[_Wanted, tuple[Briefing, float]] = {}
        self._whole: dict[int, tuple[Piece, int]] = {}
        self._lock = asyncio.Lock()

    @property
    def has_model(self) -> bool:
        """Whether a model writes stories."""
        return self._library.writer is not None

    @property
    def stories(self) -> Stories:
        """The stories that briefings are told from."""
        from retrieval.briefing import Briefings

        self._briefings = self._briefings or Briefings(self._library)
        return self._briefings.stories

    async def write(
        self, wanted: Subscription, since: datetime | None, now: datetime, patience: float = 0.0
    ) -> Briefing:
        """What is new for a subscription since the edition of this moment, or a first briefing.

        What a model has not written by then is told in the sources' own sentences; it is waited for
        ``patience`` seconds, and is there for those who come later.
        """
        key = await self._key(wanted, since, now)
        briefing = await self._kept(key)
        if briefing.without_model == "late" and patience and self._briefings:
            await self._briefings.settled(patience)
            self._made.pop(key, None)
            briefing = await self._kept(key)
        return briefing

    async def pace(self) -> float | None:
        """The seconds a model took for each of the latest stories, where it wrote any."""
        return await self._briefings.pace() if self._briefings else None

    async def close(self) -> None:
        """End what a model is still writing."""
        if self._briefings:
            await self._briefings.close()

    async def _kept(self, key: _Wanted) -> Briefing:
        """The briefing of this key, made only where it is not at hand."""
        async with self._lock:
            made = self._made.pop(key, None)
            if made is None or made[1] < time.monotonic():
                while len(self._made) >= _KEPT:
                    self._made.pop(next(iter(self._made)))
                briefing = await self._write(key)
                until = time.monotonic() + _UNFINISHED if briefing.without_model else math.inf
                made = briefing, until
            self._made[key] = made  # last, so that what nobody asked for longest goes first
            return made[0]

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
        length, language = key.wording or (None, None)
        wording: dict[str, Any] = {"length": length, "language": language, "patience": 0} if length else {}
        briefing = await self._briefings.brief(
            key.profile,
            Scope(key.owners),
            today=key.today,
            since=key.since,
            until=key.until,
            now=key.now,
            without=key.answers_only,
            feeds_failing=key.failing,
            **wording,
        )
        return briefing if key.arrivals.held else replace(briefing, quiet=prompts.text("edition_empty"))

    async def _key(self, wanted: Subscription, since: datetime | None, now: datetime) -> _Wanted:
        """Whoever has no documents of their own shares what everybody reads."""
        scope = wanted.scope
        every = [each for owner in scope.owners for each in await self._following.sources(owner)]
        mine = tuple(owner for owner in scope.owners if owner != SHARED)
        if not mine or not (await self._library.arrivals(Scope(mine))).held:
            scope = Scope()
        zone = ZoneInfo(wanted.rhythm.zone)
        since, today = since.astimezone(zone) if since else None, now.astimezone(zone).date()
        return _Wanted(
            await self._profile(wanted),
            scope.owners,
            since.date() if since else None,
            today,
            max(today, now.astimezone(UTC).date()),
            sum(each.state.value in _TROUBLED for each in every),
            await self._library.arrivals(scope, since),
            await answers_only(self._following, every),
            (wanted.length, wanted.language) if self.has_model else None,
            since,
            now,
        )

    async def _profile(self, wanted: Subscription) -> Profile:
        from retrieval.briefing import Profile

        held = await self._tastes.documents(wanted.reader) if self._tastes else {}
        return Profile(
            wanted.role or None,
            wanted.industry or None,
            wanted.topics,
            followed=held.get("follow", ()),
            muted=held.get("mute", ()),
            liked=held.get("more", ()),
            disliked=held.get("less", ()),
        )


def unread(briefing: Briefing, told: Mapping[int, datetime]) -> Briefing:
    """A briefing without the stories somebody was told of, unless a document came in since.

    ``told`` says when they were told of each story.
    """
    return _with([each for each in briefing.pieces if _news(each, told.get(each.story))], briefing)


def uncorrected(briefing: Briefing, said: Collection[tuple[int, str]]) -> Briefing:
    """A briefing without what corrections have told, nor the updates that have nothing else that is new.

    ``said`` holds the documents and words of those corrections.
    """
    left = [_uncorrected(each, said) for each in briefing.pieces] if said else briefing.pieces
    return _with([each for each in left if each], briefing)


def _uncorrected(piece: Piece, said: Collection[tuple[int, str]]) -> Piece | None:
    told = {each.number for each in piece.citations if _is_said(each.quote, said)}
    bullets = tuple(each for each in piece.bullets if told.isdisjoint(each.citations))
    if not piece.is_update or bullets == piece.bullets:
        return piece
    return replace(piece, bullets=bullets) if bullets else None


def _is_said(quote: Quote, said: Collection[tuple[int, str]]) -> bool:
    """Whether a quote is, or holds, the words of a correction."""
    return any(quote.document.number == number and words in quote.text for number, words in said)


def owner_of(piece: Piece) -> str:
    """Whose documents a story cites: a person's, where any is theirs, else everybody's."""
    owners = {citation.document.owner for citation in piece.citations} - {SHARED}
    return next(iter(sorted(owners)), SHARED)


def _with(pieces: Sequence[Piece], briefing: Briefing) -> Briefing:
    """A briefing with only these of its stories."""
    if tuple(pieces) == briefing.pieces:
        return briefing
    stated = sum(len(each.statements) for each in pieces)
    footer = replace(briefing.footer, statements=stated, verified=stated)
    since = briefing.since
    said = prompts.text("edition_quiet_since", day=day(since)) if since else prompts.text("edition_quiet")
    return replace(briefing, pieces=tuple(pieces), footer=footer, quiet=None if pieces else said)


def _news(piece: Piece, told: datetime | None) -> bool:
    arrived = [citation.document.fetched for citation in piece.citations]
    return told is None or any(when is not None and when > told for when in arrived)
