"""Lets through those follow-up questions of a model that the library can answer with something new.

Knows nothing of models or of how a search is made.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence

from rapidfuzz import fuzz

from retrieval.answer import FOLLOW_UPS, extract
from retrieval.evidence import Evidence
from retrieval.types import Quote
from retrieval.writing.neutral import commands, plain

LONGEST = 90  # characters
_ALIKE = 80  # percent; a question as alike as this to another is that one
_NEVER = re.compile(r"[<>@#\\|{}\[\]*`_]|//|\bwww\.|\w\.[a-z]{2,}\b|/\w", re.IGNORECASE)

Weigh = Callable[[str], Awaitable[Evidence]]


async def answerable(
    offered: Sequence[str], asked: Iterable[str], said: Sequence[Quote], weigh: Weigh
) -> tuple[str, ...]:
    """The questions of ``offered`` that a search answers with more than what was ``said``.

    ``asked`` are questions that need not be asked again; ``weigh`` searches and weighs what it finds.
    """
    known = list(asked)
    kept: list[str] = []
    for question in offered[: 2 * FOLLOW_UPS]:
        words = " ".join(question.split())
        if not _fit(words) or any(fuzz.token_sort_ratio(words, other) >= _ALIKE for other in (*known, *kept)):
            continue
        if len(kept) < FOLLOW_UPS and _tells_more(await weigh(words), said):
            kept.append(words)
    return tuple(kept)


def _fit(question: str) -> bool:
    """Whether it is a plain question that can be shown as it is."""
    plainly = plain(question, LONGEST + 1) == question
    return plainly and len(question) <= LONGEST and not _NEVER.search(question) and not commands(question)


def _tells_more(evidence: Evidence, said: Sequence[Quote]) -> bool:
    answer = extract(evidence)
    every_word = all(any(each.terms[term] for each in evidence.weighed) for term in evidence.question.names)
    return every_word and any(
        all(not _overlap(citation.quote, other) for other in said) for citation in answer.citations
    )


def _overlap(one: Quote, other: Quote) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end
