"""Turns a briefing into lines for a terminal or a pipe. Knows nothing of Telegram or of how it came to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

import prompts
from bot.render.clean import day, line, paragraph
from bot.render.mentions import page_of
from bot.render.notes import sample_note
from retrieval.briefing import Briefing, Footer, Piece
from retrieval.types import Citation, Statement

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH = 80
_WITHOUT = {"outage": "brief_outage", "budget": "brief_budget", "late": "brief_late"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph with what stands before its first line, and how far its other lines are set in."""

    text: str
    mark: str = ""
    style: str = ""


def print_briefing(briefing: Briefing, *, file: TextIO) -> None:
    """Write a briefing to ``file``, wrapped to 80 columns or less, with a little style on a terminal."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False, emoji=False)
    console.width = min(_WIDTH, console.width)
    for each in _lines(briefing):
        _print(each, console)


def _print(each: _Line, console: Console) -> None:
    from rich.text import Text

    wrapped = Text(each.text).wrap(console, console.width - len(each.mark))
    for place, words in enumerate(wrapped):
        words.rstrip()
        words.stylize(each.style)
        before = each.mark if place == 0 else " " * len(each.mark)
        console.print(Text(before) + words if words.plain else Text(), soft_wrap=True)


def _lines(briefing: Briefing) -> Iterator[_Line]:
    yield _Line(briefing.title, style="bold")
    if briefing.since:
        yield _Line(prompts.text("brief_since", day=day(briefing.since)), style="dim")
    yield _Line("")
    if briefing.quiet:
        yield _Line(briefing.quiet)
        yield _Line("")
    for piece in briefing.pieces:
        yield from _story(piece)
    yield from (_Line(note, style="dim") for note in closing(briefing))


def _story(piece: Piece) -> Iterator[_Line]:
    yield _Line("─" * _WIDTH, style="dim")
    yield _Line(line(piece.headline), style="bold")
    yield _Line(piece.reason, style="dim")
    yield _Line("")
    for statement in piece.bullets:
        yield _Line(_said(statement), "  • ")
    yield _Line("")
    yield from _paragraph(piece, piece.lead)
    for section in piece.sections:
        yield _Line(paragraph(section.question), style="bold")
        yield from _paragraph(piece, section.statements)
    if piece.bottom_line:
        yield _Line(prompts.text("brief_bottom_line"), style="bold")
        yield from _paragraph(piece, piece.bottom_line)
    if piece.why_you:
        yield _Line(prompts.text("brief_why_you"), style="bold")
        yield from _paragraph(piece, [piece.why_you])
    for conflict in piece.conflicts:
        yield _Line(prompts.text("brief_disagree"), style="bold")
        for side in conflict.sides:
            yield _Line(f"{line(side.value, 80)}: {_said(side.statement)}", "  - ")
        yield _Line("")
    if piece.timeline:
        yield _Line(prompts.text("brief_timeline"), style="bold")
        for event in piece.timeline:
            yield _Line(_said(event.statement), f"  {event.day.isoformat()}  ")
        yield _Line("")
    yield from _sources(piece)


def _paragraph(piece: Piece, statements: Sequence[Statement]) -> Iterator[_Line]:
    """Statements, each followed by who says it and when."""
    for statement in statements:
        yield _Line(f"{_said(statement)} ({publishers(piece, statement)})", "  ")
    if statements:
        yield _Line("")


def _sources(piece: Piece) -> Iterator[_Line]:
    yield _Line(prompts.text("brief_sources"), style="bold")
    for numbers, citation in by_document(piece.citations):
        mark = "  " + " ".join(f"[{number}]" for number in numbers) + " "
        yield _Line(mark.strip() + " " + source(citation), "  ", "dim")
        yield _Line(
            page_of(citation.document) or f"footnote show {line(citation.document.id)}", "      ", "dim"
        )
    for note in piece.notes:
        yield _Line(paragraph(note), "  ", "italic")
    yield _Line("")


def by_document(citations: Iterable[Citation]) -> list[tuple[list[int], Citation]]:
    """The citations of each document: their numbers, and the first of them."""
    found: dict[int, tuple[list[int], Citation]] = {}
    for citation in citations:
        found.setdefault(citation.document.number, ([], citation))[0].append(citation.number)
    return list(found.values())


def source(citation: Citation) -> str:
    """Title, publisher and date of what is cited."""
    document = citation.document
    published = day(document.day) if document.day else ""
    said = (line(document.title) or prompts.text("brief_untitled"), line(document.publisher, 80), published)
    return " · ".join(part for part in said if part)


def publishers(piece: Piece, statement: Statement) -> str:
    """Who says a statement, and when: "Harbour Ledger, 2 October 2025"."""
    by_number = {citation.number: citation for citation in piece.citations}
    named = [named_source(by_number[number]) for number in statement.citations]
    return "; ".join(dict.fromkeys(named))


def named_source(citation: Citation) -> str:
    """The publisher, else the title, and the day of what is cited."""
    document = citation.document
    name = line(document.publisher, 60) or line(document.title, 60) or prompts.text("brief_untitled")
    return f"{name}, {day(document.day)}" if document.day else name


def closing(briefing: Briefing) -> list[str]:
    """The count of what it rests on, why no model wrote it where one should, whether any is invented."""
    cited = [citation.document for piece in briefing.pieces for citation in piece.citations]
    sample = sample_note(cited)
    without = briefing.without_model
    told = prompts.text(_WITHOUT[without]) if without in _WITHOUT else None
    by_model = any(piece.mode == "model" for piece in briefing.pieces)
    worded = prompts.text("brief_worded") if by_model else None
    return [counted(briefing.footer), *(note for note in (worded, told, sample) if note)]


def counted(footer: Footer) -> str:
    """What a briefing rests on, as a line."""
    line_ = prompts.text(
        "brief_footer",
        read=footer.sources_read,
        publishers=footer.publishers,
        statements=footer.statements,
        verified=footer.verified,
        withheld=footer.withheld,
    )
    failing = footer.feeds_failing
    return f"{line_} {prompts.text('brief_failing', count=failing)}" if failing else line_


def _said(statement: Statement) -> str:
    numbers = " ".join(f"[{number}]" for number in statement.citations)
    return f"{paragraph(statement.text)} {numbers}".rstrip()
