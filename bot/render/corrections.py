"""Turns corrections of what an edition told into one short message. Knows nothing of when it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import prompts
from bot.render.answers import OpenLink, cited
from bot.render.clean import day
from bot.render.mentions import provenance
from bot.render.pieces import Text, bold, grounded, italic, joined, quoted, their_line, their_paragraph
from bot.render.split import Block, Part, parts
from retrieval.briefing.corrections.hindsight import Mended
from retrieval.citations import link_to
from retrieval.types import Citation, Quote

MOST = 3  # statements corrected in one message
_HEADLINE = 200  # characters


def correction_part(headline: str, mended: Sequence[tuple[date, Mended]], *, open_link: OpenLink) -> Part:
    """What of a story was told on which day, and what is said now, each quoted, dated and cited."""
    title = bold(prompts.text("correction_head")) + " · " + their_line(headline, _HEADLINE)
    blocks = [Block(title)]
    for at, (told, each) in enumerate(mended[:MOST]):
        said, instead = each.correction.said, each.correction.now
        changed = said.document.number == instead.document.number
        now = prompts.text("correction_changed" if changed else "correction_otherwise")
        blocks += [
            Block(italic(prompts.text("correction_told", day=day(told)))),
            _quoted(each.statement.text, said, 2 * at + 1, open_link, former=changed),
            Block(italic(now)),
            _quoted(instead.text, instead, 2 * at + 2, open_link),
        ]
    (first, *_) = parts(blocks)
    return replace(first, silent=True)


def _quoted(words: str, quote: Quote, number: int, open_link: OpenLink, *, former: bool = False) -> Block:
    """Words with who says them and when; those a page no longer says open where they are kept."""
    link = None if former else link_to(quote.document.url, quote.text)
    text = cited(Text("“") + their_paragraph(words) + "”", [Citation(number, quote, link)], open_link)
    entry = joined("\n", [quoted(text), provenance(quote.document)])
    return Block(grounded(entry, [quote.passage]), gap="\n")
