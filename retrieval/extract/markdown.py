"""Reads Markdown as the text a reader sees, with its front matter. Knows nothing of HTML but its tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from retrieval.extract import fields
from retrieval.extract.content import Content
from retrieval.extract.text import clean_line
from retrieval.extract.titles import LONGEST

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\s*---[^\S\n]*\n(.*?\n)(?:---|\.\.\.)[^\S\n]*(?:\n|$)", re.S)
_PAIR = re.compile(r"([A-Za-z][\w -]{0,40}):[^\S\n]*(\S.*)")
_TAG = re.compile(r"<!--.*?(?:-->|$)|<[a-zA-Z/!?][^<>]*>", re.S)
_ENDS = frozenset(
    {"paragraph_close", "heading_close", "bullet_list_close", "ordered_list_close", "table_close"}
)


def read_markdown(text: str) -> Content:
    """The text without its markup: words of links stay, so does code; tables become rows between bars."""
    from markdown_it import MarkdownIt

    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    front, text = _front_matter(text)
    url = fields.address(front.get("url") or front.get("link") or front.get("canonical"))
    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").parse(text)
    return Content(
        text="\n".join(_lines(tokens)),
        title=clean_line(front.get("title", "") or _first_heading(tokens), LONGEST),
        author=fields.line(front.get("author") or front.get("authors")),
        publisher=fields.line(front.get("publisher") or front.get("site")) or fields.host(url),
        url=url,
        published=fields.moment(front.get("date") or front.get("published")),
        language=fields.language(front.get("language") or front.get("lang")),
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Simple ``key: value`` pairs between two rules at the top, and the text after them."""
    block = _FRONT.match(text)
    if not block or not all(
        _PAIR.match(line) or line[:1] in " #-\t" for line in block[1].splitlines() if line
    ):
        return {}, text
    pairs = (_PAIR.match(line) for line in block[1].splitlines())
    found = {pair[1].strip().lower(): _unquoted(pair[2]) for pair in pairs if pair}
    return found, text[block.end() :]


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return (
        ", ".join(part.strip(" \"'") for part in value[1:-1].split(",")) if value.startswith("[") else value
    )


def _first_heading(tokens: Sequence[Token]) -> str:
    """The first top heading, or the heading a text opens with."""
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and (token.tag == "h1" or index == 0):
            return _words(tokens[index + 1])
    return ""


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    """The lines of the text, an empty one between blocks; items of a tight list stand together."""
    marker = ""  # of a list item whose first line has not come yet
    row: list[str] = []
    in_cell = False
    for token in tokens:
        kind = token.type
        if kind == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif kind in ("th_open", "td_open", "th_close", "td_close"):
            in_cell = kind.endswith("open")
        elif kind == "inline" and in_cell:
            row.append(_words(token))
        elif kind == "tr_close":
            yield f"| {' | '.join(row)} |"
            row = []
        elif kind == "inline":
            yield marker + _words(token)
            marker = ""
        elif kind in ("fence", "code_block", "html_block"):
            yield _TAG.sub("", token.content) if kind == "html_block" else token.content
            yield ""
        elif kind in _ENDS and not token.hidden:
            yield ""


def _words(inline: Token) -> str:
    """What a run of inline markup shows."""
    shown: list[str] = []
    for token in inline.children or ():
        if token.type in ("text", "code_inline"):
            shown.append(token.content)
        elif token.type == "softbreak":
            shown.append(" ")
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and token.content[:3].lower() == "<br"
        ):
            shown.append("\n")
    return "".join(shown)
