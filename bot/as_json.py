"""Gives what the library says the JSON form that other tools rely on. Knows nothing of how it is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retrieval.library import AddReport
from retrieval.types import Answer, Citation, Document, Hit, Statement


def hits(found: Sequence[Hit]) -> dict[str, Any]:
    """`footnote search --json`."""
    return {"hits": [_hit(hit) for hit in found]}


def answer(said: Answer) -> dict[str, Any]:
    """`footnote ask --json`."""
    return {
        "answered": said.answered,
        "mode": said.mode,
        "as_of": said.as_of.isoformat(),
        "statements": [_statement(each) | {"check": each.check} for each in said.statements],
        "citations": [_citation(citation) for citation in said.citations],
        "nearest": [_citation(citation) for citation in said.nearest],
        "withheld": said.withheld,
        "conflicts": [
            {"sides": [{"value": side.value} | _statement(side.statement) for side in each.sides]}
            for each in said.conflicts
        ],
        "follow_ups": list(said.follow_ups),
        "understood": said.understood,
        "without_model": said.without_model,
    }


def documents(held: Sequence[Document]) -> dict[str, Any]:
    """`footnote documents --json`."""
    return {"documents": [document(each) for each in held]}


def document(held: Document) -> dict[str, Any]:
    """One document without its text."""
    return {
        "id": held.id,
        "title": held.title,
        "publisher": held.publisher,
        "author": held.author,
        "published": held.day.isoformat() if held.day else None,
        "url": held.url,
        "source": held.source,
        "language": held.language,
        "sample": held.sample,
    }


def added(report: AddReport) -> dict[str, Any]:
    """`footnote add --json`."""
    return {
        "added": [each.id for each in report.added],
        "replaced": [each.id for each in report.replaced],
        "unchanged": [each.id for each in report.unchanged],
        "unreadable": list(report.unreadable),
        "passages": report.passages,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "citations": list(statement.citations)}


def _hit(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return _source(passage.document) | {
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, 6),
        "siblings": [_source(sibling.document) for sibling in hit.siblings],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return (
        {"number": citation.number}
        | _source(citation.document)
        | {
            "link": citation.link,
            "quote": citation.quote.text,
            "start": citation.quote.start,
            "end": citation.quote.end,
        }
    )


def _source(held: Document) -> dict[str, Any]:
    return {
        "document_id": held.id,
        "title": held.title,
        "url": held.url,
        "publisher": held.publisher,
        "published": held.day.isoformat() if held.day else None,
    }
