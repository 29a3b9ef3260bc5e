"""Takes the documents that are held to one reader's briefing: grouped, chosen, told, counted.

Knows nothing of Telegram, of schedules or of how a briefing is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import structlog

import prompts
from retrieval import database
from retrieval.briefing import choosing, held, timeline
from retrieval.briefing.choosing import Candidate, Likeness
from retrieval.briefing.composing import compose
from retrieval.briefing.headlines import headline
from retrieval.briefing.material import Material
from retrieval.briefing.novelty import Known, additions, moves
from retrieval.briefing.piecing import piece, written
from retrieval.briefing.sentences import Said, everything, sayings
from retrieval.briefing.types import Briefing, Footer, Piece, Profile
from retrieval.briefing.weighing import Background, Heart
from retrieval.copies.alike import independent
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, Vectors
from retrieval.errors import ModelFault
from retrieval.library import Library
from retrieval.stories import SCHEMA, Stories, Story
from retrieval.types import Document, Passage, Scope

_LIVE = timedelta(days=30)  # a library with nothing this new is an archive, told of as a whole
_FIRST = timedelta(days=7)  # what a first briefing of a live library looks back on
_READ = 4  # times as many stories are read as are told
_OTHERS = 200  # documents that say which words are common
_USUAL, _CLOSE = 0.12, 0.5  # cosines of MiniLM: of a phrase and any passage, and of one about it
_FAR = 0.9  # of another model's cosines: the share of passages that are no nearer than usual

_log = structlog.get_logger()


@dataclass(frozen=True)
class _Window:
    """What a briefing looks at: the documents of its days and those before them."""

    today: date
    since: date | None
    documents: Sequence[Document]

    def fresh(self, document: Document) -> bool:
        """Whether a document came out since the last briefing."""
        return document.day is not None and (self.since is None or document.day >= self.since)


class Briefings:
    """Writes briefings from one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._engine = library.engine
        self._stories = Stories(library.engine, library.model)

    async def brief(
        self,
        profile: Profile,
        scope: Scope,
        *,
        today: date,
        since: date | None = None,
        feeds_failing: int = 0,
    ) -> Briefing:
        """The briefing of what was published from the day ``since`` to ``today``, for a profile.

        Without ``since`` it is a first one: of the last week, or of everything where the library holds
        nothing of the last month. ``feeds_failing`` is only passed on to the footer.
        """
        documents = await held.dated(self._engine, scope, None, today)
        if not documents:
            return _empty(profile, today, since, feeds_failing, await self._emptiness(scope))
        window = _Window(today, since or _first(documents, today), documents)
        told = await self._pieces(profile, scope, window)
        fresh = [document for document in documents if window.fresh(document)]
        briefing = _edition(profile, window, fresh, told, feeds_failing)
        _log.info("briefing.made", stories=len(briefing.pieces), read=len(fresh))
        return briefing

    async def _moved(self, scope: Scope, window: _Window) -> list[Story]:
        """The stories with a document of the window's days, as they stood on its last."""
        await database.apply(self._engine, "stories", SCHEMA)
        await self._stories.add(window.documents)
        moved = await self._stories.recent(window.since or date.min, scope)
        then = [
            Story(each.number, tuple(one for one in each.documents if one.day and one.day <= window.today))
            for each in moved
        ]
        return [each for each in then if any(map(window.fresh, each.documents))]

    async def _emptiness(self, scope: Scope) -> str:
        holdings = await self._library.holdings(scope)
        return prompts.text("brief_undated" if holdings.documents else "brief_empty")

    async def _pieces(self, profile: Profile, scope: Scope, window: _Window) -> _Told:
        """The stories of a window that a profile is told, and how many others moved."""
        stories = await self._moved(scope, window)
        every = [document for each in stories for document in each.documents]
        vectors = await held.vectors(self._engine, self._library.model.id, every)
        passages = await held.passages(self._engine, [each for each in every if window.fresh(each)])
        likeness = await asyncio.to_thread(_likeness, self._library.model, profile, vectors)
        candidates = []
        for story in stories:
            new = tuple(document for document in story.documents if window.fresh(document))
            near, phrase = choosing.relevance(profile, new, passages, vectors, likeness)
            worth = choosing.score(near, new, 0, window.today, days=window.since is not None)
            candidates.append(Candidate(story, new, near, phrase, worth))
        wanted = [each for each in candidates if choosing.wanted(profile, each.relevance)]
        wanted.sort(key=lambda each: (-each.score, -each.story.number))
        read = wanted[: choosing.MOST * _READ]
        rest = [document for each in read for document in each.older]
        passages |= await held.passages(self._engine, rest)
        texts = await held.texts(self._engine, [each for one in read for each in one.story.documents])
        return await asyncio.to_thread(
            _tell, profile, window, read, passages, texts, vectors, len(candidates)
        )


@dataclass(frozen=True)
class _Told:
    pieces: tuple[Piece, ...]
    withheld: int
    others: int


@dataclass(frozen=True)
class _News:
    """The sentences of a story's new documents that add to it, and those that older ones have said."""

    adds: frozenset[Said]
    repeated: frozenset[Said]


def _first(documents: Sequence[Document], today: date) -> date | None:
    """Where a first briefing begins; None where the library is an archive."""
    newest = max(document.day for document in documents if document.day)
    return today - _FIRST + timedelta(1) if today - newest <= _LIVE else None


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


def _tell(
    profile: Profile,
    window: _Window,
    read: Sequence[Candidate],
    passages: Mapping[int, Sequence[Passage]],
    texts: Mapping[int, str],
    vectors: Mapping[int, Vectors],
    moved: int,
) -> _Told:
    """The best of the stories that were read and have something new, each told."""
    withheld = 0
    moving: dict[int, tuple[Candidate, list[Said], _News]] = {}
    for each in read:
        said = sayings(each.story.documents, passages)
        sound = [one for one in said if _verbatim(one, texts)]
        withheld += len(said) - len(sound)
        news = _news(each, sound, Known(everything(each.older, passages)))
        if news and news.adds:
            worth = choosing.score(
                each.relevance, each.fresh, len(news.adds), window.today, days=window.since is not None
            )
            moving[each.story.number] = replace(each, score=worth), sound, news
    background = Background({number: texts[number] for number in list(texts)[:_OTHERS]})
    chosen = choosing.varied([each for each, _, _ in moving.values()], vectors)
    told = []
    for each in chosen:
        _, sound, news = moving[each.story.number]
        common = background.without(document.number for document in each.story.documents)
        material = _material(profile, window, each, sound, news, common)
        found = piece(material, compose(material), each)
        if found:
            told.append(found)
    return _Told(tuple(told), withheld, moved - len(read))


def _news(candidate: Candidate, said: Sequence[Said], known: Known) -> _News | None:
    """What a story's new documents add to what the older ones say; None where it does not move the story."""
    fresh = {document.number for document in candidate.fresh}
    new = [each for each in said if each.document.number in fresh]
    added = additions(new, known)
    if known and not moves(added):
        return None
    repeated = frozenset(each for each in new if known.says(each))
    return _News(frozenset(each.said for each in added), repeated)


def _verbatim(said: Said, texts: Mapping[int, str]) -> bool:
    """Whether a sentence stands in its document's stored text, at its place, word for word."""
    return texts.get(said.document.number, "")[said.span.start : said.span.end] == said.text


def _material(
    profile: Profile,
    window: _Window,
    candidate: Candidate,
    said: Sequence[Said],
    news: _News,
    common: tuple[Mapping[str, float], int],
) -> Material:
    documents = candidate.story.documents
    whole = Heart(said, *common)
    turned = timeline.turning(timeline.events(said, whole.nearness, window.today), window.today)
    standing = timeline.standing(documents, turned)
    fresh = frozenset(document.number for document in candidate.fresh)
    telling = [each for each in standing if not candidate.older or each.number in fresh] or candidate.fresh
    heart = Heart([each for each in said if each.document in telling], *common)
    return Material(
        said=said,
        standing=frozenset(document.number for document in standing),
        fresh=fresh,
        adds=news.adds,
        repeated=news.repeated,
        heart=heart,
        headline=headline(telling, heart, turned),
        today=window.today,
        update=bool(candidate.older),
        turned=turned,
        phrases=profile.phrases,
    )


def _edition(
    profile: Profile, window: _Window, fresh: Sequence[Document], told: _Told, feeds_failing: int
) -> Briefing:
    stated = sum(len(each.statements) for each in told.pieces)
    footer = Footer(
        sources_read=len(fresh),
        publishers=independent(fresh),
        statements=stated,
        verified=stated,
        withheld=told.withheld,
        feeds_failing=feeds_failing,
    )
    quiet = None if told.pieces else _quiet(profile, window, told.others)
    return Briefing(_title(window.today), window.today, window.since, profile, told.pieces, footer, quiet)


def _quiet(profile: Profile, window: _Window, others: int) -> str:
    if window.since is None:
        return prompts.text("brief_quiet_archive")
    since = written(window.since)
    if not profile.topics or not others:
        return prompts.text("brief_quiet_since", since=since)
    if others == 1:
        return prompts.text("brief_quiet_profile_one", since=since)
    return prompts.text("brief_quiet_profile", since=since, count=others)


def _empty(profile: Profile, today: date, since: date | None, feeds_failing: int, why: str) -> Briefing:
    footer = Footer(0, 0, 0, 0, 0, feeds_failing)
    return Briefing(_title(today), today, since, profile, (), footer, why)


def _title(today: date) -> str:
    return prompts.text("brief_title", day=written(today))
