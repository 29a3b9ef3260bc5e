"""Reads JSON Feed 1.0 and 1.1, cut ones too. Knows nothing of bytes and of other formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from retrieval.extract import fields
from retrieval.feeds.addresses import absolute
from retrieval.feeds.entries import LONGEST_TITLE, MAX_ITEMS, Body, Entry, items_of
from retrieval.feeds.moments import Dates
from retrieval.feeds.prose import line_of, plain_text, text_of
from retrieval.feeds.types import Feed

_ITEMS = re.compile(r'"items"\s*:\s*\[')


def json_feed_of(text: str, url: str) -> Feed | None:
    """The feed in a JSON text, found at ``url``; None where it is none."""
    said, complete = _loaded(text)
    listed = said.get("items")
    if not isinstance(listed, list) or not _is_feed(said, listed):
        return None
    dates = Dates(_line(said.get("language")))
    return Feed(
        title=line_of(_line(said.get("title")), LONGEST_TITLE),
        home=absolute(_line(said.get("home_page_url")), url),
        language=fields.language(said.get("language")),
        items=items_of(_entry(item, url, dates) for item in listed[:MAX_ITEMS] if isinstance(item, dict)),
        moved_to=None,
        complete=complete and len(listed) <= MAX_ITEMS,
    )


def _loaded(text: str) -> tuple[dict[str, Any], bool]:
    """The object in a text; of one that is cut or broken, what can be read of it."""
    try:
        said = json.loads(text.strip().lstrip("\ufeff"), strict=False)
        return (said, True) if isinstance(said, dict) else ({}, True)
    except (ValueError, RecursionError):
        start = _ITEMS.search(text)
        if start is None:
            return {}, False
    head = text[: start.start()].rstrip().rstrip(",") + "}"
    try:
        about = json.loads(head, strict=False)
    except (ValueError, RecursionError):
        about = {}
    return {**(about if isinstance(about, dict) else {}), "items": list(_objects(text, start.end()))}, False


def _objects(text: str, at: int) -> Iterator[object]:
    """The objects of a list that may end too early."""
    decoder = json.JSONDecoder(strict=False)
    while (at := text.find("{", at)) >= 0:
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield item


def _is_feed(said: dict[str, Any], listed: list[object]) -> bool:
    """Whether an object with items is a feed: it says so, or its items look like those of one."""
    if "jsonfeed.org" in str(said.get("version", ""))[:200]:
        return True
    some = [item for item in listed[:5] if isinstance(item, dict)]
    return bool(some) and all(
        item.keys() & {"url", "external_url", "content_html", "content_text"} for item in some
    )


def _entry(item: dict[str, Any], base: str, dates: Dates) -> Entry:
    people = item.get("authors") or [item.get("author")]
    names = [_line(one.get("name") if isinstance(one, dict) else one) for one in _listed(people)]
    text = _line(item.get("content_text"))
    bodies = [
        Body(text_of(_line(item.get("content_html"))), content=True),
        Body(plain_text(text), content=True),
        Body(text_of(_line(item.get("summary")))),
    ]
    return Entry(
        key=_line(item.get("id")),
        title=_line(item.get("title")),
        bodies=bodies,
        links=[_line(item.get("url")), _line(item.get("external_url")), _address(item.get("id"))],
        base=base,
        authors=[name for name in names if name],
        published=dates.read(item.get("date_published")),
        updated=dates.read(item.get("date_modified")),
        language=_line(item.get("language")),
    )


def _listed(value: object) -> list[Any]:
    return value[:20] if isinstance(value, list) else [value]


def _line(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value)


def _address(value: object) -> str:
    said = _line(value)
    return said if said.startswith(("http://", "https://")) else ""
