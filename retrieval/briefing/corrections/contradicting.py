"""Finds what documents of others say against a quote: that it was wrong, or another value at the same time.

Knows nothing of new versions of the quoted document itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from retrieval.briefing.corrections.came import Came, Correction, Telling
from retrieval.briefing.corrections.exchanging import exchanged, mending, one_value_apart, went_on, yes_or_no
from retrieval.briefing.corrections.mistaken import besides, takes_back
from retrieval.briefing.sentences import Said, looks_ahead
from retrieval.relevance import Asked
from retrieval.writing.differing import difference

_COVERED = 0.6  # share of a quote's telling words that a sentence must say to take it back
_WHOLE = 4  # words of a quote that can be taken back
_BESIDES = 0.34  # share of a sentence's telling words that may be about something else
_ABOUT = 2  # telling words that a sentence shares with what it puts right
_PUT_RIGHT = 0.25  # share of the words of a quote or a sentence that the one which puts a value right shares
_AT_ONCE = timedelta(3)  # apart; what a later report says otherwise has changed rather than was wrong
_PAST = timedelta(14)  # the same of the day of something that is over, which changes no more
_ALIKE = 0.6  # share of all telling words of two sentences of different documents about one thing
_FEWEST = 3  # such words


def otherwise(telling: Telling, came: Sequence[Came]) -> Iterator[Correction]:
    """What other documents say otherwise: first those that say it was wrong, then those that just differ."""
    question = Asked(telling.quote.document.title, {})
    for each in came:
        for line in each.notes + each.lines:
            shared, fewer = telling.terms & line.terms, min(len(telling.terms), len(line.terms))
            if len(shared) >= max(_ABOUT, _PUT_RIGHT * fewer) and _known_names(telling, line):
                found = mending(telling, line) or _taken_back(telling, line)
                if found:
                    yield replace(found, now=each.quote(line))
    for each in came:
        for line in each.lines:
            if found := _contradicts(telling, line, question):
                yield replace(found, now=each.quote(line))


def _taken_back(telling: Telling, line: Said) -> Correction | None:
    """A sentence that says all of a quote and that it is not so, and little else."""
    told, frame = telling.told, telling.told.frame
    if told.denied or len(frame) < _WHOLE or not takes_back(line.text) or takes_back(telling.quote.text):
        return None
    if len(frame & line.told.frame) < _COVERED * len(frame) or not told.names <= line.told.known:
        return None
    if len(besides(line.terms, telling.terms)) > _BESIDES * len(line.terms):
        return None
    same_figures = all(any(each.same(one) for one in told.figures) for each in line.told.figures)
    return Correction(telling.quote, line.quote, *yes_or_no(told)) if same_figures else None


def _contradicts(telling: Telling, line: Said, question: Asked) -> Correction | None:
    """A sentence that gives another value for the same thing at the same time."""
    told, rival = telling.told, line.told
    if line.ahead or told.guarded or rival.guarded or not _comparable(telling, line):
        return None
    if (
        looks_ahead(telling.quote.text)
        or told.weekdays != rival.weekdays
        or told.years.isdisjoint(rival.years)
    ):
        return None
    if not _within(telling, line, _AT_ONCE if told.figures or rival.denied or told.given else _PAST):
        return None
    one_matter = told.names <= rival.names or rival.names <= told.names
    if one_matter and told.denied == rival.denied and one_value_apart(telling, line):
        values = exchanged(telling, line, noted=False)
        if values:
            return Correction(telling.quote, line.quote, *values)
    found = difference(rival, told, question)
    if found is None or (found.slot == "denial" and told.denied):  # what was not so has come to be
        return None
    if not (found.slot.startswith(("denial", "name")) or one_value_apart(telling, line)):
        return None
    now, before = found.values
    for one in told.figures:
        for two in rival.figures:
            if (one.text, two.text) == (before, now) and went_on(telling, one, two, line):
                return None
    return Correction(telling.quote, line.quote, before, now)


def _comparable(telling: Telling, line: Said) -> bool:
    """Whether two sentences speak of one thing in so many words, and hold what could differ."""
    told, rival = telling.told, line.told
    if not (told.figures or told.dates or told.given or rival.denied):
        return False
    if len(telling.terms & line.terms) < _FEWEST:
        return False
    common = len(told.frame & rival.frame)
    return common >= _FEWEST and common >= _ALIKE * len(told.frame | rival.frame)


def _within(telling: Telling, line: Said, time: timedelta) -> bool:
    day, then = line.day, telling.quote.document.day
    return bool(day and then) and abs(day - then) <= time if day and then else False


def _known_names(telling: Telling, line: Said) -> bool:
    """Whether a document speaks of whom or what a quote names."""
    names = telling.told.names
    return len(names & line.told.known) >= 0.5 * len(names)
