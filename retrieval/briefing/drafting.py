"""Tells from their documents the stories that have something new, and says what is new in each.

Every function is pure; knows nothing of storage or of models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.briefing import choosing, timeline
from retrieval.briefing.choosing import Candidate
from retrieval.briefing.composing import compose
from retrieval.briefing.headlines import headline
from retrieval.briefing.material import Material, Told
from retrieval.briefing.novelty import Known, additions, moves
from retrieval.briefing.piecing import tellable
from retrieval.briefing.sentences import Said
from retrieval.briefing.splitting import everything, sayings
from retrieval.briefing.types import Profile
from retrieval.briefing.weighing import Background, Heart
from retrieval.briefing.window import Window
from retrieval.embeddings import Vectors
from retrieval.types import Passage

_OTHERS = 200  # documents that say which words are common


@dataclass(frozen=True)
class Draft:
    """A story that goes into an edition, as its documents tell it."""

    candidate: Candidate
    material: Material
    told: Told


@dataclass(frozen=True)
class _News:
    """The sentences of a story's new documents that add to it, and those that were said before.

    ``update``: there was something before, to which the additions are of these ``kinds``.
    """

    adds: frozenset[Said]
    repeated: frozenset[Said]
    update: bool
    kinds: tuple[str, ...]


def drafts_of(
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
