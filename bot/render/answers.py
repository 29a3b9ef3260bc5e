"""Turns answers and passages into Telegram messages. Knows nothing of how they were found or are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import prompts
from bot.render.buttons import Button, one_per_row, passage_rows
from bot.render.clean import day
from bot.render.graphemes import clip
from bot.render.mentions import link_of, page_of, provenance, titled
from bot.render.notes import notes
from bot.render.pieces import (
    Text,
    bold,
    grounded,
    italic,
    joined,
    link,
    quoted,
    their_line,
    their_paragraph,
    theirs,
)
from bot.render.split import Block, Part, parts
from retrieval.types import Answer, Citation, Conflict, Passage, Quote, Side, Span, Statement

OpenLink = Callable[[Quote], str]

_GLUE = "\u00a0"  # a citation's number never begins a line, nor a message
_EXCERPT = 240  # characters
_VALUE = 80  # characters


def answer_parts(
    answer: Answer,
    *,
    today: date,
    open_link: OpenLink,
    question_buttons: Sequence[Button] = (),
    heading: str | None = None,
    ending: str | None = None,
) -> list[Part]:
    """An answer as messages: its statements, each with its numbers as links, then its quotes to unfold.

    A number opens the source at the quoted words; where there is no page to open, it opens
    ``open_link(quote)``, which should show the passage in the chat. ``question_buttons`` are follow-ups.
    ``heading`` says why it is shown where nobody just asked, ``ending`` why it ends where it does.
    """
    blocks = _head(answer, today)
    if heading:
        blocks.insert(0, Block(bold(their_paragraph(heading))))
    blocks += _said(answer, open_link) if answer.answered else _not_said(answer, open_link)
    blocks += [Block(italic(note)) for note in notes(answer)]
    if ending:
        blocks.append(Block(bold(ending)))
    return parts(blocks, passage_rows(answer.citations) + one_per_row(question_buttons))


def growing_part(
    answer: Answer, *, today: date, open_link: OpenLink, buttons: Sequence[Button] = ()
) -> Part | None:
    """What one message can show of an answer that is still being written; None while it says nothing.

    It begins as the finished answer will begin, so whatever it shows stays where it is.
    """
    if not answer.answered:
        return None
    blocks = _head(answer, today) + _statements(answer, open_link)
    first = parts(blocks)[0]
    return Part(first.text, first.entities, one_per_row(buttons), first.grounds)


def passage_parts(passage: Passage, quote: Span | None = None) -> list[Part]:
    """A passage with its source; ``quote`` (offsets into the document, as in a Quote) is set in bold.

    One whose source has changed since says so, and shows what was said then.
    """
    document = passage.document
    changed = italic(prompts.text("source_changed")) if passage.replaced else Text()
    head = joined("\n", [bold(titled(document, page_of(document))), provenance(document), changed])
    words = grounded(quoted(_marked(passage, quote)), [passage.number])
    return parts([Block(head), Block(words)])


def _head(answer: Answer, today: date) -> list[Block]:
    """What stands above the answer: the question it takes, and the day where it is not today."""
    blocks = []
    if answer.understood:
        taken = prompts.text("understood") + " " + their_paragraph(answer.understood)
        blocks.append(Block(italic(taken)))
    if answer.as_of != today:
        blocks.append(Block(italic(f"As of {day(answer.as_of)}")))
    return blocks


def _said(answer: Answer, open_link: OpenLink) -> list[Block]:
    blocks = _statements(answer, open_link)
    if answer.conflicts:
        blocks.append(Block(bold("Sources disagree")))
    for at, conflict in enumerate(answer.conflicts):
        blocks += _conflict(answer, conflict, open_link, gap="\n\n" if at else "\n")
    for at, citation in enumerate(answer.citations):
        blocks.append(Block(quotation(citation, open_link), gap="\n" if at else "\n\n"))
    return blocks


def _statements(answer: Answer, open_link: OpenLink) -> list[Block]:
    return [Block(_statement(answer, statement, open_link)) for statement in answer.statements]


def _not_said(answer: Answer, open_link: OpenLink) -> list[Block]:
    head = bold("Your sources don't say.")
    if not answer.nearest:
        return [Block(head), Block(Text("Nothing in them comes near this question."))]
    blocks = [Block(head), Block(Text("These passages come nearest, but none of them answers:"))]
    for citation in answer.nearest:
        excerpt = their_paragraph(clip(citation.quote.text.strip(), _EXCERPT))
        title = "• " + titled(citation.document, _target(citation, open_link))
        entry = joined("\n", [title, provenance(citation.document), quoted(excerpt)])
        blocks.append(Block(grounded(entry, [citation.quote.passage])))
    return blocks


def _conflict(answer: Answer, conflict: Conflict, open_link: OpenLink, *, gap: str) -> list[Block]:
    """Each side in a line of its own: what it holds, who says so and when."""
    return [
        Block(_side(answer, side, open_link), gap="\n" if at else gap)
        for at, side in enumerate(conflict.sides)
    ]


def _side(answer: Answer, side: Side, open_link: OpenLink) -> Text:
    citations = answer.cited_by(side.statement)
    said = [bold(their_line(side.value, _VALUE))]
    if citations:
        said.append(provenance(citations[0].document))
    line = "• " + cited(joined(" · ", said), citations, open_link)
    if side.statement.text not in [statement.text for statement in answer.statements]:
        line = line + "\n" + their_paragraph(side.statement.text)
    return grounded(line, passages_under(citations))


def _statement(answer: Answer, statement: Statement, open_link: OpenLink) -> Text:
    citations = answer.cited_by(statement)
    return grounded(cited(their_paragraph(statement.text), citations, open_link), passages_under(citations))


def cited(text: Text, citations: Sequence[Citation], open_link: OpenLink) -> Text:
    """A text with the numbers of its citations behind it."""
    for citation in citations:
        text = text + _GLUE + link(f"[{citation.number}]", _target(citation, open_link))
    return text


def passages_under(citations: Sequence[Citation]) -> list[int]:
    """The passages that citations quote."""
    return [citation.quote.passage for citation in citations]


def quotation(citation: Citation, open_link: OpenLink) -> Text:
    """Who said it comes first: folded, a quotation shows three lines, and its words stand above already."""
    url = page_of(citation.document) or open_link(citation.quote)
    title = bold(f"[{citation.number}]") + " " + titled(citation.document, url)
    words = "“" + their_paragraph(citation.quote.text) + "”"
    entry = quoted(joined("\n", [title, provenance(citation.document), words]), folded=True)
    return grounded(entry, [citation.quote.passage])


def _target(citation: Citation, open_link: OpenLink) -> str:
    """Where a citation opens: in the source at the quoted words, or in the chat where there is no page."""
    return link_of(citation) or open_link(citation.quote)


def _marked(passage: Passage, quote: Span | None) -> Text:
    """The passage's text with the quoted words in bold, as far as they lie inside it."""
    text = passage.text
    start = max(0, quote.start - passage.start) if quote else 0
    end = min(len(text), quote.end - passage.start) if quote else 0
    if start >= end:
        return theirs(text)
    return theirs(text[:start]) + bold(theirs(text[start:end])) + theirs(text[end:])
