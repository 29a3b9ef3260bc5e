"""Turns the editions of a reader into an Atom feed (RFC 4287). Knows nothing of who may read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import prompts
from bot.kept_editions import Edition
from bot.render.brief_text import by_document, source
from bot.render.clean import day, line, paragraph
from bot.render.mentions import link_of
from bot.shares import Share
from retrieval.briefing import Piece
from retrieval.types import Statement

if TYPE_CHECKING:
    from lxml.etree import _Element

_ATOM = "http://www.w3.org/2005/Atom"
_NAMES = UUID("6f1c2c8e-5b0a-4c57-9d0e-2f6f1f7a9b3d")  # what the ids of feeds and entries are made in
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML may hold it


def atom(share: Share, editions: Sequence[Edition], address: str) -> bytes:
    """The feed of some editions, newest first, which is to be found at ``address``.

    Ids do not depend on the address, so that nothing is read twice where the bot moves.
    """
    from lxml import etree

    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    changed = max((edition.at for edition in editions if edition.at), default=share.created)
    _add(feed, "id", uuid5(_NAMES, f"feed {share.token}").urn)
    _add(feed, "title", share.title)
    _add(feed, "updated", _moment(changed))
    _add(_add(feed, "author"), "name", "Footnote")
    _add(feed, "generator", "Footnote")
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    for edition in editions:
        _entry(feed, edition, f"{address.removesuffix('.xml')}/{edition.number}")
    written: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return written


def _entry(feed: _Element, edition: Edition, address: str) -> None:
    briefing = edition.briefing
    entry = _add(feed, "entry")
    at = _moment(edition.at or datetime.combine(edition.day, datetime.min.time(), UTC))
    _add(entry, "id", uuid5(_NAMES, f"edition {edition.number}").urn)
    _add(entry, "title", prompts.text("edition_title", day=f"{edition.day:%A}, {day(edition.day)}"))
    _add(entry, "published", at)
    _add(entry, "updated", at)
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    if briefing.pieces:
        _add(entry, "summary", " · ".join(line(piece.headline) for piece in briefing.pieces))
        _add(entry, "content", _html(briefing.pieces), type="html")
    else:
        _add(entry, "content", briefing.quiet or prompts.text("edition_quiet"))


def _html(pieces: Iterable[Piece]) -> str:
    """The stories as HTML of the plainest kind, which every feed reader shows."""
    from lxml import html
    from lxml.html.builder import DIV

    written: str = html.tostring(
        DIV(*(part for piece in pieces for part in _story(piece))), encoding="unicode"
    )
    return written


def _story(piece: Piece) -> Iterable[Any]:
    """What an edition says of a story at first; the page that its entry opens says the rest."""
    from lxml.html.builder import H2, H3, LI, UL, A, P

    yield H2(_clean(line(piece.headline)))
    yield UL(*(LI(*_said(piece, statement)) for statement in piece.bullets))
    if piece.lead:
        yield P(*_together(piece, piece.lead))
    if piece.bottom_line:
        yield H3(prompts.text("brief_bottom_line"))
        yield P(*_together(piece, piece.bottom_line))
    yield H3(prompts.text("brief_sources"))
    sources = UL()
    told = (*piece.bullets, *piece.lead, *piece.bottom_line)
    cited = {number for statement in told for number in statement.citations}
    for numbers, citation in by_document(each for each in piece.citations if each.number in cited):
        named, address = _clean(source(citation)), link_of(citation)
        marks = "".join(f"[{number}] " for number in numbers)
        sources.append(LI(marks, A(named, href=_clean(address)) if address else named))
    yield sources


def _together(piece: Piece, statements: Sequence[Statement]) -> Iterable[Any]:
    return (part for statement in statements for part in _said(piece, statement))


def _said(piece: Piece, statement: Statement) -> Iterable[Any]:
    """A statement with the numbers of its citations, each opening its source at the quoted words."""
    from lxml.html.builder import A

    yield _clean(paragraph(statement.text)) + " "
    for citation in piece.citations:
        if citation.number in statement.citations:
            address, number = link_of(citation), f"[{citation.number}]"
            yield A(number, href=_clean(address)) if address else number
            yield " "


def _add(parent: _Element, name: str, words: str | None = None, **attributes: str) -> _Element:
    from lxml import etree

    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = None if words is None else _clean(words)
    return child


def _clean(words: str) -> str:
    return _UNWRITABLE.sub("", words)


def _moment(when: datetime) -> str:
    """A moment as RFC 3339 writes it."""
    return when.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
