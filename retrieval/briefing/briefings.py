"""Takes the documents that are held to one reader's briefing: grouped, chosen, told, counted.

Knows nothing of Telegram, of schedules or of how a briefing is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

import numpy as np
import structlog

import prompts
from retrieval import database
from retrieval.briefing import choosing, held, timeline
from retrieval.briefing.assigning import STANDARD, Draft
from retrieval.briefing.choosing import Candidate, Likeness
from retrieval.briefing.commissioning import Commission, Commissioned, Wish
from retrieval.briefing.composing import compose
from retrieval.briefing.headlines import headline
from retrieval.briefing.material import Material
from retrieval.briefing.novelty import Known, additions, moves
from retrieval.briefing.piecing import Written, piece, tellable
from retrieval.briefing.reasons import written
from retrieval.briefing.sentences import Said, everything, sayings
from retrieval.briefing.telling import UNTOLD
from retrieval.briefing.types import Briefing, Footer, Piece, Profile
from retrieval.briefing.weighing import Background, Heart
from retrieval.briefing.window import Window, first_day
from retrieval.briefing.wishes import Scale, Wishes, centre, wishes_of
from retrieval.briefing.written import WrittenStories
from retrieval.copies.alike import independent
from retrieval.embeddings import EmbeddingModel, LocalMiniLM, MultilingualE5, Vectors
from retrieval.errors import ModelFault
from retrieval.library import Library
from retrieval.stories import SCHEMA, Stories, Story
from retrieval.types import Passage, Scope
from retrieval.writing import Writer

_READ = 4  # times as many stories are read as are told
_OTHERS = 200  # documents that say which words are common
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
            return _empty(profile, window, feeds_failing, await self._emptiness(scope))
        await database.apply(self._engine, "stories", SCHEMA)
        await self._stories.add(documents, now)
        late = await self._stories.placed_after(window.moment, scope)
        window = replace(window, since=since or first_day(documents, today), late=late)
        told = await self._pieces(profile, scope, window, length, language, patience)
        briefing = _edition(profile, window, told, feeds_failing)
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
        stories = _told_of(await self._stories.telling(known, scope), window)
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
    ) -> _Told:
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
            _drafts, profile, window, read, passages, former, texts, vectors
        )
        touches = partial(self._touches, likeness)
        written = await self._written(drafts, Wish(profile, length, language, patience, touches))
        pieces = await asyncio.to_thread(_told, drafts, written.stories)
        withheld = unsound + written.withheld
        return _Told(tuple(pieces), withheld, len(candidates) - len(read), written.fault)

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


@dataclass(frozen=True)
class _Told:
    pieces: tuple[Piece, ...]
    withheld: int
    others: int
    without_model: str | None


@dataclass(frozen=True)
class _News:
    """The sentences of a story's new documents that add to it, and those that were said before.

    ``update``: there was something before, to which the additions are of these ``kinds``.
    """

    adds: frozenset[Said]
    repeated: frozenset[Said]
    update: bool
    kinds: tuple[str, ...]


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


def _drafts(
    profile: Profile,
    window: Window,
    read: Sequence[Candidate],
    passages: Mapping[int, Sequence[Passage]],
    former: Mapping[int, Sequence[Passage]],
    texts: Mapping[int, str],
    vectors: Mapping[int, Vectors],
) -> tuple[list[Draft], int]:
    """The best of the stories that were read and have something new, and how many sentences were unsound."""
    withheld = 0
    moving: dict[int, tuple[Candidate, list[Said], _News]] = {}
    for each in read:
        said = sayings(each.story.documents, passages)
        sound = [one for one in said if _verbatim(one, texts)]
        withheld += len(said) - len(sound)
        before = everything(each.older, passages) + everything(each.fresh, former)
        news = _news(each, sound, Known(before))
        if news and news.adds:
            worth = each.weighed(len(news.adds), window.today, days=window.since is not None)
            moving[each.story.number] = replace(each, score=worth, adds=news.kinds), sound, news
    background = Background({number: texts[number] for number in list(texts)[:_OTHERS]})
    chosen = choosing.varied([each for each, _, _ in moving.values()], vectors)
    drafts = []
    for each in chosen:
        _, sound, news = moving[each.story.number]
        common = background.without(document.number for document in each.story.documents)
        material = _material(profile, window, each, sound, news, common)
        told = compose(material)
        if tellable(material, told):
            drafts.append(Draft(each, material, told))
    return drafts, withheld


def _told(drafts: Sequence[Draft], stories: Sequence[Written]) -> list[Piece]:
    return [
        piece(draft.material, draft.told, draft.candidate, story)
        for draft, story in zip(drafts, stories, strict=True)
    ]


def _news(candidate: Candidate, said: Sequence[Said], known: Known) -> _News | None:
    """What a story's new documents add to what was said before; None where it does not move the story."""
    fresh = {document.number for document in candidate.fresh}
    new = [each for each in said if each.document.number in fresh]
    added = additions(new, known)
    if known and not moves(added):
        return None
    repeated = frozenset(each for each in new if known.says(each))
    kinds = tuple(dict.fromkeys(kind for each in added for kind in each.kinds)) if known else ()
    return _News(frozenset(each.said for each in added), repeated, bool(known), kinds)


def _verbatim(said: Said, texts: Mapping[int, str]) -> bool:
    """Whether a sentence stands in its document's stored text, at its place, word for word."""
    return texts.get(said.document.number, "")[said.span.start : said.span.end] == said.text


def _material(
    profile: Profile,
    window: Window,
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
    telling = [each for each in standing if not news.update or each.number in fresh] or candidate.fresh
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
        update=news.update,
        turned=turned,
        phrases=profile.phrases,
    )


def _edition(profile: Profile, window: Window, told: _Told, feeds_failing: int) -> Briefing:
    fresh = window.fresh
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
    return Briefing(
        _title(window.today),
        window.today,
        window.first,
        profile,
        told.pieces,
        footer,
        quiet,
        told.without_model,
    )


def _quiet(profile: Profile, window: Window, others: int) -> str:
    if window.first is None:
        return prompts.text("brief_quiet_archive")
    since = written(window.first)
    if not profile.topics or not others:
        return prompts.text("brief_quiet_since", since=since)
    if others == 1:
        return prompts.text("brief_quiet_profile_one", since=since)
    return prompts.text("brief_quiet_profile", since=since, count=others)


def _empty(profile: Profile, window: Window, feeds_failing: int, why: str) -> Briefing:
    footer = Footer(0, 0, 0, 0, 0, feeds_failing)
    return Briefing(_title(window.today), window.today, window.first, profile, (), footer, why)


def _title(today: date) -> str:
    return prompts.text("brief_title", day=written(today))
