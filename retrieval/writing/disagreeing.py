"""Finds where sources give different values for the same thing: a number, a date, yes or no.

A false "Sources disagree" costs more trust than one that is missed. Knows nothing of models or of how answers
are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from retrieval.answer import shown
from retrieval.citations import quote_from
from retrieval.evidence import LONG, Candidate, Evidence
from retrieval.noise import is_noise, spoken
from retrieval.relevance import Asked
from retrieval.types import Passage, Quote, Span
from retrieval.writing.differing import difference, says
from retrieval.writing.neutral import commands
from retrieval.writing.values import Told

_MOST_COMPARED = 40  # sentences, the best for the question
_BEARS = 0.3  # share of the question's weight that a sentence must say to be compared
_APART = 60  # days; of events that recur, older reports are about another one
_QUOTED = 3  # documents quoted for one side
_MOST = 3  # conflicts told of one answer


@dataclass(frozen=True, slots=True)
class Version:
    """What some sources say: the value, the newest sentence that gives it, and the quotes of all that do."""

    slot: str
    key: str
    value: str
    text: str
    quotes: tuple[Quote, ...]


Dispute = tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Disputes:
    """What the sources disagree on; in each the newest version first."""

    all: tuple[Dispute, ...] = ()

    def about(self, quotes: Sequence[Quote]) -> tuple[Dispute, ...]:
        """Those about something that is quoted."""
        return tuple(each for each in self.all if any(_stands_in(one, quotes) for one in each))[:_MOST]

    def newer(self, text: str, quotes: Sequence[Quote]) -> Version | None:
        """What newer sources say in place of a statement of an outdated value; None where it stands."""
        for newest, *older in self.all:
            fresh = newest.quotes[0].document.day
            for version in older:
                day = version.quotes[0].document.day
                outdated = _stands_in(version, quotes) and says(text, version.slot, version.key)
                if outdated and day and fresh and day < fresh and not _stands_in(newest, quotes):
                    return newest
        return None


@dataclass(frozen=True, slots=True)
class _Claim:
    """A value that a sentence gives."""

    at: int
    slot: str
    key: str
    value: str


def disputes(evidence: Evidence) -> Disputes:
    """What the sentences that bear on a question disagree on."""
    chosen = _compared(evidence)
    told = [_told(each, evidence.question) for each in chosen]
    pairs = []
    for one, other in combinations(range(len(chosen)), 2):
        if _comparable(chosen[one], chosen[other]):
            found = difference(told[one], told[other], evidence.question)
            if found:
                claims = zip((one, other), found.keys, found.values, strict=True)
                pairs.append([_Claim(at, found.slot, key, value) for at, key, value in claims])
    return Disputes(tuple(_dispute(group, chosen) for group in _joined(pairs)))


def _compared(evidence: Evidence) -> list[Candidate]:
    """The sentences that may contradict each other, the best for the question first.

    A passage that says nearly the same as a hit may differ from it in a single value.
    """
    found = [each for each in evidence.sentences if _bears(each, evidence.question)][:_MOST_COMPARED]
    siblings = [each for hit in evidence.hits for passage in hit.siblings for each in _sentences(passage)]
    return found + [each for each in siblings if _bears(each, evidence.question)][:_MOST_COMPARED]


def _bears(candidate: Candidate, question: Asked) -> bool:
    text = candidate.text
    if len(text) > LONG or question.covered(question.heard(text)) < _BEARS:
        return False
    return not is_noise(text) and not commands(text)


def _sentences(passage: Passage) -> Iterator[Candidate]:
    for span in spoken(passage.text):
        place = Span(passage.start + span.start, passage.start + span.end)
        yield Candidate(passage, place, passage.text[span.start : span.end], 0.0, None)


def _told(candidate: Candidate, question: Asked) -> Told:
    document = candidate.passage.document
    covers = question.covered(question.heard(candidate.text))
    return Told(candidate.text, f"{document.title}\n{candidate.passage.text}", document.day, covers)


def _comparable(one: Candidate, other: Candidate) -> bool:
    """Whether they are of different documents, and of one time as far as that is known."""
    first, second = one.passage.document, other.passage.document
    if first == second:
        return False
    return not (first.day and second.day) or abs((first.day - second.day).days) <= _APART


def _joined(pairs: Iterable[Sequence[_Claim]]) -> list[list[_Claim]]:
    """The pairs that share a claim, together."""
    groups: list[list[_Claim]] = []
    for pair in pairs:
        touching = [group for group in groups if any(claim in group for claim in pair)]
        rest = [group for group in groups if group not in touching]
        merged = dict.fromkeys([*(claim for group in touching for claim in group), *pair])
        groups = [*rest, list(merged)]
    return groups


def _dispute(claims: Sequence[_Claim], chosen: Sequence[Candidate]) -> Dispute:
    """The versions of one matter, the newest first."""
    by_key: dict[str, list[_Claim]] = {}
    for claim in claims:
        by_key.setdefault(claim.key, []).append(claim)
    return tuple(sorted((_version(each, chosen) for each in by_key.values()), key=_age))


def _version(claims: Sequence[_Claim], chosen: Sequence[Candidate]) -> Version:
    quotes: dict[int, Quote] = {}
    for claim in claims:
        candidate = chosen[claim.at]
        quotes.setdefault(candidate.passage.document.number, quote_from(candidate.passage, candidate.span))
    newest_first = sorted(quotes.values(), key=lambda quote: -_ordinal(quote))[:_QUOTED]
    first = claims[0]
    return Version(first.slot, first.key, first.value, shown(newest_first[0]), tuple(newest_first))


def _age(version: Version) -> int:
    return -_ordinal(version.quotes[0])


def _ordinal(quote: Quote) -> int:
    return quote.document.day.toordinal() if quote.document.day else 0


def _stands_in(version: Version, quotes: Iterable[Quote]) -> bool:
    """Whether one of the quotes is of a sentence that gives this version."""
    return any(
        quote.document == own.document and quote.start < own.end and own.start < quote.end
        for quote in quotes
        for own in version.quotes
    )
