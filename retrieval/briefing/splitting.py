"""Takes documents apart into sentences that can be told by themselves. Knows nothing of what is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from retrieval.briefing.asides import unfit
from retrieval.briefing.pointing import leans
from retrieval.briefing.sentences import Said
from retrieval.gate.mentions import mentions
from retrieval.gate.words import read
from retrieval.noise import is_noise, spoken
from retrieval.types import Document, Passage, Span

SHORTEST, LONGEST = 30, 420  # characters of what is told at once
# Where and by whom a report was sent: LONDON, Nov. 18 (Northwire) — or EASTLEY, 3 Nov /Coastline/
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z .,'’/()-]{2,40}|[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,3},?(?: [A-Z][\w.]+,?){0,2})"
    r"(?:,?\s+(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.?\s+\d{1,2}))?"
    r"\s*(?:(?:\([^()]{2,30}\)|/[^/]{2,40}/)\s*[—–‒−-]*|[—–‒−-]+)\s+(?=[“\"'‘A-Z])"
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_ENDED = re.compile(r"[.!?…。！？؟।۔][\s\"'”’»)\]]*\Z")
_POINTED = 0.6  # of a text's sentences that end so, from which those that do not are headings or captions


def sayings(documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> list[Said]:
    """The sentences of documents that can be told by themselves, in order."""
    return [said for document in documents for said in _of(passages.get(document.number, ()))]


def everything(documents: Sequence[Document], passages: Mapping[int, Sequence[Passage]]) -> list[Said]:
    """Every sentence of documents, also those that nobody would tell, and what would be told."""
    single = [
        Said(passage, Span(passage.start + span.start, passage.start + span.end), words, 0.0, 0)
        for document in documents
        for passage in passages.get(document.number, ())
        for span in spoken(passage.text)
        if (words := passage.text[span.start : span.end])
    ]
    return single + sayings(documents, passages)


def _of(passages: Sequence[Passage]) -> Iterator[Said]:
    length = max((passage.end for passage in passages), default=1)
    order = 0
    pointed = _pointed(passages)
    people = _people(passages)
    for passage in passages:
        before: Span | None = None
        for span in spoken(passage.text):
            words = passage.text[span.start : span.end]
            if pointed and not _ENDED.search(words):
                before = None
                continue
            whole = _whole(passage.text, before, span)
            before = span if not unfit(words) else None
            order += not is_noise(words)
            if whole is None:
                continue
            if dateline := _DATELINE.match(passage.text, whole.start, whole.end):
                whole = Span(dateline.end(), whole.end)
            text = passage.text[whole.start : whole.end]
            if SHORTEST <= size(text) <= LONGEST and not unfit(words):
                place = Span(passage.start + whole.start, passage.start + whole.end)
                yield Said(passage, place, text, place.start / length, order - 1, people)


def _people(passages: Sequence[Passage]) -> frozenset[str]:
    named = (mention.tokens for passage in passages for mention in mentions(read(passage.text)))
    return frozenset(tokens[-1] for tokens in named if len(tokens) > 1)


def _pointed(passages: Sequence[Passage]) -> bool:
    """Whether the sentences of a text end in full stops and the like, so that what does not is none."""
    ended = [
        bool(_ENDED.search(passage.text[span.start : span.end]))
        for passage in passages
        for span in spoken(passage.text)
    ]
    return sum(ended) > _POINTED * len(ended)


def size(text: str) -> int:
    """The length of a text, characters of scripts that say more with each counted as three."""
    return len(text) + 2 * sum(1 for _ in _WIDE.finditer(text))


def _whole(text: str, before: Span | None, span: Span) -> Span | None:
    """The sentence, from the one before it on where it leans on that; None where that cannot be had."""
    if not leans(text[span.start : span.end]):
        return span
    if (
        before is None
        or leans(text[before.start : before.end])
        or not text[before.end : span.start].isspace()
    ):
        return None
    return Span(before.start, span.end)
