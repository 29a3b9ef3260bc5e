"""Gives what the library says the JSON form that other tools rely on. Knows nothing of how it is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from retrieval.types import Answer, Citation, Document, Hit, Statement

if TYPE_CHECKING:
    from bot.commands.adding import Tally
    from bot.commands.checking import Check
    from retrieval.copies.versions import Version
    from retrieval.following import Refreshed, Source


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


def kept(
    held: Document, shown: Version | None, older: Sequence[Version], copies: Sequence[Document]
) -> dict[str, Any]:
    """What is kept beside a document: when it was changed, what it said before, and its copies elsewhere."""
    return {
        "updated": held.updated.isoformat() if held.updated else None,
        "changed_since": shown is not None,
        "versions": [
            {"replaced": each.replaced.isoformat(), "title": each.title, "text": each.text} for each in older
        ],
        "copies": [copy.id for copy in copies],
    }


def added(tally: Tally) -> dict[str, Any]:
    """`footnote add --json`."""
    return {
        "added": [each.id for each in tally.added],
        "replaced": [each.id for each in tally.replaced],
        "unchanged": [each.id for each in tally.unchanged],
        "unreadable": tally.unreadable,
        "passages": tally.passages,
        "followed": [_source_followed(each.source) | {"known": each.known} for each in tally.followed],
        "imported": tally.imported,
    }


def refreshed(found: Refreshed) -> dict[str, Any]:
    """`footnote refresh --json`."""
    return {
        "looked_at": found.looked_at,
        "unchanged": found.unchanged,
        "failed": found.failed,
        "added": [each.id for each in found.added],
        "replaced": [each.id for each in found.replaced],
        "passages": found.passages,
        "notices": [
            {"source": each.source.number, "kind": each.kind, "sentence": each.sentence}
            for each in found.notices
        ],
    }


def sources(followed: Sequence[Source]) -> dict[str, Any]:
    """`footnote sources --json`."""
    return {"sources": [_source_followed(each) for each in followed]}


def doctor(checks: Sequence[Check], followed: Sequence[Source]) -> dict[str, Any]:
    """`footnote doctor --json`."""
    return {
        "well": all(check.well for check in checks),
        "checks": [{"name": each.name, "well": each.well, "says": each.says} for each in checks],
        "sources": [_source_followed(each) | {"owner": each.owner} for each in followed],
    }


def _source_followed(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "kind": source.kind,
        "url": source.url,
        "title": source.title,
        "home": source.home,
        "language": source.language,
        "state": source.state.value,
        "reason": source.reason,
        "failing_since": _moment(source.failing_since),
        "last_item": _moment(source.last_item),
        "items_this_week": source.items_this_week,
        "next_look": _moment(source.next_look),
        "allow": list(source.allow),
        "deny": list(source.deny),
        "in_briefings": source.in_briefings,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


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
