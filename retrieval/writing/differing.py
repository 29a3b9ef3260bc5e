"""Compares two sentences value by value: do they give different ones for the same thing?

Two sentences are about the same thing when nearly all words of the shorter stand in the other, or both hold
what is asked, and neither brings names or words of its own beside the value. Knows nothing of documents or of
how a difference is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.gate.dates import When
from retrieval.gate.figures import Figure
from retrieval.relevance import Asked
from retrieval.writing.values import Told

_FEWEST = 3  # words that two sentences about one thing share
_SHARED = 0.7  # of the words of the one with fewer
_DATED = 0.6  # of all words of both, where the difference is a date
_ELSE = 1  # word more that may stand in a sentence than in its denial
_ASKED = 0.75  # of the question's weight, in each of the two, where the difference is what it asks for
_ROUNDED = 0.1  # how far "about" may be off


@dataclass(frozen=True, slots=True)
class Difference:
    """What two sentences differ in: the ``slot`` they both fill, and each one's value as it is written.

    ``keys`` are the values in a form that is equal where they are the same.
    """

    slot: str
    values: tuple[str, str]
    keys: tuple[str, str]


def difference(one: Told, other: Told, question: Asked) -> Difference | None:
    """What two sentences differ in; None where they agree or are not about the same thing."""
    alike = _alike(one, other)
    if not (alike or min(one.covers, other.covers) >= _ASKED) or one.guarded != other.guarded:
        return None
    if one.reading.language != other.reading.language or not _same_names(one, other, question):
        return None
    times = (one.years, other.years), (one.weekdays, other.weekdays)
    if any(mine and theirs and mine.isdisjoint(theirs) for mine, theirs in times):
        return None
    found = [*_numbers(one, other, None if alike else question), *_names(one, other)]
    found += [*_dates(one, other), *_denials(one, other)] if alike else []
    return found[0] if found else None


def says(text: str, slot: str, key: str) -> bool:
    """Whether a text gives this value."""
    told = Told(text)
    if slot == "denial":
        return told.denied == (key == "no")
    if slot == "date":
        return any(_day(each) == key for each in told.dates)
    if slot.startswith("name"):
        return set(key.split()) <= told.reading.stems
    return any(_key(each) == key for each in told.figures)


def _same_names(one: Told, other: Told, question: Asked) -> bool:
    """Whether both sentences can be about the same people and places.

    Not where each names some that the other does not, nor where one's are strange to the other's whole
    passage, unless the question names some that both know.
    """
    given = [stems for told in (one, other) for _, _, stems in told.given]
    values = frozenset[str]().union(*given)
    if one.names - other.frame - values and other.names - one.frame - values:
        return False
    if any(name in one.known and name in other.known for name in question.names):
        return True
    return all(
        len(here.names & there.known) >= 0.5 * len(here.names - values)
        for here, there in ((one, other), (other, one))
    )


def _alike(one: Told, other: Told) -> bool:
    """Whether nearly all words of the shorter sentence stand in the other."""
    common = len(one.frame & other.frame)
    return common >= _FEWEST and common >= _SHARED * min(len(one.frame), len(other.frame))


def _jaccard(one: Told, other: Told) -> float:
    return len(one.frame & other.frame) / max(1, len(one.frame | other.frame))


def _numbers(one: Told, other: Told, question: Asked | None) -> Iterator[Difference]:
    """Numbers that count the same; where a question is given, only what that asks to be counted."""
    for figure in one.figures:
        for rival in other.figures:
            counted = one.counts(figure) & other.counts(rival)
            if question is not None:
                counted &= question.weights.keys()
            if not counted or compatible(figure, rival) or _gives(one, rival) or _gives(other, figure):
                continue
            near, far = one.ties(figure) - counted, other.ties(rival) - counted
            alone = _only(one, figure, counted) and _only(other, rival, counted)
            if alone and _one_matter(one, near, other, far):
                slot = " ".join(sorted(counted))
                yield Difference(slot, (figure.text, rival.text), (_key(figure), _key(rival)))


def _dates(one: Told, other: Told) -> Iterator[Difference]:
    """The only dates of both."""
    if len(one.dates) == 1 == len(other.dates) and _jaccard(one, other) >= _DATED:
        date, rival = one.dates[0], other.dates[0]
        pairs = (date.month, rival.month), (date.day, rival.day)
        apart = any(mine and theirs and mine != theirs for mine, theirs in pairs)
        if apart and _one_matter(one, one.when, other, other.when):
            yield Difference("date", (date.text, rival.text), (_day(date), _day(rival)))


def _denials(one: Told, other: Told) -> Iterator[Difference]:
    """Yes or no, of what is the same word for word."""
    same_figures = len(one.figures) == len(other.figures) and all(_gives(other, each) for each in one.figures)
    denying, affirming = (one, other) if one.denied else (other, one)
    denies_it = denying.frame <= affirming.frame and len(affirming.frame - denying.frame) <= _ELSE
    if one.denied != other.denied and same_figures and denies_it:
        told = ("no", "yes") if one.denied else ("yes", "no")
        yield Difference("denial", told, told)


def _names(one: Told, other: Told) -> Iterator[Difference]:
    """Names in one and the same place that only one can have."""
    for tie, name, stems in one.given:
        for rival_tie, rival, rival_stems in other.given:
            here, there = one.frame - stems, other.frame - rival_stems
            one_matter = tie == rival_tie and not (here - there and there - here)
            strange = not (stems & other.known or rival_stems & one.known)
            if one_matter and strange:
                keys = " ".join(sorted(stems)), " ".join(sorted(rival_stems))
                yield Difference(f"name {tie}", (name, rival), keys)


def _one_matter(one: Told, near: frozenset[str], other: Told, far: frozenset[str]) -> bool:
    """Whether two values are about the same: words near them are shared, and not each has some of its own."""
    shared = (near & far) - one.names - other.names
    return bool(shared) and not (near - other.frame and far - one.frame)


def _only(told: Told, figure: Figure, counted: frozenset[str]) -> bool:
    """Whether no other number of the sentence counts the same."""
    return all(each is figure or not (told.counts(each) & counted) for each in told.figures)


def _gives(told: Told, figure: Figure) -> bool:
    return any(each.same(figure) for each in told.figures)


def compatible(figure: Figure, rival: Figure) -> bool:
    """Whether both numbers can be true at once, as far as their bounds and rounding tell."""
    if figure.same(rival):
        return True
    for loose, firm in ((figure, rival), (rival, figure)):
        low, high = min(loose.values), max(firm.values)
        if loose.bound in ("least", "over") and high >= low:
            return True
        if loose.bound in ("most", "under") and min(firm.values) <= max(loose.values):
            return True
        if loose.bound in ("about", "almost") and abs(high - low) <= _ROUNDED * max(abs(high), abs(low)):
            return True
    return _rounded(min(figure.values), min(rival.values))


def _rounded(one: float, other: float) -> bool:
    """Whether the one is the other with fewer digits: 12,740 and 12,700, 6.14 and 6.1."""
    for fine, coarse in ((one, other), (other, one)):
        digits = len(f"{abs(coarse):.9g}".replace(".", "").strip("0"))
        if digits >= 2 and float(f"{fine:.{digits}g}") == coarse:
            return True
    return False


def _key(figure: Figure) -> str:
    return f"{min(figure.values):g} {figure.unit}".strip()


def _day(when: When) -> str:
    return f"{when.month}-{when.day or ''}"
