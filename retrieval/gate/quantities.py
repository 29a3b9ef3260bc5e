"""Says which numbers and dates of a statement its evidence does not give. Knows nothing of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from retrieval.gate.dates import When, dates
from retrieval.gate.days import given
from retrieval.gate.evidence import Evidence
from retrieval.gate.figures import Figure, figures
from retrieval.gate.types import Reason
from retrieval.gate.units import MONEY
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading

_SHIFTS = {"last": -1, "this": 0, "next": 1, "current": 0, "previous": -1}
_CLOSE, _NEAR, _BEYOND = 0.05, 0.1, 0.25  # how far "about", "nearly" and "more than" may round, as shares
_VAGUE = {
    "dozens": 12.0,
    "hundreds": 1e2,
    "thousands": 1e3,
    "millions": 1e6,
    "billions": 1e9,
    "trillions": 1e12,
}
_FREE = frozenset(["", "about"])
_YEARS = range(1500, 2101)


def quantity_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """What is wrong with the statement's numbers and dates."""
    said = dates(statement)
    told = [when for reading in (*evidence.around, *evidence.titles) for when in dates(reading)]
    faults = [(Reason.DATE, when.text) for when in said if not given(when, told, evidence.published)]
    known = _known(evidence)
    for figure in figures(statement):
        if not any(when.start < figure.end and figure.start < when.end for when in said):
            fault = _fault(figure, known, evidence)
            faults += [(fault, _shown(figure, statement))] if fault else []
    told_words = {word.fold for reading in evidence.around for word in reading.words}
    for word in statement.words:
        vague = _VAGUE.get(word.fold)
        if vague and word.fold not in told_words and not any(_within(vague, each) for each in known):
            faults.append((Reason.NUMBER, word.text))
    return faults


def _within(scale: float, figure: Figure) -> bool:
    """Whether a number is what "thousands" may mean."""
    return not figure.ordinal and any(scale < value < 1_000 * scale for value in figure.values)


def _shown(figure: Figure, statement: Reading) -> str:
    """The number with the word that follows it."""
    return " ".join(statement.text[figure.start :].split()[:2]).rstrip(".,;:!?")


def _known(evidence: Evidence) -> list[Figure]:
    known: list[Figure] = []
    for reading in (*evidence.around, *evidence.titles):
        dated = [(when.start, when.end) for when in dates(reading)]
        for figure in figures(reading):
            inside = any(start < figure.end and figure.start < end for start, end in dated)
            if not inside or _is_year(figure):
                known.append(replace(figure, unit="", bound="") if inside else figure)
    return known


def _is_year(figure: Figure) -> bool:
    return not figure.ordinal and not figure.unit and any(value in _YEARS for value in figure.values)


def _fault(figure: Figure, known: Sequence[Figure], evidence: Evidence) -> Reason | None:
    same = [each for each in known if figure.same(each)]
    if not same:
        if any(rounds(figure, each) for each in known):
            return None
        if _is_year(figure) and _year_follows(figure, evidence):
            return None
        return Reason.ROUNDING if figure.bound and _nearby(figure, known) else Reason.NUMBER
    measured = [each for each in same if _units_agree(figure, each)]
    if not measured:
        return Reason.UNIT
    return None if any(_bounds_agree(figure, each) for each in measured) else Reason.ROUNDING


def _units_agree(said: Figure, told: Figure) -> bool:
    if said.unit == told.unit or {said.unit, told.unit} == {"%", "part"}:
        return True
    telling = MONEY | {"%", "%pt", "clock", "km", "mi", "kg", "lb"}
    if not said.unit:
        return told.unit not in telling - {"clock"}
    return not told.unit and said.unit not in telling


def _bounds_agree(said: Figure, told: Figure) -> bool:
    if said.bound == told.bound or said.bound == "about":
        return True
    if said.bound == "" or told.bound == "":
        return {said.bound, told.bound} <= _FREE
    return (said.bound, told.bound) in {
        ("least", "over"),
        ("over", "least"),
        ("most", "under"),
        ("under", "almost"),
    }


def rounds(figure: Figure, told: Figure) -> bool:
    """Whether a marked rounding ("about 1.2 million") holds for a number of the evidence."""
    if not _units_agree(figure, told) or told.bound not in _FREE or told.ordinal:
        return False
    return any(_holds(figure.bound, said, true) for said in figure.values for true in told.values)


def _holds(bound: str, said: float, true: float) -> bool:
    if said <= 0 or true <= 0:
        return False
    off = (true - said) / true
    if bound == "about":
        return abs(off) <= _CLOSE
    if bound == "almost":
        return -_NEAR <= off < 0
    if bound in ("over", "least"):
        return 0 < off <= _BEYOND
    return bound in ("under", "most") and -_BEYOND <= off < 0


def _nearby(figure: Figure, known: Iterable[Figure]) -> bool:
    return any(
        abs(true - said) <= 0.5 * max(true, said)
        for each in known
        for said in figure.values
        for true in each.values
    )


def _year_follows(figure: Figure, evidence: Evidence) -> bool:
    """Whether "in 2024" is what "last year" of a document published in 2025 means."""
    for day in evidence.published:
        years = {day.year} if any(_dated(reading) for reading in evidence.around) else set()
        for reading in evidence.around:
            folds = [word.fold for word in reading.words]
            years |= {day.year + _SHIFTS[a] for a, b in pairwise(folds) if b == "year" and a in _SHIFTS}
        if any(value in years for value in figure.values):
            return True
    return False


def _dated(reading: Reading) -> bool:
    """Whether a sentence has a date that the year of publication completes."""
    return any(_open(when) for when in dates(reading))


def _open(when: When) -> bool:
    return when.year is None
