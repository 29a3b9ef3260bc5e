"""The parts that one story is shown in, each with its citations. Knows nothing of where they will stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import prompts
from bot.render.answers import OpenLink, cited, passages_under, quotation
from bot.render.clean import day
from bot.render.mentions import provenance
from bot.render.pieces import Text, bold, grounded, italic, joined, quoted, their_line, their_paragraph
from bot.render.split import Block
from retrieval.briefing import Piece
from retrieval.types import Citation, Conflict, Statement

HEADLINE = 200  # characters

_VALUE = 80


def headline(piece: Piece) -> Block:
    """What it is called, and in a line why it is there."""
    reason = italic(their_paragraph(piece.reason))
    return Block(joined("\n", [bold(their_line(piece.headline, HEADLINE)), reason]))


def bullets(piece: Piece, open_link: OpenLink) -> list[Block]:
    """What is new, in points."""
    return [
        Block("• " + said(piece, each, open_link), gap="\n" if at else "\n\n")
        for at, each in enumerate(piece.bullets)
    ]


def ending(piece: Piece, open_link: OpenLink) -> list[Block]:
    """The bottom line, where there is one."""
    if not piece.bottom_line:
        return []
    return [labelled("brief_bottom_line", piece, piece.bottom_line, open_link)]


def yours(piece: Piece, open_link: OpenLink) -> list[Block]:
    """Why it matters to its reader, where the sources say so."""
    return [labelled("brief_why_you", piece, [piece.why_you], open_link)] if piece.why_you else []


def labelled(name: str, piece: Piece, statements: Sequence[Statement], open_link: OpenLink) -> Block:
    """Statements under a word of ours that says what they are."""
    told = joined(" ", [said(piece, each, open_link) for each in statements])
    return Block(bold(prompts.text(name) + ":") + " " + told)


def disputed(piece: Piece, open_link: OpenLink) -> list[Block]:
    """What its sources disagree about, side by side."""
    blocks = []
    for conflict in piece.conflicts:
        blocks.append(Block(bold(prompts.text("brief_disagree"))))
        blocks += [Block(line, gap="\n") for line in _sides(piece, conflict, open_link)]
    return blocks


def _sides(piece: Piece, conflict: Conflict, open_link: OpenLink) -> list[Text]:
    lines = []
    for side in conflict.sides:
        citations = cited_by(piece, [side.statement])
        who = provenance(citations[0].document) if citations else Text()
        head = joined(" · ", [bold(their_line(side.value, _VALUE)), who])
        lines.append("• " + head + "\n" + said(piece, side.statement, open_link))
    return lines


def events(piece: Piece, open_link: OpenLink) -> list[Block]:
    """What happened on which day, a line each."""
    told = [
        joined(" · ", [bold(day(each.day)), said(piece, each.statement, open_link)])
        for each in piece.timeline
    ]
    return [Block("• " + event, gap="\n") for event in told]


def notes(piece: Piece) -> list[Block]:
    """What a reader must know of how it is told."""
    return [
        Block(italic(their_paragraph(note)), gap="\n" if at else "\n\n")
        for at, note in enumerate(piece.notes)
    ]


def sources(citations: Sequence[Citation], open_link: OpenLink) -> Block:
    """What statements quote, in one fold."""
    entries = [quotation(citation, open_link) for citation in citations]
    return Block(quoted(joined("\n", [bold(prompts.text("brief_sources")), *entries]), folded=True))


def cited_by(piece: Piece, statements: Iterable[Statement]) -> list[Citation]:
    """The citations of some of its statements."""
    shown = {number for each in statements for number in each.citations}
    return [each for each in piece.citations if each.number in shown]


def said(piece: Piece, statement: Statement, open_link: OpenLink) -> Text:
    """A statement with the numbers of its citations, known to rest on their passages."""
    citations = cited_by(piece, [statement])
    text = cited(their_paragraph(statement.text), citations, open_link)
    return grounded(text, passages_under(citations))
