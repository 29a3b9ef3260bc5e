"""Reads the tree of an RSS, RDF or Atom feed of any version. Knows nothing of bytes and broken markup."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.feeds.addresses import absolute, joined
from retrieval.feeds.entries import LONGEST_TITLE, MAX_ITEMS, Body, Entry, items_of
from retrieval.feeds.moments import Dates
from retrieval.feeds.prose import line_of, plain_text, text_of, text_within
from retrieval.feeds.types import Feed

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

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
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_OLD_RSS = re.compile(r"userland\.com|harvard\.edu|netscape\.com|/rss(?:/?2(?:\.0)?)?$")
_POINTING = ("src", "href", "url", "alt")
_NOT_PAGES = re.compile(r"^(?:audio|video|image)/|\b(?:atom|rss)\+xml|pdf|octet-stream", re.I)
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours

Children = dict[str, list["Element"]]


@dataclass(frozen=True, slots=True)
class _Around:
    """What items take from their feed."""

    base: str
    home: str | None
    dates: Dates


def feed_of(root: Element, url: str) -> Feed | None:
    """The feed in a tree, found at ``url``; None where it is none."""
    kind = _name(root)
    if kind == "redirect":
        return _moved(root, url)
    channel = next((child for child in root if _name(child) == "channel"), root)
    about = _children(channel)
    items = list(islice(_item_elements(root, kind), MAX_ITEMS + 1))
    if not items and kind not in ("rss", "feed", "RDF", "rdf:RDF", "channel"):
        return None
    base = _base(channel, url)
    home = next(filter(None, (absolute(link, base) for link in _links(about))), None)
    language = fields.language(
        _first(about, "language", "dc:language") or channel.get(_LANG) or root.get(_LANG)
    )
    around = _Around(home or base if kind == "rss" else base, home, Dates(language))
    return Feed(
        title=line_of(_first(about, "title", "dc:title"), LONGEST_TITLE),
        home=home,
        language=language,
        items=items_of(_entry(item, around) for item in items[:MAX_ITEMS]),
        every=_every(about),
        moved_to=absolute(_first(about, "itunes:new-feed-url"), base),
        complete=len(items) <= MAX_ITEMS,
    )


def _moved(root: Element, url: str) -> Feed:
    """What an old way to say that a feed has moved says."""
    places = (each.text for each in root.iter() if _name(each) in ("newLocation", "location"))
    moved = next(filter(None, (absolute(place, url) for place in places)), None)
    return Feed(title="", home=None, language=None, items=(), moved_to=moved)


def _item_elements(root: Element, kind: str) -> Iterator[Element]:
    """The items wherever they stand: in the channel, beside it, or astray in what a broken feed left open."""
    if kind in ("entry", "item"):
        yield root
        return
    for element in root.iter():
        if _name(element) in ("item", "entry"):
            yield element


def _entry(item: Element, around: _Around) -> Entry:
    about = _children(item)
    base = _base(item, around.base)
    guid = next(iter(about.get("guid", ())), None)
    named = _text(guid) if guid is not None else ""
    links = [_first(about, "feedburner:origLink", "feedburner:origEnclosureLink"), *_links(about)]
    if guid is not None and guid.get("isPermaLink", "true").strip().lower() != "false":
        links.append(named if named.startswith(("http://", "https://")) else "")
    key = named or _first(about, "id", "dc:identifier") or (item.get(_RDF + "about") or "")
    if not any(links) and key.startswith(("http://", "https://")) and guid is None:
        links.append(key)
    titles = [*about.get("title", ()), *about.get("dc:title", ()), *about.get("media:title", ())]
    title = next((each for each in titles if _inner(each)), None)
    bodies = list(_bodies(about))
    return Entry(
        key=key,
        title="" if title is None else _inner(title),
        literal=title is not None and title.get("type") == "text",
        bodies=bodies,
        links=list(filter(None, links)),
        base=base,
        authors=_authors(about),
        published=_date(
            about,
            around.dates,
            "pubDate",
            "published",
            "issued",
            "dcterms:issued",
            "dc:date",
            "date",
            "created",
        ),
        updated=_date(about, around.dates, "updated", "modified", "dcterms:modified", "lastBuildDate"),
        language=_first(about, "dc:language", "language") or item.get(_LANG),
        rest="" if any(body.text for body in bodies) else _rest(item),
    )


def _rest(item: Element) -> str:
    """What stands in an item without a word to read: a picture's markup, a sound's address."""
    parts: list[str] = []
    for each in islice(item.iter(), 200):
        parts += (said for name in _POINTING if (said := each.get(name)))
        parts += [each.text.strip()] if each.text and "<" in each.text else []
    return " ".join(parts) or f"{len(item)} {_name(item)}"


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
            if _name(element) in ("media:description", "itunes:summary"):
                yield Body(plain_text(_text(element)) if element.get("type") == "plain" else _prose(element))


def _prose(element: Element) -> str:
    """The text of an element by what it is said to hold: words, escaped markup, or markup itself."""
    said = (element.get("type") or "").strip().lower()
    if element.get("mode") == "base64":
        return text_of(_decoded(_text(element)))
    if said and not re.search(r"html|^text$|^text/plain$|^xhtml$|^plain$|xml$|^escaped$", said):
        return ""  # a picture, a sound, a program
    if len(element):
        return text_within(element)
    if said in ("text", "text/plain") and _name(element) != "description":
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
            parts = _children(element)
            said.append(_first(parts, "name") if len(element) else _text(element))
        if any(said):
            return [one for one in said if one]
    return []


def _links(about: Children) -> Iterator[str]:
    """The pages that a feed or item belongs to, the best first."""
    pages, rest = [], []
    for link in about.get("link", ()):
        relation = (link.get("rel") or "alternate").strip().lower().rpartition("/")[2]
        href = link.get("href") or link.get(_RDF + "resource") or _text(link)
        if not href or _NOT_PAGES.search(link.get("type") or ""):
            continue
        where = joined(href, _base(link, None)) or href
        if relation == "alternate":
            pages.append(where)
        elif relation in ("related", "via", ""):
            rest.append(where)
    pages.sort(key=lambda where: not where.strip())
    return iter([*pages, *rest])


def _every(about: Children) -> timedelta | None:
    """How often a feed says it changes: by its minutes to live, or so many times in a period."""
    try:
        if minutes := int(float(_first(about, "ttl") or 0)):
            return timedelta(minutes=min(minutes, 365 * 1440)) if minutes > 0 else None
        hours = _PERIODS.get(_first(about, "sy:updatePeriod").lower(), 0)
        times = int(float(_first(about, "sy:updateFrequency") or 1))
    except (ValueError, OverflowError):
        return None
    return timedelta(hours=hours) / times if hours and 0 < times <= 10_000 else None


def _date(about: Children, dates: Dates, *names: str) -> Any:
    said = (_text(element) for name in names for element in about.get(name, ())[:3])
    return next(filter(None, map(dates.read, said)), None)


def _children(element: Element) -> Children:
    """An element's children by name, those of Atom inside RSS as its own."""
    found: Children = {}
    for child in element:
        found.setdefault(_name(child), []).append(child)
    return found


def _name(element: Element) -> str:
    """What an element is called: its own name, with the usual prefix of its namespace where it has one."""
    tag: Any = element.tag
    if not isinstance(tag, str):
        return ""
    space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    if not space:
        return local.removeprefix("atom:").removeprefix("rss:")
    short = _SPACES.get(space.lower().replace("https:", "http:").rstrip("/#"))
    if short is None:
        prefix = (element.prefix or "").lower()
        plain = prefix in ("", "atom", "rss", "a") or _OLD_RSS.search(space.lower().rstrip("/#"))
        short = "" if plain else prefix
    return f"{short}:{local}" if short else local


def _first(about: Children, *names: str) -> str:
    """The first words that any element of these names holds."""
    return next((said for name in names for each in about.get(name, ()) if (said := _text(each))), "")


def _text(element: Element) -> str:
    return "".join(_strings(element)).strip()


def _inner(element: Element) -> str:
    """The words of a title, markup inside it left out."""
    return text_within(element) if len(element) else (element.text or "").strip()


def _strings(element: Element) -> Iterable[str]:
    return islice((str(part) for part in element.itertext()), 1_000)


def _base(element: Element, url: str | None) -> str:
    """What relative addresses inside an element are relative to."""
    said = [element.get(_BASE), *(above.get(_BASE) for above in element.iterancestors())]
    where = url or ""
    for one in reversed([one for one in said if one]):
        where = joined(one, where or None) or where
    return where
