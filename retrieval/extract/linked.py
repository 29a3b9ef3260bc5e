"""Reads what a page's linked data (JSON-LD) says on its article. Knows nothing of the rest of the page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Linked = dict[str, Any]

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|Guide|HowTo)$")
_PAGE = re.compile(r"(?:WebPage|Page|VideoObject|Book)$")
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")
_LONGEST = 1_000_000  # characters of one script
_DEEPEST = 6
_MOST = 2_000  # things that are looked at
_HANDLE = re.compile(r"^(?:https?://|@|\s*$)")
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_TRAILING = re.compile(r",(\s*[}\]])")


def article_of(tree: HtmlElement) -> Linked:
    """What the page's linked data says on its article, or nothing.

    An article counts before the page around it, which fills in what the article leaves open; what is
    only pointed at is put in its place.
    """
    things = [thing for script in _scripts(tree) for thing in _things(script)][:_MOST]
    known = {str(thing["@id"]): thing for thing in things if "@id" in thing and len(thing) > 1}
    articles = [thing for thing in things if _is(thing, _ARTICLE)]
    pages = [thing for thing in things if _is(thing, _PAGE)]
    named = [thing for thing in articles if thing.get("headline") or thing.get("name")]
    chosen = [*(named or articles)[:1], *pages[:1]]
    said: Linked = {}
    for thing in chosen:
        for key, value in thing.items():
            said.setdefault(key, _resolved(value, known))
    if len(chosen) == 1 and not articles:  # a page's own name is its window's title
        said.pop("name", None)
    return said


def named(value: object) -> str:
    """The name or names that linked data gives: a string, an object with a name, or a list of them."""
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(named, value[:10]))))
    if isinstance(value, dict):
        value = value.get("name")
        if isinstance(value, (list, dict)):
            return named(value)
    if not isinstance(value, str) or _HANDLE.search(value):
        return ""
    return html.unescape(value).strip()


def first(value: object) -> object:
    """The first of a list, or what is no list itself."""
    return value[0] if isinstance(value, list) and value else value


def _scripts(tree: HtmlElement) -> Iterator[object]:
    for script in tree.iterfind(".//script[@type]"):
        if "ld+json" not in script.get("type").lower():
            continue
        source = _WRAPPED.sub("", (script.text or "")[:_LONGEST])
        for attempt in (source, _TRAILING.sub(r"\1", source)):
            try:
                yield json.loads(attempt.strip().rstrip(";"), strict=False)
                break
            except (ValueError, RecursionError):
                continue


def _things(data: object, depth: int = 0) -> Iterator[Linked]:
    if isinstance(data, list):
        for each in data[:_MOST]:
            yield from _things(each, depth)
    elif isinstance(data, dict) and depth < _DEEPEST:
        yield data
        for key in (*_WITHIN, "author", "publisher"):
            if isinstance(data.get(key), (list, dict)):
                yield from _things(data[key], depth + 1)


def _is(thing: Linked, kind: re.Pattern[str]) -> bool:
    kinds = thing.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(each, str) and kind.search(each) for each in listed)


def _resolved(value: object, known: dict[str, Linked]) -> object:
    """A value with what it only points at put in its place."""
    if isinstance(value, list):
        return [_resolved(each, known) for each in value[:50]]
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return known.get(str(value["@id"]), value)
    return value
