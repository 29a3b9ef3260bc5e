"""Decides which stories go into a briefing and in what order.

Followed stories first; then by relevance to the profile × independent publishers × what is new × freshness ×
likeness to stories that the reader wants more or less of, with variety. Every function is pure; knows nothing
of how a story is told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval.briefing.types import Profile
from retrieval.briefing.wishes import INDIFFERENT, Liking, Wishes, centre
from retrieval.copies.alike import independent
from retrieval.embeddings import Vectors
from retrieval.relevance import Asked
from retrieval.stories import Story
from retrieval.types import Document, Passage

MOST = 5  # stories of a briefing

_FOLLOWED = 8  # stories that are followed and told in one briefing
_BESIDES = 2  # stories told besides, however many are followed
_GUESTS = 2  # stories off all topics, told for being like one of which more is wanted
_GUEST = 0.5  # how like it they are at least
_SAID = 0.99  # of a topic's words that a passage says
_ENOUGH, _SHARE = 2, 0.15  # passages that say a phrase, and their share of all, for it to be a topic
_TOPICAL = 0.5  # relevance from which a story is on a topic
_ELSE = 0.3  # what a story weighs that has nothing to do with a role or an industry
_WANES = 3.0  # days after which freshness has lost two thirds, where briefings are of days
_ALIKE = 0.6  # cosine from which a story is too much like one before it
_CROWDED = 0.6  # what is left of its score then


@dataclass(frozen=True, slots=True)
class Near:
    """How near a story comes to a profile, 0 to 1, and to which of its phrases.

    ``what`` the phrase is: topic, industry or role. ``form``: whether it stands in a title or the text, or is
    near in meaning.
    """

    worth: float
    phrase: str | None = None
    what: str = ""
    form: str = ""

    @property
    def on_topic(self) -> bool:
        """Whether it is near enough to be of the phrase."""
        return self.phrase is not None and self.worth >= _TOPICAL


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may be told, with what speaks for it; ``adds`` are the kinds of what is new in it."""

    story: Story
    fresh: tuple[Document, ...]
    relevance: float
    near: Near
    score: float
    followed: bool = False
    liking: Liking = INDIFFERENT
    guest: bool = False
    adds: tuple[str, ...] = ()

    @property
    def phrase(self) -> str | None:
        """What of the profile it is of, if anything."""
        return self.near.phrase if self.near.on_topic else None

    @property
    def older(self) -> tuple[Document, ...]:
        """Its documents that were there before."""
        fresh = {document.number for document in self.fresh}
        return tuple(each for each in self.story.documents if each.number not in fresh)

    def weighed(self, added: int, today: date, *, days: bool) -> float:
        """Its score, where so many sentences add to it."""
        return score(self.relevance, self.fresh, added, today, days=days) * self.liking.weight


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a phrase of a profile comes to passages, as a model sees it: 0 as usual, 1 very near."""

    vectors: Mapping[str, Vectors]
    usual: float
    close: float

    def of(self, phrase: str, passages: Vectors | None) -> float:
        """The nearest of some passages' vectors, between the usual and the close."""
        if phrase not in self.vectors or passages is None or not len(passages):
            return 0.0
        nearest = float((passages @ self.vectors[phrase]).max())
        return min(1.0, max(0.0, (nearest - self.usual) / (self.close - self.usual)))


def candidate(
    profile: Profile,
    story: Story,
    fresh: tuple[Document, ...],
    near: Near,
    wishes: Wishes,
    vectors: Mapping[int, Vectors],
) -> Candidate:
    """A story whose ``fresh`` documents come so near to a profile, before it is weighed."""
    liking = INDIFFERENT
    if wishes.weighs:
        liking = wishes.liking(story, centre([each.number for each in story.documents], vectors))
    relevance = near.worth
    if not profile.topics:  # then everything is wanted, what is of the role or industry more
        relevance = _ELSE + (1 - _ELSE) * relevance if profile.phrases else 1.0
    guest = bool(profile.topics) and relevance < _TOPICAL and liking.liked >= _GUEST
    relevance = max(relevance, _TOPICAL) if guest else relevance
    followed = wishes.follows(story)
    return Candidate(story, fresh, relevance, near, 0.0, followed, liking, guest and not followed)


def nearness(
    profile: Profile,
    documents: Iterable[Document],
    passages: Mapping[int, Sequence[Passage]],
    vectors: Mapping[int, Vectors],
    likeness: Likeness,
) -> Near:
    """How near a story's documents come to a profile, and to which of its phrases."""
    best = Near(0.0)
    told = list(documents)
    for phrase in profile.phrases:
        near = max((likeness.of(phrase, vectors.get(each.number)) for each in told), default=0.0)
        asked = Asked(phrase, {})
        said = _said(asked, told, passages)
        worth = max(0.5 * near + 0.5 * said, 0.8 * said, 0.8 * near)
        worth *= 1.0 if phrase in profile.topics else 0.8
        if worth > best.worth:
            form = "title" if _titled(asked, told) else "text" if said >= near else "meaning"
            best = Near(worth, phrase, _what(profile, phrase), form)
    return best


def _what(profile: Profile, phrase: str) -> str:
    if phrase in profile.topics:
        return "topic"
    return "industry" if phrase == " ".join((profile.industry or "").split()) else "role"


def _titled(asked: Asked, documents: Sequence[Document]) -> bool:
    return any(asked.covered(asked.heard(document.title)) >= _SAID for document in documents)


def _said(asked: Asked, documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> float:
    """How much of a phrase documents say: whole where a title does, or some of their passages."""
    if _titled(asked, documents):
        return 1.0
    every = [passage for document in documents for passage in passages.get(document.number, ())]
    saying = sum(asked.covered(asked.heard(passage.text)) >= _SAID for passage in every)
    enough = _ENOUGH + (len(asked.weights) == 1)  # a single word is more often said in passing
    return min(1.0, saying / max(enough, _SHARE * len(every)))


def wanted(profile: Profile, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that may be told to somebody, best first: of topics, only what is on them, or is followed."""
    found = [
        each
        for each in candidates
        if each.followed or each.guest or not profile.topics or each.relevance >= _TOPICAL
    ]
    return sorted(found, key=lambda each: (not each.followed, -each.score, -each.story.number))


def score(relevance: float, fresh: Sequence[Document], added: int, today: date, *, days: bool) -> float:
    """What speaks for a story; ``added`` counts the sentences that add to it.

    ``days``: the briefing is about the last days, so that age in days tells.
    """
    newest = max((document.day for document in fresh if document.day), default=today)
    age = max(0, (today - newest).days)
    freshness = math.exp(-age / _WANES) if days else 1 / (1 + age / 365)
    return relevance * (1 + 0.5 * math.log2(independent(fresh))) * (1 + 0.05 * min(added, 10)) * freshness


def varied(
    candidates: Sequence[Candidate], vectors: Mapping[int, Vectors], most: int = MOST
) -> list[Candidate]:
    """Those that are followed, then the best others, each weighed less where it is like one before it."""
    chosen = sorted(
        (each for each in candidates if each.followed), key=lambda each: (-each.score, -each.story.number)
    )[:_FOLLOWED]
    left = [each for each in candidates if not each.followed]
    room = len(chosen) + max(most - len(chosen), _BESIDES)
    centres = {
        each.story.number: centre([one.number for one in each.story.documents], vectors)
        for each in candidates
    }

    def worth(each: Candidate) -> float:
        mine = centres[each.story.number]
        alike = [float(mine @ centres[other.story.number]) for other in chosen]
        return each.score * _CROWDED ** sum(cosine >= _ALIKE for cosine in alike)

    while left and len(chosen) < room:
        best = max(left, key=lambda each: (worth(each), -each.story.number))
        left.remove(best)
        chosen.append(best)
        if sum(each.guest for each in chosen) == _GUESTS:
            left = [each for each in left if not each.guest]
    return chosen
