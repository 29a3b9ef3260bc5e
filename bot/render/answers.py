"""Turns answers and passages into Telegram messages. Knows nothing of how they were found or are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.render.buttons import Button, one_per_row, passage_rows
from bot.render.clean import day
from bot.render.graphemes import clip
from bot.render.pieces import (
    Text,
    bold,
    italic,
    joined,
    link,
    opens,
    quoted,
    their_line,
    their_paragraph,
    theirs,
)
from bot.render.split import Block, Part, parts
from retrieval.types import Answer, Citation, Document, Passage, Quote, Span, Statement

OpenLink = Callable[[Quote], str]

_UNTITLED = "Untitled"
_GLUE = "\u00a0"  # a citation's number never begins a line, nor a message
_EXCERPT = 240  # characters


def answer_parts(
    answer: Answer, *, today: date, open_link: OpenLink, question_buttons: Sequence[Button] = ()
) -> list[Part]:
    """An answer as messages: its statements, each with its numbers as links, then its quotes to unfold.

    A number opens the source at the quoted words; where there is no page to open, it opens
    ``open_link(quote)``, which should show the passage in the chat. ``question_buttons`` are follow-ups.
    """
    blocks = _said(answer, open_link) if answer.answered else _not_said(answer, open_link)
    if answer.as_of != today:
        blocks.insert(0, Block(italic(f"As of {day(answer.as_of)}")))
    shown = answer.citations if answer.answered else answer.nearest
    if note := sample_note([citation.document for citation in shown]):
        blocks.append(Block(italic(note)))
    return parts(blocks, passage_rows(answer.citations) + one_per_row(question_buttons))


def passage_parts(passage: Passage, quote: Span | None = None) -> list[Part]:
    """A passage with its source; ``quote`` (offsets into the document, as in a Quote) is set in bold."""
    document = passage.document
    head = joined("\n", [bold(titled(document, page_of(document))), provenance(document)])
    return parts([Block(head), Block(quoted(_marked(passage, quote)))])


def titled(document: Document, url: str | None = None) -> Text:
    """The title of a document, opening ``url`` where one is given."""
    title = their_line(document.title, url=url)
    return title if title.text else link(_UNTITLED, url)


def provenance(document: Document) -> Text:
    """Publisher and date of a document, as far as they are known, in one line."""
    published = Text(day(document.day)) if document.day else Text()
    return joined(" · ", [their_line(document.publisher, 80), published])


def page_of(document: Document) -> str | None:
    """The web page of a document; None where it has none, or an invented one as sample articles do."""
    return document.url if opens(document.url) and not document.sample else None


def link_of(citation: Citation) -> str | None:
    """The link that opens the page of a citation at the quoted words; None where it has no such page."""
    return citation.link if opens(citation.link) and page_of(citation.document) else None


def sample_note(documents: Sequence[Document]) -> str | None:
    """What to say where documents come from the sample library, whose articles are invented."""
    if not any(document.sample for document in documents):
        return None
    which = "These are" if all(document.sample for document in documents) else "Some of these are"
    return f"{which} sample articles: invented, like their publishers, for trying Footnote."


def _said(answer: Answer, open_link: OpenLink) -> list[Block]:
    blocks = [Block(_statement(answer, statement, open_link)) for statement in answer.statements]
    for at, citation in enumerate(answer.citations):
        blocks.append(Block(_quotation(citation, open_link), gap="\n" if at else "\n\n"))
    return blocks


def _not_said(answer: Answer, open_link: OpenLink) -> list[Block]:
    head = bold("Your sources don't say.")
    if not answer.nearest:
        return [Block(head), Block(Text("Nothing in them comes near this question."))]
    blocks = [Block(head), Block(Text("These passages come nearest, but none of them answers:"))]
    for citation in answer.nearest:
        excerpt = their_paragraph(clip(citation.quote.text.strip(), _EXCERPT))
        title = "• " + titled(citation.document, _target(citation, open_link))
        blocks.append(Block(joined("\n", [title, provenance(citation.document), quoted(excerpt)])))
    return blocks


def _statement(answer: Answer, statement: Statement, open_link: OpenLink) -> Text:
    text = their_paragraph(statement.text)
    for citation in answer.cited_by(statement):
        text = text + _GLUE + link(f"[{citation.number}]", _target(citation, open_link))
    return text


def _quotation(citation: Citation, open_link: OpenLink) -> Text:
    """Who said it comes first: folded, a quotation shows three lines, and its words stand above already."""
    url = page_of(citation.document) or open_link(citation.quote)
    title = bold(f"[{citation.number}]") + " " + titled(citation.document, url)
    words = "“" + their_paragraph(citation.quote.text) + "”"
    return quoted(joined("\n", [title, provenance(citation.document), words]), folded=True)


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
