"""Reads web pages: the article without what stands around it. Knows nothing of fetching, dates and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from retrieval.extract.content import Content
from retrieval.extract.webfacts import facts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements of an extracted body that run within a line; all others stand on lines of their own.
_INLINE = frozenset(
    {"hi", "ref", "del", "code", "a", "b", "i", "em", "strong", "span", "sup", "sub", "graphic", "lb"}
)
_LARGE_CELL = 500  # characters, beyond any table of data
_FOOT = re.compile(  # what stands at the foot of pages and nowhere in articles: rights, menus in one line
    r"^\W*(?:copyright\s+)?©|(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d"
    r"|all rights reserved|no reproduction without|alle rechte vorbehalten"
    r"|tous droits réservés|todos los derechos reservados|todos os direitos reservados|все права защищены"
    r"|tutti i diritti riservati|版权所有|版权保护|版权说明|ICP备|無断転載|無断複製|무단\s*전재"
    r"|^[^|\n]{1,40}(?:\|[^|\n]{1,40}){4,}$",
    re.I | re.M,
)
_LONGEST_FOOT = 400  # characters of one paragraph of it
_LEAST = 0.3  # share of a text that must be left without the foot
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)


def read_html(page: str, url: str = "") -> Content:
    """The article of a page with what the page says about itself; what no reader sees is left out.

    ``url`` is where it was found, if that is known.
    """
    import trafilatura

    tree = trafilatura.load_html(page)
    if tree is None:
        return Content("")
    about = facts(tree, url)
    text = _article(tree, favor_recall=True)
    if _FOOT.search(
        text
    ):  # the foot of the page came along: with less recall it stays behind, or nothing helps
        narrow = _article(trafilatura.load_html(page))
        if _LEAST * len(text) < len(narrow) and not _FOOT.search(narrow):
            text = narrow
    return replace(about, text=_without_foot(text))


def _article(tree: HtmlElement, *, favor_recall: bool = False) -> str:
    """The text of the article in a page."""
    import trafilatura

    _drop_hidden(tree)
    found = trafilatura.bare_extraction(tree, favor_recall=favor_recall, include_comments=False)
    body = getattr(found, "body", None)
    return "" if body is None else "\n\n".join(_blocks(body))


def _without_foot(text: str) -> str:
    """The text without the paragraphs of rights and menus at its end."""
    while True:
        kept, _, last = text.rstrip().rpartition("\n\n")
        if not kept or len(last) > _LONGEST_FOOT or not _FOOT.search(last):
            return text
        text = kept


def _drop_hidden(tree: HtmlElement) -> None:
    """Removes what no reader sees. The page itself stays: scripts often show a body that starts hidden."""
    for element in list(tree.iter("*")):
        if element.tag not in ("html", "head", "body") and element.getparent() is not None:
            style = element.get("style") or ""
            unshown = element.get("hidden") is not None or _UNSHOWN.search(style)
            if unshown or (element.get("aria-hidden") == "true" and not _most_of(tree, element)):
                element.drop_tree()


def _most_of(tree: HtmlElement, part: HtmlElement) -> bool:
    """Whether a part holds most of a page: it was hidden from screen readers behind an open dialog."""
    return 2 * sum(map(len, part.itertext())) > sum(map(len, tree.itertext()))


def _blocks(body: HtmlElement) -> Iterator[str]:
    """The paragraphs, headings, list items, tables and blocks of code of an extracted body."""
    from lxml.etree import iterwalk

    run: list[str] = []
    walk = iterwalk(body, events=("start", "end"))
    for event, element in walk:
        whole = (
            _is_data(element) if element.tag == "table" else element.tag == "code" and _is_listing(element)
        )
        if whole or element.tag not in _INLINE:
            yield _flowing(run)
            run.clear()
        if event == "end":
            run.append(_folded(element.tail if element is not body else None))
        elif whole:
            yield _rows(element) if element.tag == "table" else _listing(element)
            walk.skip_subtree()
        else:
            run.append("\n" if element.tag == "lb" else _folded(element.text))
    yield _flowing(run)


def _folded(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _flowing(run: list[str]) -> str:
    """A run of text as it is shown: white space folded, line breaks where the page asks for them."""
    return "\n".join(" ".join(line.split()) for line in "".join(run).split("\n"))


def _is_listing(code: HtmlElement) -> bool:
    """Whether code stands as a block of its own rather than within a line."""
    return code.find(".//lb") is not None or "\n" in "".join(code.itertext()).strip()


def _listing(code: HtmlElement) -> str:
    for mark in code.iter("lb"):
        mark.text = "\n"
    return "".join(code.itertext())


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data: one that lays out a page has cells of whole paragraphs."""
    return all(sum(map(len, cell.itertext())) < _LARGE_CELL for cell in table.iter("cell"))


def _rows(table: HtmlElement) -> str:
    rows = (
        [" ".join(" ".join(_blocks(cell)).split()) for cell in row.iter("cell")] for row in table.iter("row")
    )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows if any(cells))
