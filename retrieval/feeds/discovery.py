"""Finds the feeds that a page offers, and guesses where one may be. Knows nothing of fetching them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from retrieval.extract.text import clean_line
from retrieval.feeds.addresses import absolute, joined
from retrieval.feeds.source import text_of
from retrieval.feeds.types import Link

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 30  # feeds of one page; a page with more is a list of other people's
_TYPES = {  # what a feed may be called, the best first
    "application/atom+xml": 0,
    "application/rss+xml": 0,
    "application/rdf+xml": 1,
    "application/feed+json": 1,
    "application/json": 3,
    "application/xml": 3,
    "text/xml": 3,
    "application/x-rss+xml": 1,
    "application/x.atom+xml": 1,
    "application/x-atom+xml": 1,
}
_LOOKS_LIKE = re.compile(
    r"(?:^|[/.?=_-])(?:rss|atom|feeds?|rdf)(?:\d|2\.0)?(?:[/.?=&_-]|$)|\.(?:rss|atom|rdf)(?:[?#]|$)|(?:^|/)feed\.json$",
    re.I,
)
_SURELY = re.compile(  # rather than a page about feeds
    r"\.(?:xml|rss|rdf|atom)(?:[?#]|$)|/feed(?:\.json)?/?(?:[?#]|$)|[?&]\w+=(?:rss|atom)", re.I
)
_NOT_LIKE = re.compile(
    r"^https?://(?:[^/]*\.)?(?:feedly|inoreader|netvibes|newsblur|theoldreader|feedburner\.google|google|wikipedia"
    r"|add\.my\.yahoo|my\.yahoo|bloglines|feedbin|facebook|twitter|x)\.[a-z.]+/|/feedback|\.(?:png|jpe?g|gif|svg|css|js)(?:\?|$)",
    re.I,
)
_NAMED = re.compile(
    r"^\W*(?:rss|atom|(?:rss|atom|news|json)[\s-]*feeds?|feed|xml|subscribe via rss|лента rss)\W*$", re.I
)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|коммент|replies|trackback", re.I)
_NO_API = re.compile(r"oembed|wp-json|/api/|manifest|opensearch", re.I)


def read_offers(data: bytes, url: str, content_type: str = "") -> tuple[Link, ...]:
    """The feeds that the page found at ``url`` offers, each once, the best first; comments come last.

    What its head names comes before what its text only links to. Raises Refused where it is no text.
    """
    import lxml.html
    from lxml import etree

    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)
        tree = lxml.html.document_fromstring(text_of(data, content_type).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return ()
    base = _base(tree, url)
    kept: dict[str, tuple[int, Link]] = {}
    named = list(_named_in_head(tree))
    settled = any(not _COMMENTS.search(f"{href} {title}") for _, href, title in named)
    linked = [each for each in _linked(tree, base) if not settled or _SURELY.search(each[1])]
    for rank, href, title in [*named, *linked]:
        where = absolute(href, base)
        if where is None or _same(where) == _same(url):
            continue
        shown = clean_line(title or "", 200) or None
        rank += 10 * bool(_COMMENTS.search(f"{urlsplit(where).path} {shown or ''}"))
        before = kept.get(_same(where))
        if before is None or (before[1].title is None and shown and rank <= before[0] + 5):
            kept[_same(where)] = (min(rank, before[0]) if before else rank, Link(where, shown))
    ranked = sorted(kept.values(), key=lambda ranked: ranked[0])
    return tuple(link for _, link in ranked[:MOST])


def guesses(url: str) -> tuple[str, ...]:
    """Where the feed of a page may be that names none, the likeliest first.

    By the habits of its site, then by those of all. Nothing is fetched; each is to be tried.
    """
    whole = absolute(url, None)
    if whole is None:
        return ()
    known = json.loads((files("retrieval.feeds") / "places.json").read_text("utf-8"))
    host = (urlsplit(whole).hostname or "").removeprefix("www.")
    address = f"{host}{urlsplit(whole).path.rstrip('/')}"
    of_site = [
        match.expand(place["feed"])
        for place in known["sites"]
        if (match := re.fullmatch(place["page"], address))
    ]
    path = urlsplit(whole).path.rstrip("/")
    folders = [path, ""] if path and "." not in path.rpartition("/")[2] else [""]
    usual = [urljoin(whole, f"{folder}/{end}") for folder in folders for end in known["usual"]]
    return tuple(dict.fromkeys([*of_site, *usual]))[: known["most"]]


def _base(tree: HtmlElement, url: str) -> str:
    element = tree.find(".//base[@href]")
    said = joined(element.get("href"), url) if element is not None else None
    return said or url


def _named_in_head(tree: HtmlElement) -> Iterator[tuple[int, str, str | None]]:
    """What link elements say, wherever a careless template put them."""
    for link in islice(tree.iter("link"), 500):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        href = link.get("href") or ""
        if not href or not {"alternate", "feed", "alternative", "service.feed"} & set(relations):
            continue
        if "feed" in relations and not kind:
            yield 0, href, link.get("title")
        elif kind in _TYPES and not ("json" in kind and _NO_API.search(href)):
            unsure = _TYPES[kind] == 3
            if not unsure or _LOOKS_LIKE.search(href) or "feed" in (link.get("title") or "").lower():
                yield _TYPES[kind], href, link.get("title")


def _linked(tree: HtmlElement, base: str) -> Iterator[tuple[int, str, str | None]]:
    """Links of the page's text that look like feeds of its own site, or are called so."""
    site = (urlsplit(base).hostname or "").removeprefix("www.")
    for link in islice(tree.iter("a"), 5_000):
        href = (link.get("href") or "").strip()
        where = absolute(href, base)
        if where is None or _NOT_LIKE.search(where):
            continue
        words = " ".join("".join(islice(link.itertext(), 20)).split())[:200]
        words = words or link.get("title") or link.get("aria-label") or ""
        parts = urlsplit(where)
        looks = bool(_LOOKS_LIKE.search(parts.path + ("?" + parts.query if parts.query else "")))
        if not looks and not _NAMED.match(words):
            continue
        here = (parts.hostname or "").removeprefix("www.").endswith(site)
        titled = link.get("title") or (None if _NAMED.match(words) else words)
        if here or parts.hostname in ("feeds.feedburner.com", "feeds.feedblitz.com"):
            yield 5 if looks and _NAMED.match(words) else 6, href, titled
        elif looks and _NAMED.match(words):
            yield 7, href, titled


def _same(url: str) -> str:
    """What two addresses of one feed have in common."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"
