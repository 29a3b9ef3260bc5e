"""Lets a quoted heading bring along what stands below it. Knows nothing of how a statement is judged.

A model may quote a name that heads a paragraph and say what the paragraph says. The gate reads on, and so
must whoever opens the citation.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.gate.quotes import sentences_of
from retrieval.noise import is_heading, is_noise
from retrieval.terms import question_terms, terms
from retrieval.types import Passage, Span

_LONGEST = 700  # characters of a heading with what stands below it


def resting(statement: str, found: Sequence[tuple[Passage, Span]]) -> list[tuple[Passage, Span]]:
    """The places of the quotes; a heading's with the sentence below it, where the statement rests on that."""
    said = {term for passage, span in found for term in terms(passage.text[span.start : span.end])}
    lacking = set(question_terms(statement)) - said
    return [(passage, _with_below(passage.text, span, lacking)) for passage, span in found]


def _with_below(text: str, span: Span, lacking: set[str]) -> Span:
    places = sentences_of(text)
    touched = [i for i, each in enumerate(places) if each.start < span.end and span.start < each.end]
    if not touched or touched[-1] + 1 == len(places):
        return span
    if not all(is_heading(text[places[i].start : places[i].end]) for i in touched):
        return span
    below = places[touched[-1] + 1]
    sentence = text[below.start : below.end]
    if is_noise(sentence) or lacking.isdisjoint(terms(sentence)) or below.end - span.start > _LONGEST:
        return span
    return Span(span.start, below.start + len(sentence.rstrip()))
