"""Reads the tree of an RSS, RDF or Atom feed of any version. Knows nothing of bytes and broken markup."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.feeds.addresses import absolute, joined
from retrieval.feeds.elements import Children, base_of, children_of, first, inner_of, name_of, words_of
from retrieval.feeds.entries import LONGEST_TITLE, MAX_ITEMS, Body, Entry, items_of
from retrieval.feeds.moments import Dates
from retrieval.feeds.prose import line_of, plain_text, text_of, text_within
from retrieval.feeds.types import Feed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_POINTING = ("src", "href", "url", "alt")
_NOT_PAGES = re.compile(r"^(?:audio|video|image)/|\b(?:atom|rss)\+xml|pdf|octet-stream", re.I)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours


@dataclass(frozen=True, slots=True)
class _Around:
    """What items take from their feed."""

    base: str
    dates: Dates


def feed_of(root: Element, url: str) -> Feed | None:
    """The feed in a tree, found at ``url``; None where it is none."""
    kind = name_of(root)
    if kind == "redirect":
        return _moved(root, url)
    channel = next((child for child in root if name_of(child) == "channel"), root)
    about = children_of(channel)
    items = list(islice(_item_elements(root, kind), MAX_ITEMS + 1))
    if not items and kind not in ("rss", "feed", "rdf", "rdf:rdf", "channel"):
        return None
    base = base_of(channel, url)
    home = next(filter(None, (absolute(link, base) for link in _links(about))), None)
    language = fields.language(
        first(about, "language", "dc:language") or channel.get(_LANG) or root.get(_LANG)
    )
    around = _Around(home or base if kind == "rss" else base, Dates(language))
    return Feed(
        title=line_of(first(about, "title", "dc:title"), LONGEST_TITLE),
        home=home,
        language=language,
        items=items_of(_entry(item, around) for item in items[:MAX_ITEMS]),
        every=_every(about),
        moved_to=absolute(first(about, "itunes:new-feed-url"), base),
        complete=len(items) <= MAX_ITEMS,
    )


def _moved(root: Element, url: str) -> Feed:
    """What an old way to say that a feed has moved says."""
    places = (each.text for each in root.iter() if name_of(each) in ("newlocation", "location"))
    moved = next(filter(None, (absolute(place, url) for place in places)), None)
    return Feed(title="", home=None, language=None, items=(), moved_to=moved)


def _item_elements(root: Element, kind: str) -> Iterator[Element]:
    """The items wherever they stand: in the channel, beside it, or astray in what a broken feed left open."""
    if kind in ("entry", "item"):
        yield root
        return
    for element in root.iter():
        if name_of(element) in ("item", "entry"):
            yield element


def _entry(item: Element, around: _Around) -> Entry:
    about = children_of(item)
    base = base_of(item, around.base)
    guid = next(iter(about.get("guid", ())), None)
    named = words_of(guid) if guid is not None else ""
    links = [first(about, "feedburner:origlink", "feedburner:origenclosurelink"), *_links(about)]
    if guid is not None and guid.get("isPermaLink", "true").strip().lower() != "false":
        links.append(named if named.startswith(("http://", "https://")) else "")
    key = named or first(about, "id", "dc:identifier") or (item.get(_RDF + "about") or "")
    if not any(links) and key.startswith(("http://", "https://")) and guid is None:
        links.append(key)
    titles = [*about.get("title", ()), *about.get("dc:title", ()), *about.get("media:title", ())]
    title = next((each for each in titles if inner_of(each)), None)
    bodies = list(_bodies(about))
    return Entry(
        key=key,
        title="" if title is None else inner_of(title),
        literal=title is not None and title.get("type") == "text",
        bodies=bodies,
        links=list(filter(None, links)),
        base=base,
        authors=_authors(about),
        published=_date(
            about,
            around.dates,
            "pubdate",
            "published",
            "issued",
            "dcterms:issued",
            "dc:date",
            "date",
            "created",
        ),
        updated=_date(about, around.dates, "updated", "modified", "dcterms:modified", "lastbuilddate"),
        language=first(about, "dc:language", "language") or item.get(_LANG),
        rest="" if any(body.text for body in bodies) else _rest(item),
    )


def _rest(item: Element) -> str:
    """What stands in an item without a word to read: a picture's markup, a sound's address."""
    parts: list[str] = []
    for each in islice(item.iter(), 200):
        parts += (said for name in _POINTING if (said := each.get(name)))
        parts += [each.text.strip()] if each.text and "<" in each.text else []
    return " ".join(parts) or f"{len(item)} {name_of(item)}"


def _bodies(about: Children) -> Iterator[Body]:
    """The texts of an item: contents, then summaries, then what stands beside a film."""
    for name in ("content:encoded", "encoded", "xhtml:body", "xhtml:div", "body", "content", "fullitem"):
        for element in about.get(name, ()):
            yield Body(_prose(element), content=True)
    for name in ("description", "summary", "dcterms:abstract", "dc:description", "tagline"):
        for element in about.get(name, ()):
            yield Body(_prose(element))
    if not any(about.get(name) for name in ("content:encoded", "content", "description", "summary")):
        groups = [deep for group in about.get("media:group", ()) for deep in group]
        for element in [*about.get("media:description", ()), *groups, *about.get("itunes:summary", ())]:
            if name_of(element) in ("media:description", "itunes:summary"):
                yield Body(
                    plain_text(words_of(element)) if element.get("type") == "plain" else _prose(element)
                )


def _prose(element: Element) -> str:
    """The text of an element by what it is said to hold: words, escaped markup, or markup itself."""
    said = (element.get("type") or "").strip().lower()
    if element.get("mode") == "base64":
        return text_of(_decoded(words_of(element)))
    if said and not re.search(r"html|^text$|^text/plain$|^xhtml$|^plain$|xml$|^escaped$", said):
        return ""  # a picture, a sound, a program
    if len(element):
        return text_within(element)
    if said in ("text", "text/plain") and name_of(element) != "description":
        return plain_text(element.text or "")
    return text_of(element.text or "")


def _decoded(said: str) -> str:
    try:
        return base64.b64decode("".join(said.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _authors(about: Children) -> list[str]:
    """Who wrote an item, by the first way that says it."""
    for name in ("author", "dc:creator", "itunes:author", "creator", "dc:author", "contributor"):
        said = []
        for element in about.get(name, ())[:20]:
            parts = children_of(element)
            said.append(first(parts, "name") if len(element) else words_of(element))
        if any(said):
            return [one for one in said if one]
    return []


def _links(about: Children) -> Iterator[str]:
    """The pages that a feed or item belongs to, the best first."""
    pages, rest = [], []
    for link in about.get("link", ()):
        relation = (link.get("rel") or "alternate").strip().lower().rpartition("/")[2]
        href = link.get("href") or link.get(_RDF + "resource") or words_of(link)
        if not href or _NOT_PAGES.search(link.get("type") or ""):
            continue
        where = joined(href, base_of(link, None)) or href
        if relation == "alternate":
            pages.append(where)
        elif relation in ("related", "via", ""):
            rest.append(where)
    pages.sort(key=lambda where: not where.strip())
    return iter([*pages, *rest])


def _every(about: Children) -> timedelta | None:
    """How often a feed says it changes: by its minutes to live, or so many times in a period."""
    try:
        if minutes := int(float(first(about, "ttl") or 0)):
            return timedelta(minutes=min(minutes, 365 * 1440)) if minutes > 0 else None
        hours = _PERIODS.get(first(about, "sy:updateperiod").lower(), 0)
        times = int(float(first(about, "sy:updatefrequency") or 1))
    except (ValueError, OverflowError):
        return None
    return timedelta(hours=hours) / times if hours and 0 < times <= 10_000 else None


def _date(about: Children, dates: Dates, *names: str) -> Any:
    said = (words_of(element) for name in names for element in about.get(name, ())[:3])
    return next(filter(None, map(dates.read, said)), None)
