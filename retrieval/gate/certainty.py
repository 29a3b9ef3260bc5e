"""Says where a statement is more or less certain than its evidence. Knows nothing of who said it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.gate.evidence import Evidence
from retrieval.gate.markers import GUARDS, guards, listed
from retrieval.gate.scopes import Marked, marked
from retrieval.gate.speakers import attributes
from retrieval.gate.types import Reason
from retrieval.gate.wording import Fault
from retrieval.gate.words import Reading, irregular_past

_BE = listed("be is are was were been being am")
_OPEN = listed("""can or some many often sometimes usually generally unclear possible should""")
_PLAIN_HEDGES = listed("may might could allegedly reportedly possibly perhaps")
# What a hedge of the evidence may become: never more certain than it was.
_BECOMES = {
    "maybe": {"maybe", "would", "if", "alleged"},
    "would": {"would", "will", "plan", "maybe", "likely", "if"},
    "if": {"if", "maybe", "would", "will"},
    "likely": {"likely", "plan", "maybe", "would", "alleged"},
    "plan": {"plan", "will", "likely", "would", "maybe"},
    "will": {"will", "plan", "likely", "would"},
    "alleged": {"alleged", "maybe", "likely"},
}


def certainty_faults(statement: Reading, evidence: Evidence) -> list[Fault]:
    """Where the statement drops or adds a "may", "plans to", "allegedly" or "if"."""
    if statement.language not in ("en", "") or evidence.language not in ("en", ""):
        return [(Reason.MODALITY, each) for each in _lost_between(statement, evidence)]
    told = [(reading, mark) for reading in evidence.core for mark in marked(reading)]
    found = list(_changed(statement, marked(statement), told, evidence))
    return [(Reason.MODALITY, each) for each in dict.fromkeys(found)]


def _lost_between(statement: Reading, evidence: Evidence) -> Iterable[str]:
    """Between languages: a plain "may" or "allegedly" of one English sentence that nothing stands for."""
    language = statement.language
    if language not in GUARDS or language == evidence.language or evidence.language not in ("en", ""):
        return
    if len(evidence.core) == 1 and not any(guards(word.fold, language) for word in statement.words):
        yield from (word.text for word in evidence.core[0].words if word.fold in _PLAIN_HEDGES)


def _changed(
    statement: Reading,
    said: Sequence[Marked],
    told: Sequence[tuple[Reading, Marked]],
    evidence: Evidence,
) -> Iterable[str]:
    attributed = attributes(statement)
    for mark in said:
        same = [(reading, other) for reading, other in told if other.stem == mark.stem]
        if not same:
            if mark.hedges & {"maybe", "alleged"} and not any(_loose(each) for each in evidence.around):
                yield statement.words[mark.at].text
        elif mark.hedges:
            if mark.hedges != {"if"} and not any(_allowed(mark, other, reading) for reading, other in same):
                yield statement.words[mark.at].text
        elif all(other.hedges for _, other in same) and _asserted(statement, mark.at):
            kinds = frozenset().union(*(other.hedges for _, other in same))
            if kinds <= {"alleged"} and attributed:
                continue
            if kinds & {"plan", "will", "would", "if"} and not _done(statement, mark.at):
                continue
            yield statement.words[mark.at].text


def _allowed(mark: Marked, other: Marked, reading: Reading) -> bool:
    if any(kind in _BECOMES[old] for old in other.hedges for kind in mark.hedges):
        return True
    if other.hedges:
        return False
    if mark.hedges <= {"plan", "will", "would", "if"}:
        return not _done(reading, other.at)
    return (
        bool(mark.hedges & {"alleged", "likely", "maybe"})
        and attributes(reading)
        and "maybe" not in mark.hedges
    )


def _loose(reading: Reading) -> bool:
    """Whether a sentence leaves anything open that "may" can stand for: a hedge, a speaker, a "can"."""
    folds = {word.fold for word in reading.words}
    return attributes(reading) or bool(folds & _OPEN) or any(mark.hedges for mark in marked(reading))


def _asserted(reading: Reading, at: int) -> bool:
    """Whether a word stands as a finite verb may: not after "to", no lone form in -ing."""
    before = reading.words[at - 1].fold if at else ""
    fold = reading.words[at].fold
    if before == "to":
        return False
    return not fold.endswith("ing") or before in _BE


def _done(reading: Reading, at: int) -> bool:
    """Whether a word tells what has happened: a past form, or a form behind "has"."""
    word = reading.words[at]
    before = {each.fold for each in reading.words[max(0, at - 2) : at]}
    if before & {"will", "would", "to", "shall", "be"}:
        return False
    return word.fold.endswith("ed") or irregular_past(word.fold)
