"""Says whether a sentence tells anything that another does not. Knows nothing of documents or stories."""

from __future__ import annotations

from retrieval.briefing.sentences import Said
from retrieval.gate.markers import denies
from retrieval.gate.polarity import opposed

_SAME = 0.8  # share of the shorter one's telling words; two that share as many tell the same
_WHOLE = 0.85  # share of a statement's words that a sentence must say to vouch for it
_FEWEST = 4  # telling words; of shorter sentences nothing but themselves says the same


def overlap(one: Said, other: Said) -> bool:
    """Whether two stretches of one document share a sentence."""
    shared = one.span.start < other.span.end and other.span.start < one.span.end
    return shared and one.document == other.document


def repeats(one: Said, other: Said) -> bool:
    """Whether two sentences overlap, or tell the same in nearly the same words."""
    return overlap(one, other) or any(alike(part, rival) for part in one.parts for rival in other.parts)


def vouches(sentence: Said, statement: Said) -> bool:
    """Whether a sentence says all of a statement: its numbers, names, days and denials, no more guardedly."""
    told = statement.terms
    if sentence.text == statement.text:
        return True
    if len(told) < _FEWEST or len(told & sentence.terms) < _WHOLE * len(told):
        return False
    stems = sentence.told.reading.stems
    if not statement.told.names <= stems or _turned(statement.told.reading.stems, stems):
        return False
    days = {moment.day for moment in sentence.moments} | {sentence.day}
    if any(moment.day not in days for moment in statement.moments):
        return False
    if not statement.numbers <= sentence.numbers or denials(sentence) != denials(statement):
        return False
    return sentence.ahead <= statement.ahead


def denials(said: Said) -> int:
    """How many of its words deny something."""
    reading = said.told.reading
    return sum(denies(word.fold, reading.language) for word in reading.words)


def _turned(stems: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one says the opposite of a word of the other: "rose", "fell"."""
    return any(opposed(one, other) for one in stems - others for other in others - stems)


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences of these telling words tell the same."""
    fewest = min(len(one), len(other))
    if fewest < _FEWEST:
        return one == other
    return len(one & other) >= _SAME * fewest
