"""Finds what a web page says about itself: title, author, address, date. Knows nothing of its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from retrieval.extract import fields
from retrieval.extract.content import Content
from retrieval.extract.text import clean_line
from retrieval.extract.titles import LONGEST

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

Metas = dict[str, list[str]]
Linked = dict[str, Any]


def _keys(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_TITLES = _keys(
    "dc:title dcterms:title dcterm:title og:title weibo:article:title title twitter:title parsely-title"
)
_AUTHORS = _keys(
    "dc:creator dcterms:creator dcterm:creator author parsely-author sailthru:author article:author byl"
)
_DATES = _keys(
    "article:published_time og:article:published_time parsely-pub-date datepublished dc:date:issued "
    "dcterms:issued dcterms:created dc:date:created publishdate publish_date publish-date pubdate "
    "sailthru:date article:published dc:date dcterms:date date"
)
_ARTICLES = re.compile(r"(?:Article|Posting|Report|Review|Recipe|Guide|WebPage)$")
_SEPARATED = re.compile(r"\s+[|\-–—\\/>»·•]+\s+")
_HANDLE = re.compile(r"^(?:https?://|@|\s*$)")
_BY = re.compile(r"^\s*(?:(?:written |posted |published )?by\b|von\b|par\b|por\b|от\b|автор\b)[\s:]*", re.I)
_BYLINE = re.compile(r"by-?line|writtenby|(?:^|[\s_-])author(?:$|[\s_-])", re.I)
_DATED = re.compile(  # what often follows a name in its line
    r"[\s,|•·–—-]*(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[\s,]*)?"
    r"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b\.?[\s,]*)?\d.*$",
    re.I,
)
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:[/-]|$)")
_LONGEST_BYLINE = 100
_LONGEST_DATA = 1_000_000


def facts(tree: HtmlElement) -> Content:
    """What the page says about itself, with no text yet."""
    metas = _metas(tree)
    article = _article(tree)
    url = _url(tree, metas)
    site = article.get("publisher")
    return Content(
        text="",
        title=_title(tree, metas, article),
        author=_author(tree, metas, article),
        publisher=fields.host(url) or fields.line(_one(metas, ("og:site_name",)) or _named(site)),
        url=url,
        published=_published(tree, metas, article, url),
        language=fields.language(tree.get("lang") or _one(metas, ("content-language", "og:locale"))),
    )


def _metas(tree: HtmlElement) -> Metas:
    """The page's meta values by lower-case key, those of properties before those of names."""
    found: Metas = {}
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        here: Metas = {}
        for meta in tree.iterfind(f".//meta[@{attribute}]"):
            content = (meta.get("content") or "").strip()
            for key in (meta.get(attribute) or "").lower().replace(".", ":").split():
                if content and content not in here.setdefault(key, []):
                    here[key].append(content)
        found = here | found
    return found


def _one(metas: Metas, keys: tuple[str, ...]) -> str:
    return next((metas[key][0] for key in keys if metas.get(key)), "")


def _article(tree: HtmlElement) -> Linked:
    """The page's linked data on its article, or nothing."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        source = (script.text or "")[:_LONGEST_DATA]
        try:
            items = list(_items(json.loads(source, strict=False)))
        except (ValueError, RecursionError):
            continue
        for item in items:
            kinds = item.get("@type")
            kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
            if isinstance(kind, str) and _ARTICLES.search(kind):
                return item
    return {}


def _items(data: object) -> Iterator[Linked]:
    if isinstance(data, list):
        for each in data:
            yield from _items(each)
    elif isinstance(data, dict):
        yield data
        yield from _items(data.get("@graph", []))


def _named(value: object) -> str:
    """The name or names that linked data gives: a string, an object with a name, or a list of them."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_named, value[:10])))
    if isinstance(value, dict):
        value = value.get("name")
    return value.strip() if isinstance(value, str) and not _HANDLE.search(value) else ""


def _url(tree: HtmlElement, metas: Metas) -> str | None:
    canonical = (link.get("href") for link in tree.iterfind(".//link[@rel='canonical']"))
    return next(filter(None, map(fields.address, canonical)), None) or fields.address(
        _one(metas, ("og:url",))
    )


def _title(tree: HtmlElement, metas: Metas, article: Linked) -> str:
    """The title the page gives to others, else its window's without the site's name, else its heading."""
    said = _named(article.get("headline")) or _one(metas, _TITLES)
    if said:
        return clean_line(_text(said), LONGEST)
    element = tree.find(".//head/title")
    window = clean_line(_content(element if element is not None else tree.find(".//title")), LONGEST)
    headings = [heading for h1 in tree.iterfind(".//h1") if (heading := clean_line(_content(h1), LONGEST))]
    if len(headings) == 1 and not 15 <= len(window) <= 150:
        return window if len(window.split()) > 1 else headings[0]
    return _without_site(window) or (headings[0] if headings else "")


def _text(said: str) -> str:
    """A title without the tags that some sites leave in it."""
    return re.sub(r"</?[a-z][^<>]*>", "", said) if "<" in said else said


def _without_site(window: str) -> str:
    """A window's title without the site's name after or before it, where enough is left to be a title."""
    marks = list(_SEPARATED.finditer(window))
    if not marks:
        return window
    before, after = window[: marks[-1].start()], window[marks[0].end() :]
    rest = before if len(before.split()) > 2 else after
    return rest if len(rest.split()) > 4 else window


def _content(element: HtmlElement | None) -> str:
    return "" if element is None else str(element.text_content())


def _author(tree: HtmlElement, metas: Metas, article: Linked) -> str | None:
    named = _named(article.get("author"))
    if named:
        return fields.line(named)
    for key in _AUTHORS:
        people = [value for value in metas.get(key, []) if not _HANDLE.search(value)]
        if people:
            return fields.line("; ".join(people) if len(people) > 1 else people[0])
    return _byline(tree)


def _byline(tree: HtmlElement) -> str | None:
    """The first short text that is marked up as the author's."""
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("link", "meta", "script", "style"):
            continue
        marked = element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split()
        if marked or _BYLINE.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            inner = element.find(".//*[@itemprop='name']")
            text = " ".join(_content(element if inner is None else inner).split())
            who = _DATED.sub("", _BY.sub("", text)) if len(text) < _LONGEST_BYLINE else ""
            if len(who) > 2:
                return fields.line(who.strip(" ,|•·–—-"))
    return None


def _published(tree: HtmlElement, metas: Metas, article: Linked, url: str | None) -> datetime | None:
    said = [article.get("datePublished"), *(value for key in _DATES for value in metas.get(key, []))]
    marked = tree.iterfind(".//*[@itemprop='datePublished']")
    said.extend(mark.get("datetime") or mark.get("content") or _content(mark) for mark in marked)
    said.extend(time.get("datetime") for time in tree.iterfind(".//time[@pubdate]"))
    dated = _DATED_PATH.search(url or "")
    if dated:
        said.append(f"{dated[1]}/{dated[2]}/{dated[3]}")
    moments = (fields.plausible(fields.moment(value)) for value in said)
    return next(filter(None, moments), None) or _dated(tree, url)


def _dated(tree: HtmlElement, url: str | None) -> datetime | None:
    """The day that other marks on the page tell, without guessing from dates in its text."""
    from htmldate import find_date

    day = find_date(tree, extensive_search=False, original_date=True, url=url)
    return fields.plausible(fields.moment(day))
