"""Judges which sentences answer a question, and whether any do. Knows nothing of models or storage.

A passage is worth what it covers of the weight of the question's words; less of it where the passage is old
and the library is fed with news, because a recurring event shares its words with last year's. The question
is answered when the best passage covers enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from retrieval.noise import is_heading, spoken
from retrieval.questions import understand
from retrieval.relevance import Asked
from retrieval.types import Hit, Passage, Span

ENOUGH = 0.61  # share of the question's weight that one passage must cover, adjusted as follows
PROMISING = 0.45  # the same for a model to be asked, which also understands other words than the question's
CLOSE, USUAL, FAR = 0.4, 0.5, 0.2  # what a cosine above or below the usual adds or takes, within bounds
STALE = 0.35  # what an old passage loses of it where the library is fed with news
STALE_NOW = 0.5  # and where the question asks for what is new
FRESH_DAYS = 21.0  # the age at which about two thirds of that are lost
LIVE = timedelta(days=30)  # a library with nothing this new is an archive, where age says nothing
UNNAMED = 0.75  # what is left of it for each name of the question that nothing found mentions
IN_TITLE = 0.5  # a word that only the title or the publisher's name says counts half
LEANING = 0.25  # one that only the sentence before says a quarter; one that its heading says, whole
_HEADS = 2  # sentences that a heading speaks for
ASKED = 1.0  # what a sentence gains below a heading that asks the question itself
_HEADING = 100  # characters; a longer question is no heading
LONG = 400  # characters; a longer sentence answers only where no shorter one does


@dataclass(frozen=True)
class Heard:
    """One sentence of a passage (offsets within the passage) and which telling terms it says."""

    span: Span
    text: str
    terms: Mapping[str, float]


@dataclass(frozen=True)
class Weighed:
    """A found passage, heard sentence by sentence, with what it covers of the question.

    ``terms`` are those that the passage, its title or its publisher says, each with how far that counts;
    ``near`` is what its likeness to the whole question adds, below 0 where they are unlike; ``standing`` is
    what its age leaves of anything it says.
    """

    passage: Passage
    rank: int
    sentences: Sequence[Heard]
    terms: Mapping[str, float]
    covers: float
    near: float
    standing: float

    @property
    def worth(self) -> float:
        """What it covers of the question and how near it comes, less what age takes away."""
        return (self.covers + self.near) * self.standing


@dataclass(frozen=True)
class Candidate:
    """One sentence that may answer, as a span of its document, and the sentence before it, if any.

    Whether it is noise is left to be asked of the few that are chosen.
    """

    passage: Passage
    span: Span
    text: str
    score: float
    before: Span | None


def weigh(question: Asked, hits: Sequence[Hit], *, as_of: date, newest: date | None) -> list[Weighed]:
    """Weigh each hit in turn; ``newest`` is the day of the newest document the search could see."""
    newest = newest or max((day for hit in hits if (day := hit.passage.document.day)), default=None)
    ages = newest is not None and as_of - newest <= LIVE and not _about_past(question.text, as_of)
    return [_weighed(question, hit, rank, as_of if ages else None) for rank, hit in enumerate(hits)]


def _about_past(question: str, today: date) -> bool:
    asked = understand(question)
    periods = [period for each in asked.dates if (period := each.period(today))]
    return asked.past or any(today - last > LIVE for _, last in periods)


def _weighed(question: Asked, hit: Hit, rank: int, today: date | None) -> Weighed:
    passage, document = hit.passage, hit.passage.document
    sentences = [_heard(question, passage.text, span) for span in spoken(passage.text)]
    about = question.heard(f"{document.title} {document.publisher or ''}")
    said = (
        {t: max(each.terms.get(t, 0.0) for each in sentences) for t in question.weights} if sentences else {}
    )
    heard = {t: max(said.get(t, 0.0), IN_TITLE * about.get(t, 0.0)) for t in question.weights}
    age = max(0, (today - document.day).days) if today and document.day else 0
    lost = (STALE_NOW if question.about_now else STALE) * (1 - math.exp(-age / FRESH_DAYS))
    likeness = 0.0 if hit.similarity is None else min(FAR, max(-FAR, hit.similarity - USUAL))
    return Weighed(passage, rank, sentences, heard, question.covered(heard), CLOSE * likeness, 1 - lost)


def _heard(question: Asked, text: str, span: Span) -> Heard:
    words = text[span.start : span.end]
    return Heard(span, words, question.heard(words))


@dataclass(frozen=True)
class Evidence:
    """A question with what was found for it, weighed."""

    question: Asked
    hits: Sequence[Hit]
    weighed: Sequence[Weighed]
    as_of: date

    @property
    def answers(self) -> bool:
        """Whether anything found answers the question at all."""
        return self._worth >= ENOUGH

    @property
    def promises(self) -> bool:
        """Whether anything found comes near enough for a model to look whether it answers."""
        return self._worth >= PROMISING

    @cached_property
    def sentences(self) -> Sequence[Candidate]:
        """Every sentence that could stand in an answer, best first."""
        return candidates(self.question, self.weighed)

    @property
    def _worth(self) -> float:
        best = max((each.worth for each in self.weighed), default=0.0)
        names = self.question.names
        return best * UNNAMED ** sum(not any(each.terms[name] for each in self.weighed) for name in names)


def gather(
    question: str, hits: Sequence[Hit], *, rarity: Mapping[str, float], as_of: date, newest: date | None
) -> Evidence:
    """Weigh what was found for a question; parameters as in :func:`retrieval.answer.compose`."""
    asked = Asked(question, rarity)
    return Evidence(asked, hits, weigh(asked, hits, as_of=as_of, newest=newest), as_of)


def candidates(question: Asked, weighed: Iterable[Weighed]) -> list[Candidate]:
    """Every sentence of the passages that could stand in an answer, best first."""
    found = [each for passage in weighed for each in _scored(question, passage)]
    return sorted(found, key=lambda each: -each.score)


def _scored(question: Asked, weighed: Weighed) -> Iterator[Candidate]:
    passage = weighed.passage
    beside: Mapping[str, float] = {}
    heading, asked, since, before = beside, False, 0, None
    for heard in weighed.sentences:
        place = Span(passage.start + heard.span.start, passage.start + heard.span.end)
        if is_heading(heard.text):
            heading = heard.terms if len(heard.text) <= _HEADING else {}
            asked = question.asked_by(heard.text)
            since, beside, before = 0, {}, None
            continue
        since += 1
        headed = heading if since <= _HEADS else {}
        answers = since == 1 and (asked or question.covered(headed) >= ENOUGH)
        if heard.terms or answers:
            near = {t: max(LEANING * beside.get(t, 0.0), headed.get(t, 0.0)) for t in question.weights}
            score = _score(question, weighed, heard, near, ASKED * (asked and since <= _HEADS))
            yield Candidate(passage, place, heard.text, score, before)
        beside, before = heard.terms, place


def _score(question: Asked, weighed: Weighed, heard: Heard, near: Mapping[str, float], asked: float) -> float:
    """What a sentence is worth: the words it says or stands by, whether it fits, and its passage's place."""
    said = {term: max(heard.terms.get(term, 0.0), near[term]) for term in question.weights}
    score = question.covered(said) + asked + 0.2 * weighed.covers
    score += 0.3 * question.fits(heard.text) - 0.3 * (len(heard.text) > LONG)
    return score * weighed.standing * (0.4 + 0.6 * 0.85**weighed.rank)
