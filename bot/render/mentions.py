"""How a document is named and where it opens. Knows nothing of answers or of messages."""

from __future__ import annotations

from bot.render.clean import day
from bot.render.pieces import Text, joined, link, opens, their_line
from retrieval.types import Citation, Document

_UNTITLED = "Untitled"


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
