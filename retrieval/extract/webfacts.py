"""Finds what a web page says about itself: title, author, address, date. Knows nothing of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrieval.extract import fields
from retrieval.extract.content import Content
from retrieval.extract.linked import Linked, article_of, named
from retrieval.extract.text import clean_line
from retrieval.extract.titles import LONGEST
from retrieval.extract.webdates import published_and_updated

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Metas = dict[str, list[str]]


def _keys(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_TITLES = _keys(
    "dc:title dcterms:title dcterm:title og:title weibo:article:title title twitter:title parsely-title"
)
_AUTHORS = _keys(
    "dc:creator dcterms:creator dcterm:creator author parsely-author sailthru:author article:author byl"
)
_SEPARATED = re.compile(r"\s+[|\-–—\\/>»·•]+\s+")
_HANDLE = re.compile(r"^(?:https?://|@|\s*$)")
_BY = re.compile(r"^\s*(?:(?:written |posted |published )?by\b|von\b|par\b|por\b|от\b|автор\b)[\s:]*", re.I)
_BYLINE = re.compile(
    r"by-?line|written-?by|author-?name|(?:article|blog|entry|news|post|story)authors?\b"
    r"|(?:^|[\s_-])(?:authors?|autor(?:e|es|en)?|auteurs?|verfasser(?:in)?|reporter)(?:$|[\s_-])",
    re.I,
)
_DATED = re.compile(  # what often follows a name in its line
    r"[\s,|•·–—-]*(?:\b(?:updated|published|posted|on|am|le)\b[\s:]*)?"
    r"(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[\s,]*)?"
    r"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b\.?[\s,]*)?\d.*$",
    re.I,
)
_ROLES = re.compile(
    r"[\s,|•·–—-]*\b(?:(?:edited|translated|reviewed|illustrated|photographed) by|last updated)\b.*$", re.I
)
_APART = re.compile(r"(?<=\w)\s+[|•·]\s+")  # between a name and a place
_LONGEST_BYLINE = 100


def facts(tree: HtmlElement, found_at: str = "") -> Content:
    """What the page says about itself, with no text yet; ``found_at`` is its address where that is known."""
    metas = _metas(tree)
    article = article_of(tree)
    url = _url(tree, metas)
    language = fields.language(tree.get("lang") or _one(metas, ("content-language", "og:locale")))
    published, updated = published_and_updated(tree, metas, article, url or found_at or None, language)
    return Content(
        text="",
        title=_title(tree, metas, article),
        author=_author(tree, metas, article),
        publisher=fields.host(url)
        or fields.line(_one(metas, ("og:site_name",)) or named(article.get("publisher"))),
        url=url,
        published=published,
        updated=updated,
        language=language or fields.language(article.get("inLanguage")),
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


def _url(tree: HtmlElement, metas: Metas) -> str | None:
    """The address that a page calls its own, where it says it in full."""
    links = (
        link for link in tree.iterfind(".//link[@rel]") if "canonical" in link.get("rel").lower().split()
    )
    canonical = (fields.address(link.get("href")) for link in links)
    return next(filter(None, canonical), None) or fields.address(_one(metas, ("og:url",)))


def _title(tree: HtmlElement, metas: Metas, article: Linked) -> str:
    """The title the page gives to others, else its window's without the site's name, else its heading."""
    said = named(article.get("headline")) or _one(metas, _TITLES)
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


def _line(element: HtmlElement) -> str:
    """The words of an element in one line, those of different elements set apart."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def _content(element: HtmlElement | None) -> str:
    return "" if element is None else str(element.text_content())


def _author(tree: HtmlElement, metas: Metas, article: Linked) -> str | None:
    if who := named(article.get("author") or article.get("creator")):
        return fields.line(who)
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
            text = _line(element if inner is None else inner)
            text = _APART.split(text)[0] if len(text) < _LONGEST_BYLINE else ""
            who = _ROLES.sub("", _DATED.sub("", _BY.sub("", text)))
            if len(who) > 2:
                return fields.line(who.strip(" ,|•·–—-"))
    return None
