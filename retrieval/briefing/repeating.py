"""Says whether a sentence tells anything that another does not. Knows nothing of documents or stories."""

from __future__ import annotations

from retrieval.briefing.sentences import Said

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
    """Whether a sentence says all of a statement, its numbers and denials too, and no more guardedly."""
    told = statement.terms
    if len(told) < _FEWEST or len(told & sentence.terms) < _WHOLE * len(told):
        return sentence.text == statement.text
    if not statement.numbers <= sentence.numbers or sentence.told.denied != statement.told.denied:
        return False
    return sentence.ahead <= statement.ahead


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences of these telling words tell the same."""
    fewest = min(len(one), len(other))
    if fewest < _FEWEST:
        return one == other
    return len(one & other) >= _SAME * fewest
