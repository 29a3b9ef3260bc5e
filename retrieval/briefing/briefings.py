"""Takes the documents that are held to one reader's briefing: grouped, chosen, told, counted.

Knows nothing of Telegram, of schedules or of how a briefing is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import numpy as np
import structlog

import prompts
from retrieval import database
from retrieval.briefing import choosing, held
from retrieval.briefing.authored.assigning import STANDARD
from retrieval.briefing.authored.commissioning import Commission, Commissioned, Wish
from retrieval.briefing.authored.written import WrittenStories
from retrieval.briefing.choosing import Likeness
from retrieval.briefing.drafting import Draft, drafts_of
from retrieval.briefing.editing import Told, edition, empty
from retrieval.briefing.piecing import Written, piece
from retrieval.briefing.telling import UNTOLD
from retrieval.briefing.types import Briefing, Piece, Profile
from retrieval.briefing.window import Window, first_day
from retrieval.briefing.wishes import Scale, Wishes, centre, wishes_of
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, MultilingualE5, Vectors
from retrieval.errors import ModelFault
from retrieval.library import Library
from retrieval.stories import SCHEMA, Stories, Story
from retrieval.types import Scope
from retrieval.writing import Writer

_READ = 4  # times as many stories are read as are told
_USUAL, _CLOSE = 0.12, 0.5  # cosines of MiniLM: of a phrase and any passage, and of one about it
_NEAR = 0.3  # likeness from which words touch a phrase
_FAR = 0.9  # of another model's cosines: the share of passages that are no nearer than usual

_log = structlog.get_logger()


class Briefings:
    """Writes briefings from one library."""

    def __init__(self, library: Library, writer: Writer | None = None) -> None:
        """``writer`` puts stories into words; without one the library's does, where it has one."""
        self._library = library
        self._engine = library.engine
        self._stories = Stories(library.engine, library.model)
        writer = writer or library.writer
        kept = WrittenStories(library.engine)
        self._commission = Commission(writer, kept, library.means) if writer else None

    @property
    def stories(self) -> Stories:
        """The stories that it tells; grouped by one alone, who keeps the open ones in memory."""
        return self._stories

    async def settled(self, patience: float) -> None:
        """Wait until what a model is writing now is written, for so many seconds at most."""
        if self._commission:
            await self._commission.settled(patience)

    async def pace(self) -> float | None:
        """The seconds that the latest stories took a model on average; None where it wrote none."""
        return await self._commission.pace() if self._commission else None

    async def close(self) -> None:
        """End what a model is still writing."""
        if self._commission:
            await self._commission.close()

    async def brief(
        self,
        profile: Profile,
        scope: Scope,
        *,
        today: date,
        since: date | datetime | None = None,
        until: date | None = None,
        now: datetime | None = None,
        without: Collection[int] = (),
        feeds_failing: int = 0,
        length: str = STANDARD,
        language: str | None = None,
        patience: float | None = None,
    ) -> Briefing:
        """The briefing of what is new on the reader's day ``today``, for a profile.

        New is what came or changed since the moment ``since`` of their last briefing (in their own zone) and
        is news; or, where ``since`` is a day, what was published from it on. Without it, it is a first one:
        of the last week, or of everything where the library holds nothing of the last month. Nothing
        published after the day ``until`` (UTC; else ``today``) is read, nor the documents ``without``.
        ``now`` is the moment that the next one is to count from. ``feeds_failing`` is only passed on.

        A model, where there is one, writes at ``length`` (glance, standard or deep), in ``language`` (None:
        each story's own), for as many seconds as ``patience`` has (None: until all is written).
        """
        held_now = await held.dated(self._engine, scope, None, until or today)
        documents = [each for each in held_now if each.number not in without]
        window = Window(today, since, documents)
        if not documents:
            return empty(profile, window, feeds_failing, await self._emptiness(scope))
        await database.apply(self._engine, "stories", SCHEMA)
        await self._stories.add(documents, now)
        late = await self._stories.placed_after(window.moment, scope)
        window = replace(window, since=since or first_day(documents, today), late=late)
        told = await self._pieces(profile, scope, window, length, language, patience)
        briefing = edition(profile, window, told, feeds_failing)
        _log.info("briefing.made", stories=len(briefing.pieces), read=briefing.footer.sources_read)
        return briefing

    async def _moved(self, scope: Scope, window: Window, muted: frozenset[int]) -> list[Story]:
        """The stories with a new document, of the documents that may be told; none that holds a muted one."""
        moved = await self._stories.telling(window.fresh, scope)
        heard = [each for each in moved if muted.isdisjoint(one.number for one in each.documents)]
        return _told_of(heard, window)

    async def _wishes(
        self, profile: Profile, scope: Scope, window: Window, vectors: Mapping[int, Vectors]
    ) -> Wishes:
        """What the profile says of stories; ``vectors`` are those of the stories to choose from."""
        opined = frozenset((*profile.liked, *profile.disliked))
        known = [each for each in window.documents if each.number in opined]
        stories = _told_of(await self._stories.telling(known, scope), window) if known else []
        every = [document for each in stories for document in each.documents]
        theirs = await held.vectors(self._engine, self._library.model.id, every)
        local = isinstance(self._library.model, LocalMiniLM)
        scale = Scale() if local or not stories else Scale.of([centre([each], vectors) for each in vectors])
        return wishes_of(profile, stories, theirs, scale)

    async def _emptiness(self, scope: Scope) -> str:
        holdings = await self._library.holdings(scope)
        return prompts.text("brief_undated" if holdings.documents else "brief_empty")

    async def _pieces(
        self,
        profile: Profile,
        scope: Scope,
        window: Window,
        length: str,
        language: str | None,
        patience: float | None,
    ) -> Told:
        """The stories of a window that a profile is told, and how many others moved."""
        stories = await self._moved(scope, window, frozenset(profile.muted))
        every = [document for each in stories for document in each.documents]
        vectors = await held.vectors(self._engine, self._library.model.id, every)
        wishes = await self._wishes(profile, scope, window, vectors)
        passages = await held.passages(self._engine, [each for each in every if window.new(each)])
        likeness = await asyncio.to_thread(_likeness, self._library.model, profile, vectors)
        candidates = []
        for story in stories:
            new = tuple(document for document in story.documents if window.new(document))
            near = choosing.nearness(profile, new, passages, vectors, likeness)
            found = choosing.candidate(profile, story, new, near, wishes, vectors)
            worth = found.weighed(0, window.today, days=window.since is not None)
            candidates.append(replace(found, score=worth))
        read = choosing.wanted(profile, candidates)[: choosing.MOST * _READ]
        rest = [document for each in read for document in each.older]
        passages |= await held.passages(self._engine, rest)
        texts = await held.texts(self._engine, [each for one in read for each in one.story.documents])
        former = await held.former(self._engine, [each for one in read for each in one.fresh], window.moment)
        drafts, unsound = await asyncio.to_thread(
            drafts_of, profile, window, read, passages, former, texts, vectors
        )
        touches = partial(self._touches, likeness)
        written = await self._written(drafts, Wish(profile, length, language, patience, touches))
        pieces = await asyncio.to_thread(_told, drafts, written.stories)
        withheld = unsound + written.withheld
        return Told(tuple(pieces), withheld, len(candidates) - len(read), written.fault)

    def _touches(self, likeness: Likeness, phrase: str, words: str) -> bool:
        """Whether a phrase and some words are near in meaning, where a model on this machine can say."""
        if not isinstance(self._library.model, LocalMiniLM | MultilingualE5):
            return False
        return likeness.of(phrase, self._library.model.question(words)[None, :]) >= _NEAR

    async def _written(self, drafts: Sequence[Draft], wish: Wish) -> Commissioned:
        """What a model wrote of them."""
        if self._commission is None or not drafts:
            return Commissioned(tuple(Written(UNTOLD) for _ in drafts))
        return await self._commission.write(drafts, wish)


def _told_of(stories: Iterable[Story], window: Window) -> list[Story]:
    """Stories as far as their documents may be told."""
    told = {document.number for document in window.documents}
    return [
        Story(each.number, tuple(one for one in each.documents if one.number in told)) for each in stories
    ]


def _likeness(model: EmbeddingModel, profile: Profile, vectors: Mapping[int, Vectors]) -> Likeness:
    """What the embedding model tells of a profile's phrases; nothing where it cannot be asked."""
    try:
        asked = {phrase: model.question(phrase) for phrase in profile.phrases}
    except ModelFault as fault:
        _log.warning("briefing.words_only", reason=str(fault))
        asked = {}
    if isinstance(model, LocalMiniLM) or not (asked and vectors):
        return Likeness(asked, _USUAL, _CLOSE)
    every = np.concatenate(list(vectors.values()))
    cosines = np.concatenate([every @ vector for vector in asked.values()])
    usual = float(np.quantile(cosines, _FAR))
    return Likeness(asked, usual, usual + 0.5 * (1 - usual))


def _told(drafts: Sequence[Draft], stories: Sequence[Written]) -> list[Piece]:
    return [
        piece(draft.material, draft.told, draft.candidate, story)
        for draft, story in zip(drafts, stories, strict=True)
    ]
