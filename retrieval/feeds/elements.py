"""Names the elements of feeds alike, whatever their namespaces, and reads them. Knows nothing of formats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrieval.feeds.addresses import joined
from retrieval.feeds.prose import text_within

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Children = dict[str, list["Element"]]

_SPACES = {  # what elements are called by here, by the address or the usual prefix of their namespace
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns": "",
    "http://purl.org/net/atom/ns": "",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
}
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_OLD_RSS = re.compile(r"userland\.com|harvard\.edu|netscape\.com|/rss(?:/?2(?:\.0)?)?$")


def children_of(element: Element) -> Children:
    """An element's children by name, those of Atom inside RSS as its own."""
    found: Children = {}
    for child in element:
        found.setdefault(name_of(child), []).append(child)
    return found


def name_of(element: Element) -> str:
    """What an element is called, in lower case, after the usual prefix of its namespace where it has one."""
    tag: Any = element.tag
    if not isinstance(tag, str):
        return ""
    space, _, local = tag.lower()[1:].rpartition("}") if tag.startswith("{") else ("", "", tag.lower())
    if not space:
        return local.removeprefix("atom:").removeprefix("rss:")
    short = _SPACES.get(space.replace("https:", "http:").rstrip("/#"))
    if short is None:
        prefix = (element.prefix or "").lower()
        plain = prefix in ("", "atom", "rss", "a") or _OLD_RSS.search(space.rstrip("/#"))
        short = "" if plain else prefix
    return f"{short}:{local}" if short else local


def first(about: Children, *names: str) -> str:
    """The first words that any element of these names holds."""
    return next((said for name in names for each in about.get(name, ()) if (said := words_of(each))), "")


def words_of(element: Element) -> str:
    """All the words inside an element, as they are written."""
    return "".join(_strings(element)).strip()


def inner_of(element: Element) -> str:
    """The words of a title, markup inside it left out."""
    return text_within(element) if len(element) else (element.text or "").strip()


def _strings(element: Element) -> Iterable[str]:
    return islice((str(part) for part in element.itertext()), 1_000)


def base_of(element: Element, url: str | None) -> str:
    """What relative addresses inside an element are relative to."""
    said = [element.get(_BASE), *(above.get(_BASE) for above in element.iterancestors())]
    where = url or ""
    for one in reversed([one for one in said if one]):
        where = joined(one, where or None) or where
    return where
