"""Reads plain text: tells wrapped lines from lines that are meant. Knows nothing of encodings or markup."""

from __future__ import annotations

import re

from retrieval.extract.content import Content

_NARROW, _WIDE = 45, 110  # the width, in characters, of text that somebody wrapped
_BLANK = re.compile(r"\n[^\S\n]*\n\s*?(?=\S|$)")
_ITEM = re.compile(r"\s*(?:[-*+•‣▪◦–—#>|]|\d{1,3}[.)]\s)")


def read_plain(text: str) -> Content:
    """The text with one line to a paragraph and a blank line between paragraphs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Content("\n\n".join(_paragraph(block) for block in _BLANK.split(text)))


def _paragraph(block: str) -> str:
    """A run of lines: joined where they were wrapped, set apart where each is a paragraph, else as it is."""
    lines = block.split("\n")
    widths = [len(line.strip()) for line in lines]
    if len(lines) < 2:
        return block
    items = any(_ITEM.match(line) for line in lines)
    if not items and max(widths) <= _WIDE and min(widths[:-1]) >= _NARROW:
        return " ".join(line.strip() for line in lines)
    if sorted(widths)[len(widths) // 2] > _WIDE:
        return "\n\n".join(lines)
    return block
