"""Makes a numbered, cited piece of a story that was put together in sentences. Knows nothing of choosing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import prompts
from retrieval.briefing.choosing import Candidate
from retrieval.briefing.headlines import titled
from retrieval.briefing.material import Material, Told, quotes_for
from retrieval.briefing.sentences import Said
from retrieval.briefing.types import Event, Piece, Section
from retrieval.citations import number
from retrieval.copies.alike import independent
from retrieval.types import Citation, Conflict, Document, Quote, Side, Statement

_FEWEST = 2  # bullets of a story that has more to say, where it is told the first time


def piece(material: Material, told: Told, candidate: Candidate) -> Piece | None:
    """A story with its citations; None where too little could be told of it."""
    if len(told.bullets) < (1 if material.update else min(_FEWEST, len(material.said))):
        return None
    telling = _Numbered(told, material.said)
    documents = candidate.story.documents
    newest = max((each.day for each in documents if each.day), default=None)
    cited = {citation.document for citation in telling.citations}
    return Piece(
        headline=material.headline or told.bullets[0].text,
        bullets=telling.of(told.bullets),
        lead=telling.of(told.lead),
        sections=tuple(Section(question, telling.of(said)) for question, said in told.sections),
        bottom_line=telling.of([told.bottom_line] if told.bottom_line else []),
        timeline=tuple(
            Event(each.day, telling.one(each.said), each.day > material.today) for each in told.timeline
        ),
        why_you=telling.one(told.why_you) if told.why_you else None,
        is_update=material.update,
        citations=telling.citations,
        conflicts=tuple(
            Conflict(
                tuple(
                    Side(value, telling.one(said)) for value, said in zip(each.values, each.said, strict=True)
                )
            )
            for each in told.disputes
        ),
        reason=_reason(candidate, newest),
        notes=tuple(_notes(material, candidate, newest, cited)),
        newest=newest,
        publishers=independent(documents),
        story=candidate.story.number,
        around=_around(telling.citations, material.said),
    )


class _Numbered:
    """Every sentence of a piece as a statement, its citations numbered in reading order."""

    def __init__(self, told: Told, all_of_it: Sequence[Said]) -> None:
        order = list(dict.fromkeys(_reading_order(told)))
        quotes: list[tuple[str, tuple[Quote, ...]]] = [
            (shown(said.text), quotes_for(said, all_of_it)) for said in order
        ]
        statements, self.citations = number(quotes)
        self._statements = dict(zip(order, statements, strict=True))

    def one(self, said: Said) -> Statement:
        """A sentence as a statement."""
        return self._statements[said]

    def of(self, said: Sequence[Said]) -> tuple[Statement, ...]:
        """Sentences as statements."""
        return tuple(self._statements[each] for each in said)


def _around(citations: Sequence[Citation], said: Sequence[Said]) -> dict[int, tuple[str, str]]:
    """What stands before and behind each quote."""
    places = {(each.document.number, each.span.start, each.span.end): each for each in said}
    found = {}
    for citation in citations:
        quote = citation.quote
        each = places[quote.document.number, quote.start, quote.end]
        found[citation.number] = shown(each.around[0]), shown(each.around[1])
    return found


def _reading_order(told: Told) -> Iterator[Said]:
    yield from told.bullets
    yield from told.lead
    for _, said in told.sections:
        yield from said
    yield from (each for each in (told.bottom_line, told.why_you) if each)
    yield from (each.said for each in told.timeline)
    yield from (said for each in told.disputes for said in each.said)


def shown(text: str) -> str:
    """A sentence on one line."""
    return " ".join(text.split())


def _reason(candidate: Candidate, newest: date | None) -> str:
    """Why a story is there, in one line."""
    parts = [prompts.text("brief_reason_topic", topic=candidate.phrase)] if candidate.phrase else []
    publishers = independent(candidate.story.documents)
    parts.append(
        prompts.text("brief_reason_publishers", count=publishers)
        if publishers > 1
        else prompts.text("brief_reason_one_publisher")
    )
    if newest:
        parts.append(prompts.text("brief_reason_latest", day=written(newest)))
    line = "; ".join(parts)
    return line[0].upper() + line[1:] + "."


def _notes(
    material: Material, candidate: Candidate, newest: date | None, cited: Collection[Document]
) -> Iterator[str]:
    documents = candidate.story.documents
    if independent(documents) == 1:
        publisher = next((each.publisher for each in documents if each.publisher), None)
        yield (
            prompts.text("brief_note_one_publisher", publisher=publisher)
            if publisher
            else prompts.text("brief_note_one_source")
        )
    if material.update:
        yield prompts.text("brief_note_update", new=len(candidate.fresh), all=len(documents))
    if newest and (material.today - newest).days > 7:
        yield prompts.text("brief_note_old", day=written(newest))
    if not material.update:
        for document in [each for each in _previews(material) if each not in cited]:
            about = ", ".join(
                filter(None, (document.publisher, written(document.day) if document.day else None))
            )
            yield prompts.text("brief_note_outdated", title=titled(document), about=about)


def _previews(material: Material) -> list[Document]:
    """Documents that looked ahead to what has happened since."""
    opening: dict[int, list[Said]] = {}
    for said in material.said:
        if said.document.number not in material.standing:
            opening.setdefault(said.document.number, []).append(said)
    return [found[0].document for found in opening.values() if sum(each.ahead for each in found[:4]) >= 2]


def written(day: date) -> str:
    """A day as people read it."""
    return f"{day.day} {day:%B} {day.year}"
