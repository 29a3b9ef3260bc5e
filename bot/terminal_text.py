"""Turns answers into lines for a terminal or a pipe. Knows nothing of Telegram or of how they are found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TextIO

import prompts
from bot.render.clean import day, line, paragraph
from bot.render.mentions import link_of, page_of
from bot.render.notes import notes, shown
from retrieval.types import Answer, Citation, Side, Statement

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_NOT_SAID = "Your sources don't say."
_NEAREST = "These passages come nearest, but none of them answers:"


def print_answer(answer: Answer, *, today: date, file: TextIO) -> None:
    """Write an answer to ``file``: wrapped, coloured and with links to click on a terminal, else plain."""
    from rich.console import Console

    console = Console(file=file, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        _print_styled(answer, today, console)
    else:
        file.write(plain_answer(answer, today=today))


def plain_answer(answer: Answer, *, today: date) -> str:
    """An answer without colours or wrapping: its statements, then what each number stands for."""
    blocks = [*_taken(answer), *([f"As of {day(answer.as_of)}:"] if answer.as_of != today else [])]
    blocks += [
        f"{paragraph(statement.text)} {_numbers(statement)}".rstrip() for statement in answer.statements
    ]
    blocks += _disagreements(answer)
    if not answer.answered:
        blocks += [_NOT_SAID, _NEAREST] if answer.nearest else [_NOT_SAID]
    for citation in shown(answer):
        mark = f"[{citation.number}]" if answer.answered else "-"
        indent = " " * (len(mark) + 1)
        lines = (_quote(citation), source_line(citation), where(citation))
        blocks.append(f"{mark} " + f"\n{indent}".join(lines))
    blocks += _closing(answer)
    return "\n\n".join(blocks) + "\n"


def source_line(citation: Citation) -> str:
    """Title, publisher and date of what is cited."""
    document = citation.document
    published = day(document.day) if document.day else ""
    said = (line(document.title) or "Untitled", line(document.publisher, 80), published)
    return " · ".join(part for part in said if part)


def where(citation: Citation) -> str:
    """The link that opens the source at the quote, or the command that shows a document without a page."""
    return link_of(citation) or f"footnote show {line(citation.document.id)}"


def _print_styled(answer: Answer, today: date, console: Console) -> None:
    from rich.text import Text

    as_of = [f"As of {day(answer.as_of)}"] if answer.as_of != today else []
    for head in (*_taken(answer), *as_of):
        console.print(Text(head, style="italic"), end="\n\n")
    for statement in answer.statements:
        console.print(_statement(answer, statement), end="\n\n")
    for text in _disagreements(answer):
        console.print(Text(text), end="\n\n")
    if not answer.answered:
        console.print(Text(_NOT_SAID, style="bold"), end="\n\n")
        if answer.nearest:
            console.print(Text(_NEAREST), end="\n\n")
    for citation in shown(answer):
        console.print(_source(citation, f"[{citation.number}]" if answer.answered else "•"))
    for text in _closing(answer):
        console.print()
        console.print(Text(text, style="dim"))


def _statement(answer: Answer, statement: Statement) -> Text:
    from rich.style import Style
    from rich.text import Text

    text = Text(paragraph(statement.text))
    for citation in answer.cited_by(statement):
        text.append(" ")
        text.append(f"[{citation.number}]", Style(color="cyan", link=link_of(citation)))
    return text


def _source(citation: Citation, mark: str) -> Table:
    from rich.style import Style
    from rich.table import Table
    from rich.text import Text

    text = Text(_quote(citation), style="italic")
    text.append("\n" + source_line(citation), Style(italic=False, link=link_of(citation)))
    text.append(
        "\n" + (page_of(citation.document) or where(citation)),
        Style(italic=False, dim=True, link=link_of(citation)),
    )
    grid = Table.grid(padding=(0, 1))
    grid.add_row(Text(mark, style="bold cyan"), text)
    return grid


def _quote(citation: Citation) -> str:
    return f"“{paragraph(citation.quote.text)}”"


def _numbers(statement: Statement) -> str:
    return " ".join(f"[{number}]" for number in statement.citations)


def _taken(answer: Answer) -> list[str]:
    """The question as it was understood, where that differs much from the one asked."""
    if not answer.understood:
        return []
    return [f"{prompts.text('understood')} {paragraph(answer.understood)}"]


def _disagreements(answer: Answer) -> list[str]:
    """Each value that sources disagree on: who holds what, and since when."""
    return [
        "\n".join(["Sources disagree:", *(_side(answer, side) for side in conflict.sides)])
        for conflict in answer.conflicts
    ]


def _side(answer: Answer, side: Side) -> str:
    documents = [citation.document for citation in answer.cited_by(side.statement)][:1]
    about = [part for one in documents for part in (line(one.publisher, 80), one.day and day(one.day))]
    said = " · ".join(part for part in (line(side.value, 80), *about) if part)
    stated = side.statement.text in [statement.text for statement in answer.statements]
    words = "" if stated else f": {paragraph(side.statement.text)}"
    return f"- {said}{words} {_numbers(side.statement)}".rstrip()


def _closing(answer: Answer) -> list[str]:
    """What is to be said about the answer, and what could be asked next."""
    following = [f"You could ask: {paragraph(question)}" for question in answer.follow_ups]
    return [*notes(answer), *(["\n".join(following)] if following else [])]
