"""Turns the markup of a feed's item into the text that a reader sees. Knows nothing of feeds and pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from retrieval.extract.text import clean_line, clean_text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_TEXT = 400_000  # characters of one item
_LONGEST_MARKUP = 2_000_000  # characters


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt ruby s "
    "samp small span strike strong sub sup tg-emoji tg-spoiler time tt u var wbr"
)
_IN_LINE = _INLINE | {"br", "img", "td", "th"}
_UNREAD = _words(
    "applet audio base button canvas dialog embed form frame frameset head iframe input link map math meta "
    "noembed noframes noscript object option script select style svg template textarea title video"
)
_KNOWN = _INLINE | _words(
    "address article aside blockquote body br caption center col colgroup dd details div dl dt figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hr html iframe img li main nav ol p picture pre script section "
    "source style summary table tbody td tfoot th thead tr ul"
)
_ALONE = _words("br hr img p li iframe input script meta")  # need no tag that closes them
_BLOCKS = _words("p br div a img ul table")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,11})(?=[\s/>])[^<>]{0,5000}>", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# What blogs hang under their posts for readers of the feed: buttons to share, posts that are alike.
_FURNITURE = re.compile(
    r"\b(?:feedflare|sharedaddy|jp-relatedposts|addtoany\w*|a2a_\w+|mc4wp\S*|sociable|post-views"
    r"|share-buttons|related-posts|wp-block-jetpack-\S+|subscription-widget\S*|button-wrapper)\b",
    re.I,
)


def text_of(markup: str) -> str:
    """The clean paragraphs of a piece of HTML, or of plain text that stands where HTML may stand."""
    markup = markup[:_LONGEST_MARKUP]
    if not is_markup(markup, paired=False):
        plain = html.unescape(markup)
        if _twice(plain):
            return text_of(plain)
        return _bounded("\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", plain)))
    text = _shown(markup)
    return _bounded(_shown(text)) if _twice(text) and "&lt;" in markup and not _has_blocks(markup) else text


def plain_text(said: str) -> str:
    """The clean text of what is said to be plain: its line breaks are kept, its signs are no markup."""
    return _bounded(said[:_LONGEST_MARKUP])


def text_within(element: Element) -> str:
    """The clean paragraphs inside an element of a parsed tree."""
    return _bounded("\n\n".join(_paragraphs(element)))


def line_of(markup: str, limit: int) -> str:
    """A title, a name: one clean line without markup. Signs that only look like markup stay."""
    said = markup[: 20 * limit]
    for _ in range(2):  # titles are often escaped twice
        if is_markup(said):
            said = _shown(said) or _TAG.sub(" ", said)
        unescaped = html.unescape(said)
        if unescaped == said:
            break
        said = unescaped
    return clean_line(said, limit)


def is_markup(said: str, *, paired: bool = True) -> bool:
    """Whether a text holds tags of HTML; ``paired``: that come in pairs or may stand alone, or no tags."""
    if "<" not in said:
        return False
    if "<!--" in said:
        return True
    opened: set[str] = set()
    for tag in _TAG.finditer(said):
        closing, name = tag[1], tag[2].lower()
        if name in _ALONE:
            return True
        if closing and name in opened:
            return True
        if not closing and (name in _KNOWN or name in _UNREAD):
            if not paired:
                return True
            opened.add(name)
    return False


def _twice(text: str) -> bool:
    """Whether a text that was unescaped is still markup: several tags, some of them closing."""
    tags = _TAG.findall(text)
    return len(tags) > 1 and any(closing for closing, _ in tags) and is_markup(text) and _has_blocks(text)


def _has_blocks(markup: str) -> bool:
    return any(name.lower() in _BLOCKS for _, name in _TAG.findall(markup))


def _shown(markup: str) -> str:
    """What a browser would show of a piece of HTML."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = etree.fromstring(f"<div>{markup}</div>".encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        tree = None
    text = text_within(tree) if tree is not None else ""
    if not text and len(markup) > 10_000:  # nested too deeply for the parser: tags are left out one by one
        text = _bounded(html.unescape(_TAG.sub(" ", markup)))
    return text


def _paragraphs(root: Element) -> Iterator[str]:
    """The paragraphs of a tree in order; white space folded but where the page keeps it."""
    from lxml.etree import iterwalk

    run: list[str] = []
    kept = 0  # depth within what keeps its white space
    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = _name(element)
        unread = not name or (element is not root and _is_unread(element, name))
        if name == "br" and event == "start":
            run.append("\n")
        elif name in ("td", "th") and event == "end":
            run.append(" ")
        elif not unread and name not in _IN_LINE:
            yield _flowing(run, kept)
            run.clear()
            kept += (1 if event == "start" else -1) * (name == "pre")
        if event != "start":
            run.append(_folded(element.tail if element is not root else None, kept))
        elif unread:
            walk.skip_subtree()
        else:
            run.append(_folded(element.text, kept))
    yield _flowing(run, kept)


def _name(element: Element) -> str:
    tag: Any = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _is_unread(element: Element, name: str) -> bool:
    if name in _UNREAD or element.get("hidden") is not None:
        return True
    classes, style = element.get("class"), element.get("style")
    return bool((classes and _FURNITURE.search(classes)) or (style and _HIDDEN.search(style)))


def _folded(text: str | None, kept: int) -> str:
    return "" if not text else text if kept else re.sub(r"[ \t\r\n\f]+", " ", text)


def _flowing(run: list[str], kept: int) -> str:
    text = "".join(run)
    return text if kept else "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _bounded(text: str) -> str:
    text = clean_text(text[:MAX_TEXT])
    return re.sub(r"\n{3,}", "\n\n", text)
