"""Answers a question with the best verbatim sentences of what was found, grouped and cited.

Knows nothing of models, storage or how an answer is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from retrieval.citations import number, quote_from
from retrieval.evidence import Candidate, Evidence, gather
from retrieval.gate.figures import figures
from retrieval.gate.words import read
from retrieval.noise import gives_orders, is_noise, spoken
from retrieval.terms import question_terms, terms
from retrieval.types import Answer, Citation, Hit, Passage, Quote, Span

MOST = 5  # statements of an answer
WORTH_SAYING = 0.65  # a further statement's least score, as a share of the best one's
LEADING = 0.8  # documents whose best score comes this near the best lead, the newest of them first
SAME = 0.85  # share of a statement's words that a sentence must say to support it
NEAREST = 3
FOLLOW_UPS = 3
LONGEST_FOLLOW_UP = 60
_LONGEST_RUN = 500
_AKIN = 0.3  # of a question's weight; a title that says less is about something else
_ALIKE = 75  # percent; of two titles as alike as this one is enough
_FEWEST = 5  # different words; of shorter statements nothing but themselves says the same

_LEANS = re.compile(
    r"\W*(?:it|its|he|his|she|her|they|their|that|this|these|those|such|both)\b", re.IGNORECASE
)
_FIGURES = re.compile(r"\d+")
_DENIED = re.compile(r"\b(?:not|no|never|none|neither|nor|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_GUARDED = re.compile(
    r"\b(?:may|might|could|would|will|if|unless|plan\w*|expect\w*|prepar\w*|intend\w*|hop(?:e|es|ed|ing)"
    r"|propos\w*|reported(?:ly)?|alleged(?:ly)?|likely|possibl[ey]|rumou?r\w*|claim\w*|predict\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Found:
    """A statement in the making: the sentence that was chosen and the quotes that say it."""

    candidate: Candidate
    quotes: tuple[Quote, ...]


def compose(
    question: str,
    hits: Sequence[Hit],
    *,
    rarity: Mapping[str, float],
    as_of: date,
    newest: date | None = None,
) -> Answer:
    """What ``hits`` (best first) say to a question, word for word, or the nearest of them where they don't.

    ``rarity`` is each question term's ln((N + 1) / (df + 0.5)) over the N passages that were searched, df
    of which say it. ``newest`` is the day of the newest document the search could see; without it the
    newest of the hits stands in.
    """
    return extract(gather(question, hits, rarity=rarity, as_of=as_of, newest=newest))


def extract(evidence: Evidence) -> Answer:
    """The answer in the evidence's own sentences, or the nearest passages where it does not answer."""
    question, as_of = evidence.question.text, evidence.as_of
    found = _choose(evidence.sentences) if evidence.answers else []
    if not found:
        return Answer(question, as_of, nearest=nearest(evidence))
    found = _with_siblings(found, evidence.hits)
    statements, citations = number((shown(each.quotes[0]), each.quotes) for each in _in_order(found))
    cited = {citation.document.number for citation in citations}
    return Answer(question, as_of, statements, citations, follow_ups=follow_ups(evidence, cited))


def _choose(ranked: Iterable[Candidate]) -> list[_Found]:
    """The sentences worth saying, best first; one that repeats another only adds its quote to it."""
    chosen: list[_Found] = []
    for candidate in ranked:
        if chosen and candidate.score < WORTH_SAYING * chosen[0].candidate.score:
            break
        if is_noise(candidate.text):
            continue
        repeated = [i for i, each in enumerate(chosen) if _repeats(candidate.text, each.candidate.text)]
        for i in repeated:
            if _supports(candidate.text, chosen[i].candidate.text):
                chosen[i] = _with_quote(chosen[i], candidate.passage, candidate.span)
        if not repeated and len(chosen) < MOST and not _within(candidate, chosen):
            chosen.append(_Found(candidate, (_run(candidate),)))
    return [
        each
        for each in chosen
        if not _within(each.candidate, [other for other in chosen if other is not each])
    ]


def _within(candidate: Candidate, chosen: Iterable[_Found]) -> bool:
    """Whether a chosen run of sentences already holds this one."""
    return any(
        quote.document == candidate.passage.document
        and quote.start <= candidate.span.start
        and candidate.span.end <= quote.end
        for each in chosen
        for quote in each.quotes[:1]
    )


def _run(candidate: Candidate) -> Quote:
    """The sentence, together with the one before it where it leans on that one."""
    passage, span, before = candidate.passage, candidate.span, candidate.before
    if before and _LEANS.match(candidate.text) and span.end - before.start <= _LONGEST_RUN:
        first = passage.text[before.start - passage.start : before.end - passage.start]
        between = passage.text[before.end - passage.start : span.start - passage.start]
        if between.isspace() and not is_noise(first):
            return quote_from(passage, Span(before.start, span.end))
    return quote_from(passage, span)


def _repeats(sentence: str, statement: str) -> bool:
    """Whether a sentence adds nothing to a statement, or says it all."""
    return _says(sentence, statement) or _says(statement, sentence)


def _supports(sentence: str, statement: str) -> bool:
    """Whether a sentence says the whole of a statement, and no more guardedly."""
    return _says(sentence, statement) and _marked(_GUARDED, sentence) <= _marked(_GUARDED, statement)


def _says(sentence: str, statement: str) -> bool:
    """Whether a sentence has a statement's words and figures, and denies where that denies."""
    told, said = set(terms(statement)), set(terms(sentence))
    if len(told) < _FEWEST or len(told & said) < SAME * len(told):
        return sentence == statement
    return _numbers(statement) <= _numbers(sentence) and bool(_marked(_DENIED, statement)) == bool(
        _marked(_DENIED, sentence)
    )


def _numbers(text: str) -> set[object]:
    """The numbers a text gives, in digits or in words."""
    written = (figure.values for figure in figures(read(text)) if not _FIGURES.search(figure.text))
    return {*_FIGURES.findall(text), *written}


def _marked(marks: re.Pattern[str], text: str) -> set[str]:
    return {mark.casefold() for mark in marks.findall(text)}


def _with_quote(found: _Found, passage: Passage, span: Span) -> _Found:
    if any(quote.document.group == passage.document.group for quote in found.quotes):
        return found
    return _Found(found.candidate, (*found.quotes, quote_from(passage, span)))


def _with_siblings(found: Iterable[_Found], hits: Iterable[Hit]) -> list[_Found]:
    """Add to each statement the quotes of other documents' passages that repeat it."""
    siblings = {hit.passage.number: hit.siblings for hit in hits if hit.siblings}
    completed = []
    for each in found:
        for passage in siblings.get(each.candidate.passage.number, ()):
            for span in spoken(passage.text):
                if _supports(passage.text[span.start : span.end], each.candidate.text):
                    place = Span(passage.start + span.start, passage.start + span.end)
                    each = _with_quote(each, passage, place)
        completed.append(each)
    return completed


def _in_order(found: Sequence[_Found]) -> list[_Found]:
    """Statements of one document together, its best first; of the documents that lead, the newest first."""
    groups: dict[int, list[_Found]] = {}
    for each in found:
        groups.setdefault(each.candidate.passage.document.number, []).append(each)
    best = found[0].candidate.score

    def place(group: list[_Found]) -> tuple[bool, int, float]:
        day, score = group[0].candidate.passage.document.day, group[0].candidate.score
        leads = score >= LEADING * best
        return (not leads, -day.toordinal() if leads and day else 0, -score)

    ordered = sorted(groups.values(), key=place)
    return [each for first, *rest in ordered for each in (first, *sorted(rest, key=_position))]


def _position(found: _Found) -> int:
    return found.candidate.span.start


def shown(quote: Quote) -> str:
    """The words of a quote on one line."""
    return " ".join(quote.text.split())


def nearest(evidence: Evidence) -> tuple[Citation, ...]:
    """Up to three passages that come near, each shown by its nearest sentence; one for each document."""
    question = evidence.question
    near: dict[int, Quote] = {}
    for each in sorted(evidence.weighed, key=lambda passage: -passage.worth):
        comes_near = each.covers > 0 or each.near > 0
        telling = [heard for heard in each.sentences if comes_near and not is_noise(heard.text)]
        if telling and each.passage.document.number not in near and len(near) < NEAREST:
            span = max(telling, key=lambda heard: question.covered(heard.terms)).span
            place = Span(each.passage.start + span.start, each.passage.start + span.end)
            near[each.passage.document.number] = quote_from(each.passage, place)
    return number([("", list(near.values()))])[1]


def follow_ups(evidence: Evidence, cited: Collection[int]) -> tuple[str, ...]:
    """What else was found of the matter: titles of documents whose numbers are not among those cited."""
    question, weighed = evidence.question, evidence.weighed
    known = [each.passage.document.title for each in weighed if each.passage.document.number in cited]
    about = {term for title in known for term in question_terms(title)}
    offered: list[str] = []
    for each in weighed:
        document, title = each.passage.document, each.passage.document.title.partition(" | ")[0]
        shared = about.intersection(question_terms(title))
        akin = len(shared) >= 3 or question.covered(question.heard(title)) >= _AKIN
        if akin and document.number not in cited and not gives_orders(title):
            others = (question.text, *known, *offered)
            if all(fuzz.token_set_ratio(title.casefold(), other.casefold()) < _ALIKE for other in others):
                offered.append(_clipped(title))
    return tuple(offered[:FOLLOW_UPS])


def _clipped(title: str) -> str:
    title = " ".join(title.split())
    if len(title) <= LONGEST_FOLLOW_UP:
        return title
    return title[:LONGEST_FOLLOW_UP].rpartition(" ")[0].rstrip(" ,;:–—-") + "…"
