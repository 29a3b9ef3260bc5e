"""Turns a briefing or a story into one page that needs nothing else: no script, no picture, no request.

Knows nothing of Telegram, of how a briefing was written or of where the page will lie.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

import prompts
from bot.render.brief_text import by_document, closing
from bot.render.clean import day, leads_right_to_left, line, paragraph, tamed
from bot.render.mentions import link_of, page_of
from bot.render.notes import sample_note
from retrieval.briefing import Briefing, Piece
from retrieval.citations import link_to
from retrieval.types import Citation, Document, Statement

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_DESCRIBED = 200  # characters


@dataclass(frozen=True, slots=True)
class Card:
    """What a messenger needs to announce a link: where the page and a picture as ``card_picture``'s are."""

    address: str
    picture_address: str | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A statement that turned out to be wrong, and the words of a document that say so."""

    told: str
    words: str
    document: Document

    @property
    def link(self) -> str | None:
        """What opens the document at these words, where it has a page."""
        return link_to(self.document.url, self.words) if page_of(self.document) else None


def page(briefing: Briefing, *, card: Card | None = None, corrected: Sequence[Corrected] = ()) -> str:
    """A briefing as HTML: readable on a phone, in the dark and on paper; a tap opens each quote.

    What of it was ``corrected`` since is said above the story that tells it.
    """
    headlines = " · ".join(line(piece.headline, 80) for piece in briefing.pieces)
    return _rendered(
        "briefing.html",
        title=line(briefing.title),
        description=line(headlines, _DESCRIBED),
        card=card,
        briefing=briefing,
        stories=prompts.text("brief_stories"),
        closing=closing(briefing),
        corrected=partial(_corrected, corrected),
    )


def story_page(piece: Piece, *, card: Card | None = None, corrected: Sequence[Corrected] = ()) -> str:
    """One story as HTML, told as in a briefing."""
    sample = sample_note([citation.document for citation in piece.citations])
    first = next(iter((*piece.bullets, *piece.lead)), None)
    return _rendered(
        "story.html",
        title=line(piece.headline) or prompts.text("brief_untitled"),
        description=line(first.text, _DESCRIBED) if first else "",
        card=card,
        piece=piece,
        closing=[sample] if sample else [],
        corrected=partial(_corrected, corrected),
    )


def _rendered(template: str, **values: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            **values,
            style=_style(),
            style_hash="sha256-" + b64encode(sha256(_style().encode()).digest()).decode(),
            said=prompts.text,
            hint=prompts.text("page_hint"),
            opening=prompts.text("brief_open"),
            since=prompts.text("page_corrected"),
            otherwise=prompts.text("page_otherwise"),
            cited=_cited,
            direction=lambda piece: "rtl" if leads_right_to_left(piece.headline) else "ltr",
            voice=_voice,
            speaking=_speaking,
            by_document=by_document,
            parts=_parts,
            title_of=_title,
            link=link_of,
            day=day,
            line=line,
            words=_words,
        )
    )


def _corrected(every: Sequence[Corrected], piece: Piece) -> list[Corrected]:
    """What was corrected of what a story states."""
    stated = {each.text for each in (*piece.statements, *(event.statement for event in piece.timeline))}
    return [each for each in every if each.told in stated]


def _cited(piece: Piece, statement: Statement) -> list[Citation]:
    """The citations of a statement, in its order."""
    by_number = {citation.number: citation for citation in piece.citations}
    return [by_number[number] for number in statement.citations]


def _parts(document: Document, title: bool) -> list[str]:
    """What is known of a document: its title where asked for, who published it, and when."""
    publisher = line(document.publisher, 60)
    named = _title(document) if title or not publisher else ""
    published = day(document.day) if document.day else ""
    return [part for part in (named, publisher, published) if part]


def _title(document: Document) -> str:
    return line(document.title) or prompts.text("brief_untitled")


def _words(text: str) -> str:
    """Words for a page: composed, and with no more marks on a letter than a line has room for."""
    return unicodedata.normalize("NFC", tamed(paragraph(text)))


def _voice(piece: Piece, statement: Statement) -> Markup | str:
    """The language of a statement: its source's, where it is in the source's own words."""
    cited = _cited(piece, statement)
    return _speaking(cited[0].document) if cited and statement.check == "verbatim" else ""


def _speaking(document: Document) -> Markup | str:
    """The attribute that names a document's language, if it is one."""
    from markupsafe import Markup

    named = re.match(r"[a-z]{2,3}(?![a-z])", (document.language or "").lower())
    return Markup(f' lang="{named[0]}"') if named and named[0] in _languages() else ""  # noqa: S704


@cache
def _languages() -> frozenset[str]:
    """The languages there are, as a page may name them."""
    from babel import Locale

    return frozenset(Locale("en").languages) - {"und", "mul", "zxx"}


@cache
def _style() -> Markup:
    from markupsafe import Markup

    return Markup(_file("page.css"))  # noqa: S704 - it is ours and holds no text of others


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_file),
    )


def _file(name: str) -> str:
    return (resources.files("bot.render") / name).read_text("utf-8")
