"""Turns a briefing into one page that needs nothing else: no script, no picture, no request.

Knows nothing of Telegram, of how a briefing was written or of where the page will lie.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import prompts
from bot.render.brief_text import by_document, closing, named_source, source
from bot.render.clean import day, line, paragraph
from bot.render.mentions import link_of
from retrieval.briefing import Briefing, Piece
from retrieval.types import Citation, Statement

if TYPE_CHECKING:
    from jinja2 import Template


def page(briefing: Briefing) -> str:
    """A briefing as HTML: readable on a phone, in the dark and on paper; a tap opens each quote."""
    return _template().render(
        briefing=briefing,
        said=prompts.text,
        cited=_cited,
        by_document=by_document,
        closing=closing(briefing),
        opening=prompts.text("brief_open"),
        stories=prompts.text("brief_stories"),
        source=source,
        named=named_source,
        link=link_of,
        day=day,
        line=line,
        words=paragraph,
    )


def _cited(piece: Piece, statement: Statement) -> list[Citation]:
    """The citations of a statement, in its order."""
    by_number = {citation.number: citation for citation in piece.citations}
    return [by_number[number] for number in statement.citations]


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string((resources.files("bot.render") / "briefing.html").read_text("utf-8"))
