"""Decides what of a story or an edition may leave its reader's hands. Knows nothing of how it leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import prompts
from retrieval.types import SHARED, Document

if TYPE_CHECKING:
    from retrieval.briefing import Briefing, Piece


def for_others(piece: Piece) -> Piece:
    """A story without what it says to or of its reader: why it was chosen, what it means to them, what they
    were told before. A source that is quoted there alone goes with it.
    """
    publishers = piece.publishers
    reason = (
        prompts.text("brief_reason_publishers", count=publishers)
        if publishers > 1
        else prompts.text("brief_reason_one_publisher")
    )
    told_before = prompts.text("brief_note_update", new="\0", all="\0").partition("\0")[0]
    notes = tuple(note for note in piece.notes if not note.startswith(told_before))
    bare = replace(piece, why_you=None, why=(), reason=reason, notes=notes, is_update=False)
    disputed = [side.statement for conflict in bare.conflicts for side in conflict.sides]
    told = (*bare.statements, *(event.statement for event in bare.timeline), *disputed)
    cited = {number for statement in told for number in statement.citations}
    citations = tuple(each for each in bare.citations if each.number in cited)
    around = {number: words for number, words in bare.around.items() if number in cited}
    return replace(bare, citations=citations, around=around)


def edition_for_others(briefing: Briefing) -> Briefing:
    """An edition without its reader's profile, and without how their sources do."""
    from retrieval.briefing import Profile

    pieces = tuple(map(for_others, briefing.pieces))
    left_out = sum(piece.why_you is not None for piece in briefing.pieces)
    told, held = briefing.footer.statements - left_out, briefing.footer.verified - left_out
    footer = replace(briefing.footer, statements=told, verified=held, feeds_failing=0)
    return replace(briefing, profile=Profile(), pieces=pieces, footer=footer)


def own_documents(pieces: Iterable[Piece]) -> tuple[Document, ...]:
    """The documents that stories quote and that are not everybody's, each once."""
    cited = (citation.document for piece in pieces for citation in piece.citations)
    return tuple({each.number: each for each in cited if each.owner != SHARED}.values())
