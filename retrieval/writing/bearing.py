"""Tells statements that bear on a question from what merely stands in the same sources.

What hides in a document and wants to be repeated shares no word with what was asked. Knows nothing of models
or of whether a statement is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.noise import is_heading, is_noise, spoken
from retrieval.relevance import Asked
from retrieval.types import Passage, Quote
from retrieval.writing.neutral import commands

_FEW = 2  # telling words; a question of fewer is about whatever it was asked over
_LEANS = re.compile(
    r"\W*(?:it|its|he|his|him|she|her|they|their|them|that|this|these|those|such|both|there)\b", re.IGNORECASE
)


def bears(questions: Sequence[str], text: str, quotes: Iterable[Quote], passages: Iterable[Passage]) -> bool:
    """Whether a statement or what it quotes says a word of what was asked.

    ``questions`` are the same question in several wordings or languages; ``passages`` those that are quoted.
    """
    asked = [Asked(question, {}) for question in questions]
    if any(len(each.weights) < _FEW for each in asked):
        return True
    held = {passage.number: passage for passage in passages}
    told = [text, *(_around(quote, held[quote.passage]) for quote in quotes if quote.passage in held)]
    return any(each.heard(words) for each in asked for words in told)


def tells(text: str, quotes: Iterable[Quote]) -> bool:
    """Whether a statement is a sentence, and none of its quotes an order to whoever reads it."""
    return not is_noise(text) and not any(
        commands(sentence) for quote in quotes for sentence in (quote.text, text)
    )


def _around(quote: Quote, passage: Passage) -> str:
    """The sentences that hold a quote, with the one before where they lean on it or it is their heading."""
    start, end = quote.start - passage.start, quote.end - passage.start
    before = ""
    found: list[str] = []
    for span in spoken(passage.text):
        words = passage.text[span.start : span.end]
        if span.start < end and start < span.end:
            if not found and before and (_LEANS.match(words) or is_heading(before)):
                found.append(before)
            found.append(words)
        before = words
    return " ".join(found)
