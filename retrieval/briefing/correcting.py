"""Decides which quotes that readers were given are corrected or contradicted by documents that came after.

A development is no correction: tolls rise, plans come true, prices move. In doubt nothing is said, since a
false "that was wrong" costs more trust than one that is missed. Knows nothing of readers or of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from retrieval.briefing.came import Came, Telling
from retrieval.briefing.mistaken import (
    VALUES,
    besides,
    instead,
    is_note,
    mounts,
    rises,
    same_value,
    subject,
    takes_back,
    wrong_values,
)
from retrieval.briefing.sentences import Said, looks_ahead
from retrieval.citations import locate
from retrieval.gate.alignment import Item, align, alike, items
from retrieval.gate.figures import Figure
from retrieval.gate.polarity import opposed
from retrieval.gate.words import stem
from retrieval.relevance import Asked
from retrieval.terms import question_terms
from retrieval.types import Document, Quote
from retrieval.writing.differing import compatible, difference
from retrieval.writing.values import Told

_SAME = 0.7  # share of two sentences' words that agree, from which one is the other mended
_COVERED = 0.6  # share of a quote's telling words that a sentence must say to take it back
_ABOUT, _OF_IT = 2, 0.35  # telling words that a note shares with what it mends, and share of its own
_BEST = 0.8  # of what a sentence shares with the quote that it mends best
_WHOLE = 4  # words of a quote that can be taken back
_BESIDES = 0.34  # share of a sentence's telling words that may be about something else
_AT_ONCE = timedelta(3)  # apart; what a later report says otherwise has changed rather than was wrong
_PAST = timedelta(14)  # the same of the day of something that is over, which changes no more
_ALIKE = 0.6  # share of all telling words of two sentences of different documents about one thing
_FEWEST = 3  # such words
_LITTLE = 1.15  # times as many: what rose so little from one report to the next went on
_PUT_RIGHT = 0.25  # share of the words of a quote or a sentence that the one which puts a value right shares


@dataclass(frozen=True, slots=True)
class Correction:
    """A quote that was told, and what is said in its place.

    ``value`` is what is said now, as it is written, or "" where what was told is only taken back; ``before``
    is the value that was told.
    """

    said: Quote
    now: Quote
    before: str = ""
    value: str = ""


def corrections(told: Iterable[Telling], came: Sequence[Came]) -> list[Correction]:
    """What later documents correct or contradict, each quote once: by its own publisher's word if that is.

    Where one sentence could mend several quotes, it mends the one that it shares most with.
    """
    found: dict[tuple[int, int], list[tuple[int, Correction]]] = {}
    for telling in told:
        if is_note(telling.quote.text):
            continue
        own = [each for each in came if each.document.number == telling.quote.document.number]
        others = [each for each in came if each not in own and not _is_copy(each.document, telling)]
        each = next(filter(None, (_mended(telling, one) for one in own)), None)
        each = each or next(_otherwise(telling, others), None)
        if each:
            shared = len(telling.terms & frozenset(question_terms(each.now.text)))
            found.setdefault((each.now.document.number, each.now.start), []).append((shared, each))
    return [
        each
        for rivals in found.values()
        for shared, each in rivals
        if shared >= _BEST * max(most for most, _ in rivals)
    ]


def _mended(telling: Telling, came: Came) -> Correction | None:
    """What a new version of the quoted document says in the quote's place."""
    notes = [note for note in came.notes if _about(telling, note)]
    noted = next(filter(None, (_mending(telling, note) for note in notes)), None)
    if noted or locate(telling.quote.text, came.text):
        return noted
    for line in came.lines:
        values = None if is_note(line.text) else _exchanged(telling, line, noted=bool(came.notes))
        if values:
            return Correction(telling.quote, came.quote(line), *values)
    withdrawn = next((note for note in notes if len(telling.terms & note.terms) >= _FEWEST), None)
    return Correction(telling.quote, withdrawn.quote) if withdrawn else None


def _exchanged(telling: Telling, line: Said, *, noted: bool) -> tuple[str, str] | None:
    """The values that differ in what is otherwise one sentence; a toll that rose only where it is noted."""
    laid = align(telling.told.reading, line.told.reading)
    if len(laid.equal) < _SAME * max(len(laid.said), len(laid.told)):
        return None
    if telling.told.denied != line.told.denied:  # what was not so may have come to be
        return None if telling.told.denied and not noted else _yes_or_no(telling.told)
    for change in laid.changes:
        mine, theirs = [laid.said[i] for i in change.said], [laid.told[j] for j in change.told]
        for one, other in _pairs(mine, theirs):
            if _differ(one, other) and (noted or not _moved_on(telling, one, other, line)):
                return one.text, other.text
    return None


def _pairs(mine: Sequence[Item], theirs: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """What stands for what in a change: of each kind the only one, of words any."""
    for one in mine:
        kin = [each for each in theirs if _kind(each) == _kind(one)]
        if one.kind == "word" or len(kin) == 1 == sum(_kind(each) == _kind(one) for each in mine):
            yield from ((one, other) for other in kin)


def _kind(item: Item) -> str:
    return "number" if item.figure else item.kind


def _differ(one: Item, other: Item) -> bool:
    """Whether one value stands for another of its kind, or a word for its opposite."""
    if one.figure and other.figure:
        return not same_value(one, other)
    if one.kind != other.kind or alike(one, other):
        return False
    if one.kind == "word":
        return opposed(stem(one.fold), stem(other.fold))
    if one.kind == "name":  # "the US" and "the United States" are written otherwise, and no two names
        first, second = ("".join(token[0] for token in each.tokens) for each in (one, other))
        short = not {first, second}.isdisjoint(one.tokens + other.tokens)
        same_length = len(one.tokens) == len(other.tokens)
        return not short and (same_length or set(one.tokens).isdisjoint(other.tokens))
    return True


def _moved_on(telling: Telling, one: Item, other: Item, line: Said) -> bool:
    """Whether a value changed with time: a count went on, or a report speaks of another day of the week."""
    if one.figure and other.figure:
        return _went_on(telling, one.figure, other.figure, line)
    if one.when and other.when:
        return not (one.when.month and other.when.month) or looks_ahead(telling.quote.text)
    return one.kind == "word"


def _went_on(telling: Telling, one: Figure, other: Figure, line: Said) -> bool:
    """Whether a number is a count that went on, or can be true beside the other."""
    elsewhere = line.document.number != telling.quote.document.number
    first, last = min(one.values), min(other.values)
    little = first < last <= max(first + 1, _LITTLE * first)  # another win, a birthday, three counties more
    return mounts(line.told, one, other) or (elsewhere and (little or compatible(one, other)))


def _about(telling: Telling, note: Said) -> bool:
    """Whether a note is about a quote."""
    about = subject(note.terms)
    return len(telling.terms & about) >= max(_ABOUT, _OF_IT * len(about))


def _mending(telling: Telling, line: Said) -> Correction | None:
    """What a sentence gives in place of a value that the quote gives and that it says is wrong."""
    mine = [each for each in items(telling.told.reading) if each.kind in VALUES]
    for wrong, firm in wrong_values(line.told):
        one = next((each for each in mine if same_value(each, wrong)), None)
        right = instead(line.told, wrong, telling.told) if one else None
        if one is None or right is None:
            continue
        risen = bool(one.figure and right.figure and rises(one.figure, right.figure))
        if firm or not (risen or _moved_on(telling, one, right, line) or looks_ahead(telling.quote.text)):
            return Correction(telling.quote, line.quote, one.text, right.text)
    return None


def _otherwise(telling: Telling, came: Sequence[Came]) -> Iterator[Correction]:
    """What other documents say otherwise: first those that say it was wrong, then those that just differ."""
    question = Asked(telling.quote.document.title, {})
    for each in came:
        for line in each.notes + each.lines:
            shared, fewer = telling.terms & line.terms, min(len(telling.terms), len(line.terms))
            if len(shared) >= max(_ABOUT, _PUT_RIGHT * fewer) and _known_names(telling, line):
                found = _mending(telling, line) or _taken_back(telling, line)
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
    same_figures = all(any(each.same(one) for one in line.told.figures) for each in told.figures)
    return Correction(telling.quote, line.quote, *_yes_or_no(told)) if same_figures else None


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
    if one_matter and told.denied == rival.denied and _one_value_apart(telling, line):
        values = _exchanged(telling, line, noted=False)
        if values:
            return Correction(telling.quote, line.quote, *values)
    found = difference(rival, told, question)
    if found is None or (found.slot == "denial" and told.denied):  # what was not so has come to be
        return None
    if not (found.slot.startswith(("denial", "name")) or _one_value_apart(telling, line)):
        return None
    now, before = found.values
    for one in told.figures:
        for two in rival.figures:
            if (one.text, two.text) == (before, now) and _went_on(telling, one, two, line):
                return None
    return Correction(telling.quote, line.quote, before, now)


def _one_value_apart(telling: Telling, line: Said) -> bool:
    """Whether two sentences differ in one number that measures the same, or in one date, and no other."""
    mine = [each for each in items(telling.told.reading) if each.kind in VALUES and each.kind != "name"]
    theirs = [each for each in items(line.told.reading) if each.kind in VALUES and each.kind != "name"]
    gone = [each for each in mine if not any(same_value(each, one) for one in theirs)]
    new = [each for each in theirs if not any(same_value(each, one) for one in mine)]
    if len(gone) != 1 or len(new) != 1:
        return False
    one, other = gone[0].figure, new[0].figure
    if not (one and other):
        return gone[0].kind == new[0].kind
    counted, too = telling.told.counts(one), line.told.counts(other)
    return bool(counted & too) or not (counted or too)


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


def _yes_or_no(told: Told) -> tuple[str, str]:
    return ("no", "yes") if told.denied else ("yes", "no")


def _is_copy(document: Document, telling: Telling) -> bool:
    """Whether a document is the quoted one at another publisher."""
    return document.group == telling.quote.document.group
